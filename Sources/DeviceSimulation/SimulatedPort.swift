import LinuxIO
import Locking
import VitalsModel

/// Where the other side finds a simulated device.
public enum PortPlace: Sendable, Hashable {
    /// A pseudo-terminal; the link at `link`, where given, always points to the newest slave, as a by-id link does.
    case pseudoTerminal(link: String?)
    /// A real serial port, set to a line.
    case serialPort(path: String, line: LineSettings)
    /// A Unix socket that this side listens at.
    case unixSocket(path: String)
}

/// What went over a simulated port since it was made.
public struct PortTraffic: Sendable, Hashable {
    /// Bytes that the line took.
    public var bytesWritten = 0
    /// Bytes that the device was given.
    public var bytesRead = 0
    /// Bytes that the line did not take since nobody reads, or that were sent while it was unplugged or stalled.
    public var bytesDropped = 0
    /// How often it was plugged in.
    public var plugs = 0
}

/// A simulated device on a port of the operating system.
///
/// It is driven in one of two ways: by a conductor that calls `step(to:)` with simulated time, or in real time by
/// `RealTimeDrive`. The line's faults, unplugging among them, come from the script of its `SimulatedLine`.
public final class SimulatedPort: Sendable {
    private struct State {
        var device: any SimulatedDevice
        var line: SimulatedLine
        var end: (any LineEnd)?
        var path: String?
        var isPulledByHand = false
        /// The next pseudo-terminal, made before the old one is given back, so that a replugged device gets another number.
        var spare: PseudoTerminal?
        /// Where the device's time stands.
        var now: BootInstant
        var traffic = PortTraffic()
    }

    private let place: PortPlace
    private let state: Mutex<State>

    /// Plugs a device in.
    ///
    /// - Parameters:
    ///   - device: the device.
    ///   - line: its line.
    ///   - place: where the other side finds it.
    ///   - start: the boot instant at which the device's time starts.
    /// - Throws: `SystemError` where the place cannot be had.
    public init(device: any SimulatedDevice, line: SimulatedLine, place: PortPlace, start: BootInstant) throws(SystemError) {
        self.place = place
        state = Mutex(State(device: device, line: line, end: nil, path: nil, now: start))
        if line.isConnected(at: start) { try plug() }
    }

    deinit { unplug() }

    /// The path that the other side opens: the link, the slave, the port or the socket; nil while unplugged.
    public var path: String? { state.withLock { $0.path } }

    /// Whether the plug is in.
    public var isPlugged: Bool { state.withLock { $0.end != nil } }

    /// What went over the port.
    public var traffic: PortTraffic { state.withLock { $0.traffic } }

    /// What the device has said of the patient.
    public var sent: SentValues { state.withLock { $0.device.sent } }

    /// Written bytes that the other side has not yet read. Bytes pass through the kernel in the background, so zero says
    /// "drained" only together with a count of what the other side got.
    public var unreadByteCount: Int { state.withLock { $0.end?.unreadByteCount ?? 0 } }

    /// When `step(to:)` wants to be called next, apart from arriving bytes.
    public var nextDeadline: BootInstant? {
        state.withLock { [$0.device.nextDeadline, $0.line.nextChange(after: $0.now)].compactMap { $0 }.min() }
    }

    /// Gives the device what has arrived, lets its time pass up to `now`, sends what it says, and pulls or plugs as the script says.
    ///
    /// - Throws: `SystemError` where a plug could not be put in again, or a real line is gone.
    public func step(to now: BootInstant) throws(SystemError) {
        try state.withLock { (state) throws(SystemError) in
            guard now >= state.now else { return }
            try SimulatedPort.deliver(&state, at: state.now)
            while let change = state.line.nextChange(after: state.now), change <= now {
                // What is due before the change still meets the line as it was.
                try SimulatedPort.send(state.device.advance(to: change - .nanoseconds(1)), &state)
                state.now = change
                try matchPlug(&state)
            }
            state.now = now
            try SimulatedPort.send(state.device.advance(to: now), &state)
        }
    }

    /// Pulls the plug by hand: the other side sees a hang-up at once.
    public func unplug() {
        state.withLock { state in
            state.isPulledByHand = true
            pull(&state)
        }
    }

    /// Puts the plug in again; the pseudo-terminal is a new one with another number. Nothing happens while the script holds it out.
    ///
    /// - Throws: `SystemError` where the place cannot be had.
    public func plug() throws(SystemError) {
        try state.withLock { (state) throws(SystemError) in
            state.isPulledByHand = false
            try matchPlug(&state)
        }
    }

    /// Looks at the device or does something to it, such as pressing its button; nil when it is of another type.
    public func withDevice<Device: SimulatedDevice, Result: Sendable>(
        as type: Device.Type, _ body: @Sendable (inout Device) -> Result
    ) -> Result? {
        state.withLock { state in
            guard var device = state.device as? Device else { return nil }
            let result = body(&device)
            state.device = device
            return result
        }
    }

    /// What poll(2) can wait for; empty while unplugged.
    var pollDescriptors: [Int32] { state.withLock { $0.end?.pollDescriptors ?? [] } }

    // MARK: - Under the lock

    private func matchPlug(_ state: inout State) throws(SystemError) {
        let shouldBeIn = state.line.isConnected(at: state.now) && !state.isPulledByHand
        if !shouldBeIn { pull(&state) }
        guard shouldBeIn, state.end == nil else { return }
        (state.end, state.path) = try makeEnd(&state.spare)
        state.traffic.plugs += 1
    }

    private func makeEnd(_ spare: inout PseudoTerminal?) throws(SystemError) -> (any LineEnd, String) {
        switch place {
        case .pseudoTerminal(let link):
            let terminal = if let ready = spare.take() { ready } else { try PseudoTerminal.open() }
            let end = try PseudoTerminalEnd(terminal: terminal, link: link)
            return (end, end.path)
        case .serialPort(let path, let line): return (try SerialPortEnd(path: path, line: line), path)
        case .unixSocket(let path): return (try UnixSocketEnd(path: path), path)
        }
    }

    private func pull(_ state: inout State) {
        guard let end = state.end else { return }
        // Without a spare one the plug makes its own and says why it cannot.
        if case .pseudoTerminal = place { state.spare = try? PseudoTerminal.open() }
        end.hangUp()
        (state.end, state.path) = (nil, nil)
    }

    private static func deliver(_ state: inout State, at now: BootInstant) throws(SystemError) {
        guard let end = state.end else { return }
        let bytes = try end.read(upTo: 4096)
        guard !bytes.isEmpty, state.line.passes(at: now) else { return }
        state.traffic.bytesRead += bytes.count
        try send(state.device.receive(bytes, at: now), &state)
    }

    private static func send(_ frames: [[UInt8]], _ state: inout State) throws(SystemError) {
        for frame in frames {
            let bytes = state.end == nil ? [] : state.line.transmit(frame, at: state.now)
            let taken = bytes.isEmpty ? 0 : try state.end?.write(bytes) ?? 0
            state.traffic.bytesWritten += taken
            state.traffic.bytesDropped += (bytes.isEmpty ? frame.count : bytes.count) - taken
        }
    }
}
