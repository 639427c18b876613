import VitalsModel

/// The client's side of the dialogue with a monitor, as a state machine. Time comes in with every call; the next moment at
/// which something is due is `nextDeadline`, always after the last call.
struct IntelliVueClient: DeviceDecoder {
    private var receiver = IntelliVueReceiver()
    private var stage = Stage.closed
    private var link: Link?
    /// The last call; time never goes back for us.
    private var now = BootInstant(nanoseconds: .min / 2)
    private var lastFrame = BootInstant(nanoseconds: .min / 2)
    private var lastNumerics = BootInstant(nanoseconds: .min / 2)

    /// Where the dialogue stands, with the moments that are due in it.
    private enum Stage: Sendable {
        /// The port was not opened yet.
        case closed
        /// Requests are repeated until one is answered.
        case asking(next: BootInstant, tries: Int)
        /// Accepted; the create event has not come.
        case awaitingCreateEvent(until: BootInstant)
        /// The create event was answered; polls are served.
        case polling(renew: BootInstant, keepAlive: BootInstant)
        /// Waiting before the next request.
        case pausing(until: BootInstant)
    }

    private struct Link: Sendable, Hashable {
        var state: LinkState
        var reason: String
    }

    /// Requests are repeated about every second until answered (the recorded client needed two).
    private static let requestInterval = Duration.seconds(1)
    /// Each so many requests the release request is sent again, in case the first was lost while the monitor was still sending.
    private static let requestsPerRelease = 10
    /// How long the create event may take after an accept; it is repeated every 1-2 s.
    private static let createEventLimit = Duration.seconds(10)
    /// The wait before a new association.
    private static let pause = Duration.seconds(2)
    /// How long the monitor serves one extended poll.
    private static let pollPeriod = Duration.seconds(60)
    /// When it is renewed: early enough that one lost renewal does no harm.
    private static let renewalInterval = Duration.seconds(25)
    /// Well inside the shortest time-out of a monitor for silent clients, 10 s.
    private static let keepAliveInterval = Duration.seconds(4)
    /// Values come each 1.024 s; without any for so long the poll is repeated.
    private static let numericsDue = Duration.seconds(3)
    /// Without values for so long the monitor counts as silent: max(3 x period, period + 5 s) of the alert rules.
    private static let staleAfter = Duration.milliseconds(6_100)
    /// Without any frame for so long the association is given up.
    private static let lostAfter = Duration.seconds(10)
    /// Without values for so long it is given up although other frames come.
    private static let uselessAfter = Duration.seconds(30)

    private static let numericsInvokeID: UInt16 = 1
    private static let keepAliveInvokeID: UInt16 = 2

    var statistics: DecoderStatistics { receiver.statistics }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        var position = 0
        while let notice = receiver.next(bytes, from: &position, isAssociated: isAssociated, events: &output.events) {
            handle(notice, &output)
        }
        doWhatIsDue(&output)
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        if case .closed = stage {
            say(.negotiating, "asking the monitor for an association", &output)
            startAsking(&output)
        }
        doWhatIsDue(&output)
        return output
    }

    var nextDeadline: BootInstant? {
        switch stage {
        case .closed: nil
        case .asking(let next, _): next
        case .awaitingCreateEvent(let until), .pausing(let until): until
        case .polling(let renew, let keepAlive): min(renew, keepAlive, silenceDeadline)
        }
    }

    /// Results are decoded whatever invoke id they carry, once an accept or a create event was seen.
    private var isAssociated: Bool {
        switch stage {
        case .awaitingCreateEvent, .polling: true
        case .closed, .asking, .pausing: false
        }
    }

    /// The next moment at which silence means something more than before.
    private var silenceDeadline: BootInstant {
        let lost = min(lastFrame + Self.lostAfter, lastNumerics + Self.uselessAfter)
        return link?.state == .stale ? lost : min(lost, lastNumerics + Self.staleAfter)
    }

    // MARK: What the monitor says

    private mutating func handle(_ notice: IntelliVueReceiver.Notice, _ output: inout DeviceOutput) {
        lastFrame = now
        switch notice {
        case .session(let kind): handle(kind, &output)
        case .createEvent(let invokeID): answerCreateEvent(invokeID, &output)
        case .numerics:
            lastNumerics = now
            say(.streaming, "the monitor sends", &output)
        case .error, .other: break
        }
    }

    private mutating func handle(_ kind: IntelliVueSessionKind, _ output: inout DeviceOutput) {
        switch kind {
        case .associationAccept:
            if case .asking = stage {
                stage = .awaitingCreateEvent(until: now + Self.createEventLimit)
                say(.negotiating, "the monitor accepted the association", &output)
            }
        case .refuse:
            // A refusal after a create event answers a request that was repeated needlessly.
            if case .asking = stage {
                pauseBeforeAsking("the monitor refused the association; check that no other client uses it", &output)
            }
        case .abort:
            // Before an accept it ends what a former client left behind.
            if isAssociated { pauseBeforeAsking("the monitor broke the association off", &output) }
        case .releaseRequest:
            output.bytesToSend.append(IntelliVueFrame.encode(IntelliVueAssociation.releaseResponse))
            if isAssociated { pauseBeforeAsking("the monitor ended the association", &output) }
        case .releaseResponse, .associationRequest, .data: break
        }
    }

    /// Answers every create event, also a repeated one: the monitor serves no poll until the answer has arrived. After a lost
    /// accept this event is the first sign of the association.
    private mutating func answerCreateEvent(_ invokeID: UInt16, _ output: inout DeviceOutput) {
        if !isAssociated { say(.negotiating, "the monitor accepted the association", &output) }
        output.bytesToSend.append(IntelliVueFrame.encode(IntelliVueBuilder.createEventResult(invokeID: invokeID)))
        sendPoll(&output)
        if case .polling(_, let keepAlive) = stage {
            stage = .polling(renew: now + Self.renewalInterval, keepAlive: keepAlive)
        } else {
            lastNumerics = now
            stage = .polling(renew: now + Self.renewalInterval, keepAlive: now + Self.keepAliveInterval)
        }
    }

    // MARK: What time brings

    private mutating func doWhatIsDue(_ output: inout DeviceOutput) {
        switch stage {
        case .closed: break
        case .asking(let next, let tries): if now >= next { ask(tries: tries, &output) }
        case .awaitingCreateEvent(let until):
            if now >= until { pauseBeforeAsking("the monitor accepted, but did not describe itself", &output) }
        case .pausing(let until): if now >= until { startAsking(&output) }
        case .polling(let renew, let keepAlive): keepPolling(renew: renew, keepAlive: keepAlive, &output)
        }
    }

    private mutating func keepPolling(renew: BootInstant, keepAlive: BootInstant, _ output: inout DeviceOutput) {
        if now >= lastNumerics + Self.staleAfter { say(.stale, "no values for \(Self.staleAfter.components.seconds) s", &output) }
        if now >= lastFrame + Self.lostAfter {
            return pauseBeforeAsking("nothing from the monitor for \(Self.lostAfter.components.seconds) s", isSilence: true, &output)
        }
        if now >= lastNumerics + Self.uselessAfter {
            return pauseBeforeAsking("no values for \(Self.uselessAfter.components.seconds) s", isSilence: true, &output)
        }
        var renew = renew
        var keepAlive = keepAlive
        if now >= keepAlive {
            output.bytesToSend.append(IntelliVueFrame.encode(Self.keepAlivePoll.message(invokeID: Self.keepAliveInvokeID)))
            keepAlive = now + Self.keepAliveInterval
            if now >= lastNumerics + Self.numericsDue { renew = now }
        }
        if now >= renew {
            sendPoll(&output)
            renew = now + Self.renewalInterval
        }
        stage = .polling(renew: renew, keepAlive: keepAlive)
    }

    private mutating func startAsking(_ output: inout DeviceOutput) { ask(tries: 0, &output) }

    private mutating func ask(tries: Int, _ output: inout DeviceOutput) {
        if tries % Self.requestsPerRelease == 0 {
            output.bytesToSend.append(IntelliVueFrame.encode(IntelliVueAssociation.releaseRequest))
        }
        output.bytesToSend.append(IntelliVueFrame.encode(IntelliVueAssociation.request()))
        stage = .asking(next: now + Self.requestInterval, tries: (tries + 1) % Self.requestsPerRelease)
    }

    private mutating func sendPoll(_ output: inout DeviceOutput) {
        output.bytesToSend.append(IntelliVueFrame.encode(Self.numericsPoll.message(invokeID: Self.numericsInvokeID)))
    }

    /// After silence the link stays `stale` while we ask again, since nobody is known to be there.
    private mutating func pauseBeforeAsking(_ reason: String, isSilence: Bool = false, _ output: inout DeviceOutput) {
        receiver.loseLink(events: &output.events)
        say(isSilence ? .stale : .negotiating, "\(reason); asking again", &output)
        stage = .pausing(until: now + Self.pause)
    }

    private mutating func say(_ state: LinkState, _ reason: String, _ output: inout DeviceOutput) {
        // Stale says why it came, and once more why the association was given up; a stream says nothing twice.
        guard link != Link(state: state, reason: reason) else { return }
        link = Link(state: state, reason: reason)
        output.events.append(.link(state, reason: reason))
    }

    private static let numericsPoll = IntelliVuePollRequest(
        action: IntelliVueAction.extendedPoll, pollNumber: 1, objectClass: IntelliVueClass.numerics, group: IntelliVueGroup.everything,
        periodTicks: UInt32(pollPeriod.components.seconds) * IntelliVueTicks.perSecond)

    private static let keepAlivePoll = IntelliVuePollRequest(
        action: IntelliVueAction.singlePoll, pollNumber: 2, objectClass: IntelliVueClass.alarmMonitor, group: IntelliVueGroup.staticContext)
}
