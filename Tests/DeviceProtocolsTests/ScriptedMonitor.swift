import DeviceProtocols
import VitalsModel

/// A monitor in virtual time that does what its script says, with faults to be switched on, and a client to talk to it.
struct ScriptedMonitor {
    /// What the client sent, as words, with the time in seconds.
    private(set) var heard: [(seconds: Double, what: String)] = []
    /// Everything that the client told.
    private(set) var events: [DeviceEvent] = []
    /// Deadlines that were not after the call before.
    private(set) var lateDeadlines = 0

    /// Requests that are left unanswered before one is accepted.
    var requestsIgnored = 0
    /// Whether the accept is lost on the line.
    var isAcceptLost = false
    /// Answers to the create event that are lost on the line.
    var createResultsLost = 0
    /// Whether the monitor says nothing at all.
    var isSilent = false
    /// Whether the monitor serves polls.
    var servesPolls = true
    /// Whether requests are refused.
    var refuses = false

    private var client: any DeviceDecoder
    private var deframer = IntelliVueDeframer()
    private var nanoseconds: Int64 = 0
    private var isAssociated = false
    private var isCreated = false
    private var servedUntil: Double = 0
    private var nextCreate: Double = 0
    private var nextCycle: Double = 0

    init() throws {
        client = try IntelliVue.family.decoder(.live)
    }

    var seconds: Double { Double(nanoseconds) / 1e9 }
    var readings: [DecodedReading] { DeviceOutput(events: events).readings }
    var links: [LinkState] { DeviceOutput(events: events).links }
    var reasons: [String] { events.compactMap { if case .link(_, let reason) = $0 { reason } else { nil } } }
    func count(_ what: String) -> Int { heard.filter { $0.what == what }.count }

    /// Runs for some seconds in steps of 0.1 s, calling `advance` only when the client's deadline has come.
    mutating func run(_ duration: Double) {
        let end = nanoseconds + Int64(duration * 1e9)
        if heard.isEmpty { take(client.advance(to: now)) }
        while nanoseconds < end {
            nanoseconds += 100_000_000
            if let deadline = client.nextDeadline, deadline <= now { take(client.advance(to: now)) }
            speak()
        }
    }

    /// Sends a message to the client.
    mutating func send(_ message: [UInt8]) { deliver(IntelliVueFrame.encode(message)) }

    /// Breaks the association off.
    mutating func abort() {
        isAssociated = false
        send(IntelliVueMonitorMessages.abort)
    }

    private var now: BootInstant { BootInstant(nanoseconds: nanoseconds) }

    private mutating func speak() {
        guard isAssociated, !isSilent else { return }
        if !isCreated, seconds >= nextCreate {
            nextCreate = seconds + 1.5
            send(IntelliVueMonitorMessages.createEvent(invokeID: 7, relativeTicks: 1))
        }
        if isCreated, servesPolls, seconds < servedUntil, seconds >= nextCycle {
            nextCycle = seconds + 1.024
            let value = IntelliVueStream.object(IntelliVuePhysio.heartRate, 72)
            deliver(IntelliVueStream.cycle([[value], [IntelliVueStream.cuff(118, 76, 90, minute: 4)]]))
        }
    }

    private mutating func deliver(_ bytes: [UInt8]) {
        guard !isSilent else { return }
        take(client.receive(bytes, at: now))
    }

    private mutating func take(_ output: DeviceOutput) {
        events += output.events
        if let deadline = client.nextDeadline, deadline <= now { lateDeadlines += 1 }
        for frame in output.bytesToSend {
            var position = 0
            while let step = deframer.step(frame, from: &position) {
                if step == .frame, let message = IntelliVueMessage.parse(deframer.frame, in: deframer.userData) { hear(message) }
            }
        }
    }

    private mutating func hear(_ message: IntelliVueMessage) {
        switch message {
        case .session(.associationRequest): hearRequest()
        case .session(.releaseRequest):
            note("release")
            if isAssociated { send(IntelliVueAssociation.releaseResponse) }
            isAssociated = false
        case .session(let kind): note("\(kind)")
        case .operation(let operation): hear(operation)
        }
    }

    private mutating func hearRequest() {
        note("request")
        guard !isSilent, !isAssociated else { return }
        if refuses { return send(IntelliVueMonitorMessages.refuse) }
        if requestsIgnored > 0 { return requestsIgnored -= 1 }
        isAssociated = true
        isCreated = false
        nextCreate = seconds + 0.2
        var granted = IntelliVueUserInfo.client
        granted.systemType = 0x0080_0000
        if !isAcceptLost { send(IntelliVueAssociation.accept(granted)) }
    }

    private mutating func hear(_ operation: IntelliVueOperation) {
        switch (operation.kind, operation.command) {
        case (.result, IntelliVueCommand.confirmedEventReport):
            note("created")
            if createResultsLost > 0 { createResultsLost -= 1 } else { isCreated = operation.invokeID == 7 }
        case (.invoke, IntelliVueCommand.confirmedAction):
            guard let poll = IntelliVuePollRequest.parse(deframer.frame, in: operation.body) else { return note("nonsense") }
            note(poll.action == IntelliVueAction.extendedPoll ? "poll" : "keep-alive")
            if poll.action == IntelliVueAction.extendedPoll, isCreated { servedUntil = seconds + Double(poll.periodTicks ?? 0) / 8000 }
        default: note("other")
        }
    }

    private mutating func note(_ what: String) { heard.append((seconds, what)) }
}
