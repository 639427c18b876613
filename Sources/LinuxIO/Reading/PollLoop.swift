import Glibc
import VitalsModel

/// The work of the poll thread. Everything in it belongs to that thread.
struct PollLoop {
    /// The most that one port delivers before the next one has its turn.
    private static let burstBytes = 64 * 1024

    private let inbox: PollInbox
    private let coalesce: Duration
    /// Row 0 wakes the thread; row n + 1 belongs to `registrations[n]`. poll(2) skips rows with a negative descriptor.
    private var descriptors: [pollfd]
    private var registrations: [PortRegistration] = []
    private var rows: [PortToken: Int] = [:]
    private var quietUntil = BootInstant(nanoseconds: 0)

    init(inbox: PollInbox, coalesce: Duration) {
        self.inbox = inbox
        self.coalesce = coalesce
        descriptors = [pollfd(fd: inbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
    }

    /// Runs until the inbox is stopped.
    mutating func run() {
        inbox.claimThread()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PollLoop.burstBytes, alignment: 16)
        defer { buffer.deallocate() }
        while let requests = inbox.takeRequests() {
            for request in requests { carryOut(request) }
            wait()
            serveReadyPorts(buffer)
        }
    }

    // MARK: - Requests

    private mutating func carryOut(_ request: PollInbox.Request) {
        switch request {
        case .add(let registration): add(registration)
        case .remove(let token):
            if let row = rows[token] { takeOut(row) }
        case .resume(let token):
            // A port that was closed meanwhile has a request of its own in the inbox.
            if let row = rows[token] { descriptors[row + 1].fd = registrations[row].port.descriptorForPolling ?? -1 }
        case .portWasClosed(let token):
            if let row = rows[token] { lose(row, .closedHere) }
        }
    }

    private mutating func add(_ registration: PortRegistration) {
        let descriptor = registration.port.descriptorForPolling
        rows[registration.token] = registrations.count
        registrations.append(registration)
        descriptors.append(pollfd(fd: descriptor ?? -1, events: Int16(POLLIN), revents: 0))
        // Closed since it was handed over: without a descriptor it would stay silent for ever.
        if descriptor == nil { lose(registrations.count - 1, .closedHere) }
    }

    /// Takes a port out; the last row moves to its place.
    private mutating func takeOut(_ row: Int) {
        rows[registrations[row].token] = nil
        let last = registrations.count - 1
        if row != last {
            registrations[row] = registrations[last]
            descriptors[row + 1] = descriptors[last + 1]
            rows[registrations[row].token] = row
        }
        registrations.removeLast()
        descriptors.removeLast()
    }

    // MARK: - Waiting

    /// Waits for bytes or a request; during the quiet time after a burst for a request alone.
    private mutating func wait() {
        let isQuiet = coalesce > .zero
        let rest = isQuiet ? max(0, (quietUntil - BootClock.now().boot).nanoseconds) : 0
        let count = rest > 0 ? 1 : descriptors.count
        for row in descriptors.indices { descriptors[row].revents = 0 }
        let timeout = rest > 0 ? Int32(clamping: (rest + 999_999) / 1_000_000) : -1
        let ready = poll(&descriptors, nfds_t(count), timeout)
        if ready >= 0 || errno == EINTR { return }
        // ENOMEM, or more rows than the limit of open files: trying again at once would spin.
        let code = errno
        for row in registrations.indices.reversed() { lose(row, .pollFailed(code: code)) }
    }

    // MARK: - Reading

    /// From the last row to the first, so that a row that moves into a gap has been served already.
    private mutating func serveReadyPorts(_ buffer: UnsafeMutableRawBufferPointer) {
        var hasDelivered = false
        for row in registrations.indices.reversed() where descriptors[row + 1].revents != 0 {
            if inbox.isStopped { return }
            if serve(row, buffer) { hasDelivered = true }
        }
        if hasDelivered && coalesce > .zero { quietUntil = BootClock.now().boot + coalesce }
    }

    /// Reads one port and hands on what it gave; answers whether there was any.
    private mutating func serve(_ row: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let registration = registrations[row]
        let hasHungUp = Int32(descriptors[row + 1].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
        let (count, end) = drain(registration.port, into: buffer)
        if count > 0 {
            let bytes = [UInt8](UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            let flow = registration.deliver(bytes, at: BootClock.now())
            if flow == .pause { descriptors[row + 1].fd = -1 }
        }
        switch end {
        case .bytes: break
        case .nothingYet: if hasHungUp { lose(row, .hangUp) }
        case .endOfFile: lose(row, .endOfFile)
        case .failed(let code): lose(row, .readFailed(code: code))
        case .closed: lose(row, .closedHere)
        }
        return count > 0
    }

    /// Reads until there is nothing more or the buffer is full; the second part is what ended it, `bytes` for a full buffer.
    private func drain(_ port: SerialPort, into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, end: SerialPort.ReadOutcome) {
        var count = 0
        while count < buffer.count {
            let outcome = port.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            guard case .bytes(let more) = outcome else { return (count, outcome) }
            count += more
        }
        return (count, .bytes(count))
    }

    /// Closes the port first, so that a replugged adapter finds its number free, then tells of the loss. A port that was
    /// removed meanwhile belongs to its owner again.
    private mutating func lose(_ row: Int, _ reason: PortLoss) {
        let registration = registrations[row]
        takeOut(row)
        if registration.isSilent { return }
        registration.port.forgetAfterClosing()
        registration.port.close()
        registration.lose(reason)
        // Only now: `remove` has to find the registration as long as its callback may start.
        inbox.forget(registration.token)
    }
}
