import VitalsModel

/// Messages to measurements, and the dialogue.
struct ParNIBPDecoder: DeviceDecoder {
    private enum Phase: Sendable, Hashable {
        case resting
        /// A start was asked for; it waits for a status of a free module.
        case wanted(tries: Int)
        /// 01 was sent so many times; the cuff was not yet seen running.
        case starting(attempts: Int)
        case measuring(since: BootInstant)
        /// The measurement is over and its result is asked for; proven: the cuff was seen running.
        case fetching(tries: Int, isProven: Bool)
        case aborting(String)
    }

    private(set) var statistics = DecoderStatistics()
    private let isLive: Bool
    private var frames = ParFrames()
    private var watch: LinkWatch
    private var output = DeviceOutput()
    private var now = BootInstant(nanoseconds: .min / 2)
    private var phase = Phase.resting
    private var timer: BootInstant?
    /// Status requests since the last status.
    private var unanswered = 0
    private var isStartQueued = false
    /// Whether the cuff was last said to rest.
    private var isIdleTold = false
    /// An abort was asked for and never confirmed.
    private var isAbortOwed = false
    /// Until when a cuff that begins to run is due to a start that was aborted.
    private var abortedStartUntil = BootInstant(nanoseconds: .min / 2)
    private var caution = ParCautionCount()
    private var memory = ParMemory()

    private static let answerTime = Duration.seconds(1)
    private static let restingPeriod = Duration.seconds(5)
    /// From 01 to the first sign of the cuff.
    private static let startTime = Duration.seconds(2)
    private static let pressureSilence = Duration.seconds(3)
    private static let longestMeasurement = Duration.seconds(150)
    private static let mostRequests = 5
    private static let mostStarts = 3
    private static let mostTries = 10
    /// How often a module that makes cycles is told not to before a start.
    private static let mostManualOrders = 3

    init(_ mode: DecoderMode) {
        isLive = mode == .live
        watch = LinkWatch(mode, silence: Self.restingPeriod + Self.answerTime * Self.mostRequests, device: "the cuff module")
    }

    var nextDeadline: BootInstant? { [timer, watch.deadline].compactMap { $0 }.min() }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        open(at: instant)
        var position = 0
        while let step = frames.step(bytes, from: &position) {
            switch step {
            case .message(let message, let offset): take(message, offset)
            case .rejected(let kind, let count): statistics.reject(kind, count: count)
            }
        }
        return finish()
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput {
        open(at: instant)
        return finish()
    }

    mutating func command(_ command: CuffCommand, at instant: BootInstant) -> DeviceOutput {
        guard isLive else { return DeviceOutput() }
        open(at: instant)
        switch command {
        case .start: start()
        case .abort: abort()
        }
        return finish()
    }

    private mutating func open(at instant: BootInstant) {
        now = max(now, instant)
        guard isLive, watch.state == nil else { return }
        watch.open(at: now, &output.events)
        ask()
    }

    private mutating func finish() -> DeviceOutput {
        if watch.noticeSilence(at: now, &output.events) { fallSilent() }
        if let due = timer, now >= due { act() }
        defer { output = DeviceOutput() }
        return output
    }

    // MARK: Commands

    private mutating func start() {
        isAbortOwed = false
        abortedStartUntil = now
        switch phase {
        case .resting: want()
        // The measurement that runs, or is about to, is the one asked for.
        case .wanted, .starting, .measuring: break
        case .fetching, .aborting: isStartQueued = true
        }
    }

    private mutating func want() {
        phase = .wanted(tries: 0)
        unanswered = 0
        ask()
    }

    private mutating func abort() {
        isStartQueued = false
        // Also to a module that seems to rest: it costs nothing, and what is known of it may be seconds old.
        send(ParCommand.abort)
        switch phase {
        case .resting: isAbortOwed = watch.state != .streaming
        case .wanted: fail("aborted before it began")
        case .starting:
            // The module may do the start after it did the abort, and say meanwhile that it rests.
            abortedStartUntil = now + Self.startTime
            beginAborting("aborted")
        case .measuring: beginAborting("aborted")
        case .fetching, .aborting: break
        }
    }

    private mutating func beginAborting(_ reason: String) {
        phase = .aborting(reason)
        unanswered = 0
        wait(.milliseconds(500))
    }

    // MARK: Time

    /// The timer ran out.
    private mutating func act() {
        let isSilent = unanswered >= Self.mostRequests
        switch phase {
        case .resting: ask()
        case .wanted: isSilent ? fail("the module does not answer") : ask()
        case .starting:
            guard isSilent else { return ask() }
            send(ParCommand.abort)
            fail("the module does not answer")
        case .measuring(let since):
            let isLate = now - since >= Self.longestMeasurement
            guard isLate || unanswered > 0 else { return ask() }
            send(ParCommand.abort)
            beginAborting(isLate ? "took longer than \(Self.longestMeasurement.components.seconds) s" : "the module fell silent")
        case .fetching: isSilent ? fail("the module gave no result") : ask()
        case .aborting:
            if unanswered > 0 { send(ParCommand.abort) }
            ask()
        }
    }

    private mutating func fallSilent() {
        if case .aborting = phase { isAbortOwed = true }
        isStartQueued = false
        // A result that ended meanwhile is of unknown age when the link is back.
        memory = ParMemory()
        guard phase != .resting else { return }
        fail("the module fell silent")
    }

    private mutating func ask() {
        unanswered += 1
        send(ParCommand.status.frame)
        wait(Self.answerTime)
    }

    private mutating func send(_ bytes: [UInt8]) {
        if isLive { output.bytesToSend.append(bytes) }
    }

    private mutating func wait(_ duration: Duration) {
        if isLive { timer = now + duration }
    }

    /// Waits for the next sign of a cuff that runs since `since`.
    private mutating func waitForPressure(since: BootInstant) {
        wait(min(Self.pressureSilence, max(.milliseconds(1), Self.longestMeasurement - (now - since))))
    }

    // MARK: Messages

    private mutating func take(_ message: ParMessage, _ offset: Int) {
        statistics.frames += 1
        watch.heard(at: now, &output.events)
        switch message {
        case .pressure(let state, let caution):
            if state.isMeasuring { seeCuffRunning(caution) }
        case .ended: seeEnd()
        case .status(let status):
            let wasAsked = unanswered > 0
            unanswered = 0
            take(status, offset, wasAsked: wasAsked)
        }
    }

    private mutating func seeCuffRunning(_ caution: ParCaution?) {
        defer { if case .measuring = phase, let words = self.caution.news(in: caution) { say(.measuring, failure: words) } }
        switch phase {
        case .resting, .wanted, .starting: begin()
        case .measuring(let since):
            unanswered = 0
            waitForPressure(since: since)
        case .fetching, .aborting: break
        }
    }

    private mutating func seeEnd() {
        switch phase {
        // Live, an end without a begin may be a late one of a measurement that was aborted: it proves nothing.
        case .resting where isLive, .wanted, .aborting:
            if unanswered == 0 { ask() }
        case .resting: fetch(isProven: true)
        case .starting: fetch(isProven: false)
        case .measuring: fetch(isProven: true)
        case .fetching: break
        }
    }

    private mutating func fetch(isProven: Bool) {
        phase = .fetching(tries: 0, isProven: isProven)
        unanswered = 0
        ask()
    }

    private mutating func begin() {
        phase = .measuring(since: now)
        unanswered = 0
        caution = ParCautionCount()
        say(.measuring)
        waitForPressure(since: now)
        guard isAbortOwed || now < abortedStartUntil else { return }
        send(ParCommand.abort)
        beginAborting("aborted")
    }

    // MARK: Statuses

    private mutating func take(_ status: ParStatus, _ offset: Int, wasAsked: Bool) {
        if !status.state.isMeasuring { isAbortOwed = false }
        switch phase {
        case .resting:
            if status.state.isMeasuring { return begin() }
            notice(status, offset)
            wait(Self.restingPeriod)
        case .wanted(let tries): decideStart(status, offset, tries)
        case .starting(let attempts):
            // Here and below: a late answer to an earlier question says nothing of what was sent since.
            if wasAsked { decideRestart(status, offset, attempts) }
        case .measuring(let since):
            if status.state.isMeasuring { return waitForPressure(since: since) }
            if wasAsked || !isLive || status.state.isRestarting { conclude(status, offset, isProven: false) }
        case .fetching(let tries, let isProven): decideResult(status, offset, tries, isProven)
        case .aborting(let reason):
            if wasAsked || status.state.isRestarting { decideAbort(status, offset, reason) }
        }
    }

    private mutating func decideStart(_ status: ParStatus, _ offset: Int, _ tries: Int) {
        if status.state.isMeasuring { return begin() }
        notice(status, offset)
        guard tries < Self.mostTries else { return fail("the module is busy: \(status.state.words)") }
        phase = .wanted(tries: tries + 1)
        if status.isCycling, tries < Self.mostManualOrders {
            send(ParCommand.manual.frame)
            return wait(.milliseconds(500))
        }
        guard status.state.isFree else { return wait(Self.answerTime) }
        if status.isNeonatal {
            send(ParCommand.adult.frame)
            wait(.milliseconds(500))
        } else {
            sendStart(attempt: 1)
        }
    }

    private mutating func sendStart(attempt: Int) {
        phase = .starting(attempts: attempt)
        unanswered = 0
        send(ParCommand.start.frame)
        wait(Self.startTime)
    }

    private mutating func decideRestart(_ status: ParStatus, _ offset: Int, _ attempts: Int) {
        if status.state.isMeasuring { return begin() }
        if memory.isNews(status) || !status.state.isFree { return conclude(status, offset, isProven: false) }
        guard attempts >= Self.mostStarts else { return sendStart(attempt: attempts + 1) }
        fail(["the module did not start", status.failure].compactMap { $0 }.joined(separator: ": "))
    }

    private mutating func decideResult(_ status: ParStatus, _ offset: Int, _ tries: Int, _ isProven: Bool) {
        if status.state.isFree || status.state == .cycle || status.state.isRestarting || !isLive {
            if !status.state.isMeasuring { conclude(status, offset, isProven: isProven) }
        } else if tries < Self.mostTries {
            phase = .fetching(tries: tries + 1, isProven: isProven)
            wait(.milliseconds(500))
        } else if status.state.isMeasuring {
            phase = .measuring(since: now)
            waitForPressure(since: now)
        } else {
            fail("the module gave no result")
        }
    }

    private mutating func decideAbort(_ status: ParStatus, _ offset: Int, _ reason: String) {
        if status.state.isMeasuring {
            send(ParCommand.abort)
            return wait(.milliseconds(500))
        }
        // The measurement may have been over before the abort came: then its result is good.
        if status.failure == nil, memory.isNews(status) { return conclude(status, offset, isProven: false) }
        memory.remember(status)
        fail(reason)
    }

    /// A status while nothing runs: a measurement whose course was not seen, or nothing new.
    private mutating func notice(_ status: ParStatus, _ offset: Int) {
        defer { memory.remember(status) }
        guard memory.isNews(status) || (!isLive && memory.isEmpty) else { return }
        if let failure = status.failure { return say(.idle, failure: failure) }
        if status.state == .standby, let result = status.result {
            caution = ParCautionCount()
            give(result, offset)
        }
    }

    /// The measurement is over.
    private mutating func conclude(_ status: ParStatus, _ offset: Int, isProven: Bool) {
        let isNew = isProven || memory.isNews(status) || (!isLive && memory.isEmpty)
        let mayGive = status.state == .standby || status.state == .cycle
        if mayGive { memory.hold(status) } else { memory.remember(status) }
        if status.state.isRestarting { return fail("the module restarted") }
        if let failure = status.failure { return fail(failure) }
        guard mayGive, isNew, let result = status.result else { return fail("ended without a result") }
        give(result, offset)
        rest()
    }

    // MARK: Telling

    private mutating func give(_ result: ParResult, _ offset: Int) {
        guard result.isPlausible else {
            statistics.reject(.implausible)
            return say(.idle, failure: "implausible pressures")
        }
        say(.idle)
        CuffPressures(systolic: result.systolic, diastolic: result.diastolic, mean: result.mean)
            .tell(offset: offset, quality: caution.isBelieved ? .suspect : .valid, &output.events, &statistics)
    }

    private mutating func fail(_ reason: String) {
        say(.idle, failure: reason)
        rest()
    }

    /// A change of the cuff; a result that comes while it rests, as that of a measurement which was not seen, is none.
    private mutating func say(_ state: CuffState, failure: String? = nil) {
        let isResting = state == .idle && failure == nil
        if !isResting || !isIdleTold { output.events.append(.cuff(state, failure: failure)) }
        isIdleTold = isResting
    }

    private mutating func rest() {
        phase = .resting
        unanswered = 0
        wait(watch.state == .streaming ? Self.restingPeriod : Self.answerTime)
        guard isStartQueued else { return }
        isStartQueued = false
        want()
    }
}
