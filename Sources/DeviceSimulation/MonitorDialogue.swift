import DeviceProtocols
import VitalsModel

/// A client that is associated.
struct MonitorAssociation: Sendable, Hashable {
    /// The longest message that was granted, bytes.
    var longestMessage: Int
    /// How long the client may be silent.
    var timeout: Duration
    /// The invoke id of the create event.
    var createInvoke: UInt16
    /// When the create event is sent again; nil once it was answered.
    var createRepeats: BootInstant?
    /// When the client has been silent for too long.
    var silenceEnds: BootInstant

    var isConfirmed: Bool { createRepeats == nil }
    var nextDeadline: BootInstant { createRepeats.map { min($0, silenceEnds) } ?? silenceEnds }

    /// How long a monitor waits for a client, from the granted poll period: 10 s up to 3.3 s, three periods up to 43 s, else 130 s.
    static func timeout(pollTicks: UInt32) -> Duration {
        let period = MonitorClock.duration(ticks: pollTicks)
        if period <= .milliseconds(3300) { return .seconds(10) }
        return period <= .seconds(43) ? period * 3 : .seconds(130)
    }
}

/// A poll that is served each 1.024 s.
struct MonitorPoll: Sendable, Hashable {
    /// The time between two answers: 8192 ticks.
    static let cycleTime: Duration = .milliseconds(1024)

    /// What was asked for.
    var request: IntelliVuePollRequest
    /// The number that the answers carry.
    var invokeID: UInt16
    /// When serving ends.
    var end: BootInstant
    /// When the next answer goes out.
    var nextCycle: BootInstant
    /// Counts the answers.
    var sequence: UInt16 = 0

    var isOver: Bool { nextCycle > end }
}

extension IntelliVueMonitor {
    /// Answers one message of the client; one that cannot be read is passed over.
    mutating func answer(_ userData: [UInt8], at now: BootInstant) -> [[UInt8]] {
        guard let message = IntelliVueMessage.parse(userData, in: userData.indices) else { return [] }
        if let timeout = association?.timeout { association?.silenceEnds = now + timeout }
        switch message {
        case .session(.associationRequest): return accept(userData, at: now)
        case .session(.releaseRequest):
            // Without an association the recorded monitor left the request unanswered.
            guard association != nil else { return [] }
            dropAssociation()
            return [IntelliVueAssociation.releaseResponse]
        case .session(.abort), .session(.refuse):
            dropAssociation()
            return []
        case .session: return []
        case .operation(let operation): return association == nil ? [] : answer(operation, in: userData, at: now)
        }
    }

    mutating func dropAssociation() {
        association = nil
        polls = []
    }

    private mutating func accept(_ userData: [UInt8], at now: BootInstant) -> [[UInt8]] {
        guard var info = IntelliVueUserInfo.parse(userData, in: userData.indices) else { return [IntelliVueMonitorMessages.refuse] }
        dropAssociation()
        // A server, hot start, as both recorded monitors answered.
        info.systemType = 0x0080_0000
        info.startupMode = 0x8000_0000
        info.minimumPollTicks = max(info.minimumPollTicks, configuration.shortestPollTicks)
        // Below 200 bytes not even one object would fit.
        let longest = max(200, min(Int(info.largestReceived), configuration.longestMessage))
        info.largestReceived = UInt32(longest)
        info.largestSent = UInt32(longest)
        info.bandwidth = 0xFFFF_FFFF
        let timeout = MonitorAssociation.timeout(pollTicks: info.minimumPollTicks)
        association = MonitorAssociation(
            longestMessage: longest, timeout: timeout, createInvoke: takeInvokeID(),
            createRepeats: now + IntelliVueMonitor.createRepeatTime, silenceEnds: now + timeout)
        return [IntelliVueAssociation.accept(info), createEvent(at: now)]
    }

    private mutating func takeInvokeID() -> UInt16 {
        nextInvokeID = nextInvokeID == .max ? 1 : nextInvokeID + 1
        return nextInvokeID
    }

    /// The create event, to be repeated unless it is answered in time.
    mutating func createEvent(at now: BootInstant) -> [UInt8] {
        association?.createRepeats = now + IntelliVueMonitor.createRepeatTime
        let ticks = clock.ticks(at: now)
        return IntelliVueMonitorMessages.createEvent(
            invokeID: association?.createInvoke ?? 0, relativeTicks: ticks,
            attributes: [
                IntelliVueBuilder.attribute(0x0986, numbers: UInt32(0x0001_114D)),
                IntelliVueBuilder.attribute(0x0928, texts: "Vigil", "SIM"),
                IntelliVueBuilder.attribute(
                    IntelliVueAttribute.operatingMode, numbers: configuration.isDemonstration ? UInt16(0x2000) : UInt16(0x4000)),
                IntelliVueBuilder.attribute(0x09A7, numbers: UInt16(0x0006)),
                IntelliVueBuilder.attribute(0x098F, numbers: ticks),
            ])
    }

    private mutating func answer(_ operation: IntelliVueOperation, in userData: [UInt8], at now: BootInstant) -> [[UInt8]] {
        switch (operation.kind, operation.command) {
        case (.result, IntelliVueCommand.confirmedEventReport):
            if operation.invokeID == association?.createInvoke { association?.createRepeats = nil }
            return []
        case (.invoke, IntelliVueCommand.confirmedAction):
            // Nothing is served before the create event was answered: 2 is "access denied".
            guard isAssociated else { return [IntelliVueMonitorMessages.error(invokeID: operation.invokeID, code: 2)] }
            guard let request = IntelliVuePollRequest.parse(userData, in: operation.body) else { return [unknownAction(operation)] }
            return serve(request, invokeID: operation.invokeID, at: now)
        case (.invoke, _): return [unknownAction(operation)]
        default: return []
        }
    }

    /// 9 is "no such action".
    private func unknownAction(_ operation: IntelliVueOperation) -> [UInt8] {
        IntelliVueMonitorMessages.error(invokeID: operation.invokeID, code: 9)
    }

    /// Answers a single poll at once; takes up an extended one, keeping the rhythm of one of the same class that it renews.
    private mutating func serve(_ request: IntelliVuePollRequest, invokeID: UInt16, at now: BootInstant) -> [[UInt8]] {
        guard request.action == IntelliVueAction.extendedPoll else {
            return answers(to: request, invokeID: invokeID, sequence: 0, at: now)
        }
        let end = now + MonitorClock.duration(ticks: request.periodTicks ?? 0)
        if let running = polls.firstIndex(where: { $0.request.objectClass == request.objectClass }) {
            polls[running].request = request
            polls[running].invokeID = invokeID
            polls[running].end = end
        } else {
            polls.append(MonitorPoll(request: request, invokeID: invokeID, end: end, nextCycle: now))
        }
        return []
    }

    /// One cycle of an extended poll.
    mutating func cycle(of index: Int, at now: BootInstant) -> [[UInt8]] {
        let poll = polls[index]
        polls[index].nextCycle = poll.nextCycle + MonitorPoll.cycleTime
        polls[index].sequence = poll.sequence &+ 1
        return answers(to: poll.request, invokeID: poll.invokeID, sequence: poll.sequence, at: now)
    }
}
