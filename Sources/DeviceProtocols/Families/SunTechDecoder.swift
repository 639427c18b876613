import VitalsModel

/// Messages to measurements, and the dialogue.
struct SunTechDecoder: DeviceDecoder {
    private enum Phase: Sendable, Hashable {
        case resting
        /// A start was asked for, was sent so many times in vain, and waits for an empty cuff.
        case wanted(attempts: Int, since: BootInstant)
        /// A start was sent so many times, last at an instant; the pressure has not risen yet.
        case starting(attempts: Int, since: BootInstant)
        case measuring(since: BootInstant)
        /// The measurement is over and its result is asked for; proven: the pressure was seen rising and the end was said.
        case fetching(isProven: Bool)
    }

    private(set) var statistics = DecoderStatistics()
    private let isLive: Bool
    private var frames = SunTechFrames()
    private var watch: LinkWatch
    private var output = DeviceOutput()
    private var now = BootInstant(nanoseconds: .min / 2)
    private var lastByte = BootInstant(nanoseconds: .min / 2)
    private var phase = Phase.resting
    private var timer: BootInstant?
    /// Requests since the last message; a message that answers something else counts only a few times.
    private var unanswered = 0
    /// What was asked for last and was not yet answered.
    private var awaited: SunTechRequest?
    /// Messages in a row that answer something else.
    private var strayAnswers = 0
    private var pollsSinceResult = 0
    private var lowestPressure: Int?
    private var emptyAnswers = 0
    private var isStartQueued = false
    /// Whether the cuff was last said to rest.
    private var isIdleTold = false
    private var isLateTold = false
    private var memory = SunTechMemory()

    private static let silence = Duration.seconds(6)
    private static let restingPeriod = Duration.seconds(2)
    private static let runningPeriod = Duration.milliseconds(500)
    private static let answerTime = Duration.seconds(1)
    private static let frameSilence = Duration.milliseconds(200)
    private static let startTime = Duration.seconds(5)
    private static let emptyingTime = Duration.seconds(30)
    private static let longestMeasurement = Duration.seconds(150)
    private static let pollsPerResult = 5
    private static let mostRequests = 5
    private static let mostStrayAnswers = 5
    private static let mostStarts = 3
    private static let emptyPressure = 5
    private static let risenPressure = 20
    /// Answers of an empty cuff, 0.5 s apart, that end a measurement whose end was not heard.
    private static let emptyAnswersAtEnd = 6
    private static let noAbort = "this module takes no abort: disconnect the hose to empty the cuff"

    init(_ mode: DecoderMode) {
        isLive = mode == .live
        watch = LinkWatch(mode, silence: Self.silence, device: "the cuff module")
    }

    var nextDeadline: BootInstant? { [timer, watch.deadline].compactMap { $0 }.min() }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        open(at: instant)
        if isLive, now - lastByte >= Self.frameSilence, frames.discard() { statistics.reject(.truncated) }
        lastByte = now
        var position = 0
        while let step = frames.step(bytes, from: &position) {
            switch step {
            case .message(let message, let offset): take(message, offset)
            case .rejected(let kind): statistics.reject(kind)
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
        ask(.result)
    }

    private mutating func finish() -> DeviceOutput {
        if watch.noticeSilence(at: now, &output.events) { fallSilent() }
        if let due = timer, now >= due { act() }
        defer { output = DeviceOutput() }
        return output
    }

    // MARK: Commands

    private mutating func start() {
        switch phase {
        case .resting: want()
        // The measurement that runs, or is about to, is the one asked for.
        case .wanted, .starting, .measuring: break
        case .fetching: isStartQueued = true
        }
    }

    private mutating func want() {
        phase = .wanted(attempts: 0, since: now)
        unanswered = 0
        askForStart()
    }

    /// Before a start the last result must be known, and the cuff be empty.
    private mutating func askForStart() { ask(memory.isEmpty ? .result : .pressure) }

    private mutating func abort() {
        isStartQueued = false
        switch phase {
        case .resting, .fetching: break
        case .wanted: fail("aborted before it began")
        case .starting(_, let since):
            phase = .starting(attempts: Self.mostStarts, since: since)
            say(.measuring, failure: Self.noAbort)
        case .measuring: say(.measuring, failure: Self.noAbort)
        }
    }

    // MARK: Time

    /// The timer ran out.
    private mutating func act() {
        let isSilent = unanswered >= Self.mostRequests
        let isStray = strayAnswers > 0
        switch phase {
        case .resting: askAtRest()
        case .wanted(_, let since):
            if isSilent { return fail(isStray ? "the module answers something else" : "the module does not answer") }
            // An answer that says that the cuff is not empty comes before.
            let isLate = now - since > Self.emptyingTime + Self.answerTime
            isLate ? fail("the module was not ready") : askForStart()
        case .starting(_, let since):
            if isSilent, isStray { return fail("the module answers something else") }
            ask(now - since < Self.startTime ? .pressure : .result)
        case .measuring(let since):
            tellLate(since)
            ask(.pressure)
        case .fetching: isSilent ? fail("the module gave no result") : ask(.result)
        }
    }

    private mutating func askAtRest() {
        pollsSinceResult += 1
        if memory.isEmpty || pollsSinceResult >= Self.pollsPerResult {
            pollsSinceResult = 0
            ask(.result)
        } else {
            ask(.pressure)
        }
    }

    private mutating func tellLate(_ since: BootInstant) {
        guard !isLateTold, now - since >= Self.longestMeasurement else { return }
        isLateTold = true
        let words = "takes longer than \(Self.longestMeasurement.components.seconds) s; \(Self.noAbort)"
        say(.measuring, failure: words)
    }

    private mutating func fallSilent() {
        isStartQueued = false
        // A result that ended meanwhile is of unknown age when the link is back.
        memory = SunTechMemory()
        lowestPressure = nil
        guard phase != .resting else { return }
        fail("the module fell silent")
    }

    private mutating func ask(_ request: SunTechRequest) {
        unanswered += 1
        awaited = request
        send(request.bytes)
        wait(Self.answerTime)
    }

    private mutating func send(_ bytes: [UInt8]) {
        if isLive { output.bytesToSend.append(bytes) }
    }

    private mutating func wait(_ duration: Duration) {
        if isLive { timer = now + duration }
    }

    // MARK: Messages

    private mutating func take(_ message: SunTechMessage, _ offset: Int) {
        statistics.frames += 1
        watch.heard(at: now, &output.events)
        let isFitting = awaited?.isAnswered(by: message) ?? true
        strayAnswers = isFitting ? 0 : strayAnswers + 1
        if strayAnswers <= Self.mostStrayAnswers { unanswered = 0 }
        if isFitting { awaited = nil }
        switch message {
        case .pressure(let pressure): take(pressure)
        case .ended: seeEnd()
        case .result(let result): take(result, offset)
        case .other: break
        }
    }

    private mutating func take(_ pressure: Int) {
        let lowest = min(lowestPressure ?? pressure, pressure)
        lowestPressure = lowest
        let hasRisen = pressure >= max(Self.risenPressure, lowest + Self.risenPressure)
        switch phase {
        case .resting:
            if hasRisen { return begin() }
            wait(pressure < Self.emptyPressure ? Self.restingPeriod : Self.runningPeriod)
        case .wanted(let attempts, let since):
            if hasRisen { return begin() }
            decideStart(pressure, attempts, since)
        // The cuff was empty when the start was sent.
        case .starting: pressure < Self.emptyPressure ? wait(Self.runningPeriod) : begin()
        case .measuring: follow(pressure)
        case .fetching: break
        }
    }

    private mutating func decideStart(_ pressure: Int, _ attempts: Int, _ since: BootInstant) {
        // The result was asked for: this answers something else, and at once it might do so for ever.
        if memory.isEmpty { return wait(Self.runningPeriod) }
        if pressure < Self.emptyPressure { return sendStart(attempt: attempts + 1) }
        now - since < Self.emptyingTime ? wait(Self.runningPeriod) : fail("the cuff is not empty")
    }

    private mutating func sendStart(attempt: Int) {
        phase = .starting(attempts: attempt, since: now)
        send(SunTechCommand.start)
        wait(Self.runningPeriod)
    }

    private mutating func begin() {
        phase = .measuring(since: now)
        emptyAnswers = 0
        isLateTold = false
        say(.measuring)
        wait(Self.runningPeriod)
    }

    private mutating func follow(_ pressure: Int) {
        emptyAnswers = pressure < Self.emptyPressure ? emptyAnswers + 1 : 0
        guard emptyAnswers >= Self.emptyAnswersAtEnd else { return wait(Self.runningPeriod) }
        fetch(isProven: false)
    }

    private mutating func seeEnd() {
        switch phase {
        // A module that answers so to the question for a result is asked again later.
        case .resting where isLive, .wanted: if awaited != .result { ask(.result) }
        case .resting, .measuring: fetch(isProven: true)
        case .starting: fetch(isProven: false)
        case .fetching(let isProven): if !isLive, !isProven { phase = .fetching(isProven: true) }
        }
    }

    private mutating func fetch(isProven: Bool) {
        phase = .fetching(isProven: isProven)
        unanswered = 0
        // What is left in the cuff falls from here on.
        lowestPressure = nil
        ask(.result)
    }

    // MARK: Results

    private mutating func take(_ result: SunTechResult, _ offset: Int) {
        let isNews = memory.isNews(result) || (!isLive && memory.isEmpty && !result.isNone)
        defer { memory.remember(result) }
        switch phase {
        case .resting:
            if isNews { tell(result, offset) }
            wait(Self.restingPeriod)
        case .wanted:
            if isNews { tell(result, offset) }
            // Only the first is asked for by this phase; after others at once it might go on for ever.
            memory.isEmpty ? ask(.pressure) : wait(Self.runningPeriod)
        case .starting(let attempts, let since):
            if isNews { return conclude(result, offset, isNew: true) }
            // A late answer to a question before the start says nothing of it.
            guard now - since >= Self.startTime else { return }
            guard attempts < Self.mostStarts else { return fail("the module did not start") }
            phase = .wanted(attempts: attempts, since: now)
            ask(.pressure)
        case .measuring:
            // Until the end the module holds the result before.
            if isNews { conclude(result, offset, isNew: true) }
        case .fetching(let isProven): conclude(result, offset, isNew: isProven || isNews)
        }
    }

    private mutating func conclude(_ result: SunTechResult, _ offset: Int, isNew: Bool) {
        if isNew, !result.isNone { tell(result, offset) } else { say(.idle, failure: "ended without a result") }
        rest()
    }

    private mutating func tell(_ result: SunTechResult, _ offset: Int) {
        guard result.error == 0 else { return say(.idle, failure: "error \(result.error)") }
        guard result.isPlausible else {
            statistics.reject(.implausible)
            return say(.idle, failure: "implausible pressures")
        }
        say(.idle)
        CuffPressures(systolic: result.systolic, diastolic: result.diastolic, mean: result.mean)
            .tell(
                offset: offset, quality: result.state == SunTechResult.goodState ? .valid : .suspect, &output.events, &statistics)
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
        lowestPressure = nil
        wait(Self.answerTime)
        guard isStartQueued else { return }
        isStartQueued = false
        want()
    }
}
