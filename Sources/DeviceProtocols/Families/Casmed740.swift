// CASMED 740 vital-signs monitors (740-2T, 740-3MS, 740-3ML, 740-3NL): cuff, oximeter, thermometer
//
// Line      115200 baud, 8N1, no flow control. Printable ASCII; the host asks, commands and answers end with CR.
//
// Frame     X09 SSS DDD MMM PPP OOO TTT[T] U      (without the spaces: 22 or 23 characters)
//             S  systolic, mmHg      D  diastolic      M  mean      P  pulse, /min      O  SpO2, %
//             T  temperature in tenths, 3 or 4 characters            U  C or F; here also a dash or a space
//             One character, unknown, may follow a U in column 22. The temperature is not used.
//           X13 ....      while the cuff works: something about its pressure, taken as a sign of life only
//           X?? or X**    the command is not known, or not allowed
//           X and two digits: other answers, passed over
//           Commands: X09 numbers, X131 start the cuff, X130 stop it. X132 (repeated measuring) and X37 (clears the monitor) are
//           never sent.
//
// Checksum  None. A damaged digit can make a wrong value that is plausible. A line is refused whole when it has not the columns, when
//           a field mixes digits with anything but leading spaces, or when one number is impossible (pulse 20-300 /min, SpO2 1-100 %,
//           pressures 10-300 mmHg, systolic >= mean >= diastolic). Cuff values count when two answers in a row agree; the first ones
//           of a recording count at once.
//
// Meaning   A field without a digit, or of zeros, is missing; why is not said, so that the condition is "poor signal". Pulse is given
//           beside an SpO2 only: alone it may be of the last cuff measurement, which lingers.
//           Nothing says when the cuff measured. New is a triple that differs from the one before, or an equal one after the
//           numbers were missing in two answers behind the last X13; after a stop an equal one never is. The first one after the port was opened, or after a silence, is of unknown age
//           and is not given by a live decoder. The cuff works from the first X13 until a new triple, or until four answers (two
//           after a stop) have come without X13 between them: no values then.
//           A stop is owed until five answers have come without X13 between them. Until then the first X13 after an X130 is
//           taken as its answer, and any other as a cuff that works.
//
// Resync    At each CR or LF; lines over 100 characters are refused.
//
// Timing    X09 each second; nothing to keep alive; silent after 5 s. X131 is repeated each 2 s until the cuff obeys, three times in
//           all; one that was not obeyed, or was refused, is taken back by X130. X130 is repeated each 2 s without limit while a
//           stop is owed and the cuff works, or nothing is heard; that it does not help is told after the third.
//
// Doubts    All comes from one client, made against the monitor itself. That client first asks for model and serial number; it is not
//           known that the monitor needs it, and it is left out. Whether a measurement begun at the monitor brings X13 lines, what
//           the four characters after X13 say, and what stands in X09 after a failed measurement is not known.
// Sources   The VistA Vitals client of the United States Department of Veterans Affairs (public domain). No recording was found.

import VitalsModel

/// CASMED 740 vital-signs monitors.
public enum Casmed740 {
    /// The family.
    public static let family = DeviceFamily(
        id: "casmed-740", displayName: "CASMED 740 vital-signs monitors (740-2T, 740-3MS, 740-3ML, 740-3NL)", maturity: .reported,
        line: LineSettings(baud: 115200), signals: [.pulseRate, .spo2, .nibpSystolic, .nibpDiastolic, .nibpMean], initiative: .client,
        cuffControl: .startAndAbort
    ) { mode, _ in
        Casmed740Decoder(mode: mode)
    }
}

/// The client: polls, takes lines apart, commands the cuff.
struct Casmed740Decoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private var lines = TextLines(longest: 100)
    private var link: LinkWatch
    private var spo2 = SignalTeller(.spo2, pace: .each)
    private var pulseRate = SignalTeller(.pulseRate, pace: .each)
    private var cuff: Casmed740Cuff
    private var order: Order?
    private var nextPoll: BootInstant?
    private let isLive: Bool

    /// A command to the cuff that has not yet been obeyed.
    private struct Order: Sendable {
        var command: CuffCommand
        var timesSent = 0
        var nextTry: BootInstant
        var lastSent: BootInstant?
        /// What came since a stop was sent: any answer, its own line X13, and others, which say that the cuff works on.
        var isHeard = false
        var isAnswered = false
        var isContradicted = false
        /// Stops that were contradicted.
        var unanswered = 0

        mutating func noteSent(at now: BootInstant) {
            timesSent = min(timesSent + 1, 1000)
            lastSent = now
            (isHeard, isAnswered, isContradicted) = (false, false, false)
        }
    }

    private static let pollInterval = Duration.seconds(1)
    private static let orderPatience = Duration.seconds(2)
    private static let mostTries = 3

    init(mode: DecoderMode) {
        isLive = mode == .live
        link = LinkWatch(mode, silence: .seconds(5), device: "the monitor")
        cuff = Casmed740Cuff(isLive: mode == .live)
    }

    var nextDeadline: BootInstant? { [link.deadline, nextPoll, order?.nextTry].compactMap { $0 }.min() }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        var position = 0
        while let step = lines.step(bytes, from: &position) {
            switch step {
            case .line(let line, let offset): receive(Array(line.utf8), offset, at: now, &output.events)
            case .rejected(let kind, let count): statistics.reject(kind, count: count)
            }
        }
        goOn(at: now, &output)
        return output
    }

    mutating func advance(to now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        goOn(at: now, &output)
        return output
    }

    mutating func command(_ command: CuffCommand, at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        guard isLive, command == .abort || !cuff.isMeasuring else { return output }
        cuff.expect(command)
        order = Order(command: command, nextTry: now)
        goOn(at: now, &output)
        return output
    }

    private mutating func goOn(at now: BootInstant, _ output: inout DeviceOutput) {
        if link.noticeSilence(at: now, &output.events) { cuff.loseSight(&output.events) }
        guard isLive else { return }
        if nextPoll.map({ now >= $0 }) ?? true {
            nextPoll = now + Self.pollInterval
            output.bytesToSend.append(Array("X09\r".utf8))
        }
        if let due = order, now >= due.nextTry { send(due, at: now, &output) }
    }

    private mutating func send(_ due: Order, at now: BootInstant, _ output: inout DeviceOutput) {
        if due.command == .start, due.timesSent == Self.mostTries {
            giveUpStart("the monitor did not start the cuff", at: now, &output.events)
            return goOn(at: now, &output)
        }
        order?.nextTry = now + Self.orderPatience
        // A cuff at rest need not be stopped again; while nothing is heard, nobody knows.
        let mustSend = due.command == .start || due.timesSent == 0 || due.isContradicted || !due.isHeard
        guard mustSend else { return }
        order?.noteSent(at: now)
        output.bytesToSend.append(Array((due.command == .start ? "X131\r" : "X130\r").utf8))
        guard due.isContradicted else { return }
        order?.unanswered = min(due.unanswered + 1, Self.mostTries)
        guard due.unanswered == Self.mostTries - 1, cuff.isMeasuring else { return }
        output.events.append(.cuff(.measuring, failure: "the monitor does not obey the stop"))
    }

    /// The monitor may still take the start up: it is told to stop.
    private mutating func giveUpStart(_ failure: String, at now: BootInstant, _ events: inout [DeviceEvent]) {
        events.append(.cuff(.idle, failure: failure))
        cuff.expect(.abort)
        order = Order(command: .abort, nextTry: now)
    }

    /// The first X13 after a stop is its answer; each other one comes from a cuff that works.
    private mutating func hearPressure(at now: BootInstant, _ events: inout [DeviceEvent]) {
        guard let stop = order, stop.command == .abort else {
            cuff.hearPressure(&events)
            if cuff.isMeasuring { order = nil }
            return
        }
        let isLate = stop.lastSent.map { now >= $0 + Self.orderPatience } ?? true
        order?.isAnswered = true
        guard isLate || stop.isAnswered else { return cuff.hearAnswerToStop() }
        order?.isContradicted = true
        if isLate { order?.nextTry = now }
        cuff.hearPressure(isStopOwed: true, &events)
    }

    // MARK: Lines

    private mutating func receive(_ line: [UInt8], _ offset: Int, at now: BootInstant, _ events: inout [DeviceEvent]) {
        guard line.count >= 3, line[0] == UInt8(ascii: "X") else { return statistics.reject(.badHeader) }
        order?.isHeard = true
        switch (line[1], line[2]) {
        case (0x30, 0x39):
            guard let answer = Casmed740Answer(line) else { return statistics.reject(.malformed) }
            statistics.frames += 1
            link.heard(at: now, &events)
            receive(answer, offset, &events)
        case (0x31, 0x33):
            statistics.frames += 1
            link.heard(at: now, &events)
            hearPressure(at: now, &events)
        case (0x3F, 0x3F), (0x2A, 0x2A):
            statistics.frames += 1
            // A stop is sent again, whatever the monitor says.
            if order?.command == .start { giveUpStart("the monitor refused to start the cuff", at: now, &events) }
        case (0x30...0x39, 0x30...0x39): statistics.frames += 1
        default: statistics.reject(.badHeader)
        }
    }

    private mutating func receive(_ answer: Casmed740Answer, _ offset: Int, _ events: inout [DeviceEvent]) {
        guard answer.isPlausible else { return statistics.reject(.implausible) }
        let isMeasured = answer.spo2 != nil
        spo2.tell(answer.spo2.map { .value(Double($0), .valid) } ?? .missing, offset: offset, &events, &statistics)
        let pulse = isMeasured ? answer.pulse : nil
        pulseRate.tell(pulse.map { .value(Double($0), .valid) } ?? .missing, offset: offset, &events, &statistics)
        let isNew = cuff.hearNumbers(answer.pressures, &events)
        if order?.command == .abort, cuff.isAtRest { order = nil }
        guard isNew, let pressures = answer.pressures else { return }
        let values = pressures.map { $0.map(Double.init) }
        CuffPressures(systolic: values[0], diastolic: values[1], mean: values[2]).tell(offset: offset, &events, &statistics)
    }
}

/// The numbers of one answer X09; nil is missing.
private struct Casmed740Answer {
    let spo2: Int?
    let pulse: Int?
    /// Systolic, diastolic, mean; nil when all are missing.
    let pressures: [Int?]?

    /// Nil when the line has not the columns of an answer.
    init?(_ line: [UInt8]) {
        guard (22...23).contains(line.count), Self.hasTemperature(line[18...]) else { return nil }
        var numbers: [Int?] = []
        for start in stride(from: 3, to: 18, by: 3) {
            guard let field = Self.number(line[start..<start + 3]) else { return nil }
            numbers.append(field)
        }
        pressures = numbers[0...2].allSatisfy { $0 == nil } ? nil : Array(numbers[0...2])
        (pulse, spo2) = (numbers[3], numbers[4])
    }

    /// Three or four characters and a unit; after three one more is allowed.
    private static func hasTemperature(_ columns: ArraySlice<UInt8>) -> Bool {
        let characters = Array(columns)
        let hasField = characters.prefix(3).allSatisfy { isDigit($0) || isBlank($0) }
        let isShort = isUnit(characters[3])
        let isLong = characters.count == 5 && (isDigit(characters[3]) || isBlank(characters[3])) && isUnit(characters[4])
        return hasField && (isShort || isLong)
    }

    /// Nil inside is a missing number; nil outside is a field that is none.
    private static func number(_ field: ArraySlice<UInt8>) -> Int?? {
        guard field.contains(where: isDigit) else { return .some(nil) }
        let digits = field.drop { $0 == 0x20 }
        guard digits.allSatisfy(isDigit) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return .some(number == 0 ? nil : number)
    }

    private static func isDigit(_ character: UInt8) -> Bool { (0x30...0x39).contains(character) }
    private static func isBlank(_ character: UInt8) -> Bool { character == 0x20 || character == 0x2D }
    private static func isUnit(_ character: UInt8) -> Bool { character == 0x43 || character == 0x46 || isBlank(character) }

    /// Whether a patient can have all of it.
    var isPlausible: Bool {
        guard spo2.map({ (1...100).contains($0) }) ?? true, pulse.map({ (20...300).contains($0) }) ?? true else { return false }
        guard let pressures else { return true }
        let rising = [pressures[1], pressures[2], pressures[0]].compactMap { $0 }
        let isInOrder = zip(rising, rising.dropFirst()).allSatisfy { $0 <= $1 }
        let isCollapsed = pressures[0] != nil && pressures[0] == pressures[1]
        return rising.allSatisfy { (10...300).contains($0) } && isInOrder && !isCollapsed
    }
}

/// Tells measurements apart in answers that do not say when the cuff measured.
private struct Casmed740Cuff: Sendable {
    private enum State: Sendable { case idle, measuring, settling }

    private let isLive: Bool
    /// `settling`: the cuff has given its values or was told to stop; its last X13 lines begin nothing.
    private var state = State.idle
    private var known: [Int?]?
    /// Other numbers than the known ones, seen once.
    private var candidate: [Int?]?
    /// Whether nobody saw since when the next numbers are there.
    private var isAgeUnknown: Bool
    /// Answers without numbers since the last X13 of a measurement that nobody stopped.
    private var blanks = 0
    /// From a stop until the next measurement begins.
    private var isStopping = false
    /// Answers since the last X13.
    private var quietAnswers = 0
    /// One stands between two X13 lines of any measurement; a former result that only comes back has no more than that.
    private static let blanksBeforeEqual = 2

    init(isLive: Bool) {
        self.isLive = isLive
        isAgeUnknown = isLive
    }

    var isMeasuring: Bool { state == .measuring }
    /// Whether X13 lines have stopped for so long that a stop is not owed any more.
    var isAtRest: Bool { quietAnswers >= 5 }

    /// The host is about to command.
    mutating func expect(_ command: CuffCommand) {
        (quietAnswers, blanks) = (0, 0)
        isStopping = command == .abort
        // Numbers that were hidden when the port was opened may come back by the stop.
        if isStopping, known == nil { isAgeUnknown = isLive }
        if !isMeasuring { state = command == .abort ? .settling : .idle }
    }

    /// An X13 line that answers a stop: it begins nothing.
    mutating func hearAnswerToStop() { quietAnswers = 0 }

    /// An X13 line; while a stop is owed it always says that the cuff works.
    mutating func hearPressure(isStopOwed: Bool = false, _ events: inout [DeviceEvent]) {
        (quietAnswers, blanks) = (0, 0)
        guard state == .idle || isStopOwed, !isMeasuring else { return }
        (state, isStopping) = (.measuring, isStopOwed)
        events.append(.cuff(.measuring, failure: nil))
    }

    /// The link is silent.
    mutating func loseSight(_ events: inout [DeviceEvent]) {
        if isMeasuring { events.append(.cuff(.idle, failure: "the monitor fell silent during the measurement")) }
        (state, candidate, blanks, isAgeUnknown, quietAnswers) = (.idle, nil, 0, isLive, 0)
    }

    /// The cuff's numbers in one answer.
    ///
    /// - Returns: whether they are those of a new measurement.
    mutating func hearNumbers(_ numbers: [Int?]?, _ events: inout [DeviceEvent]) -> Bool {
        quietAnswers = min(quietAnswers + 1, 100)
        let isNew = take(numbers)
        if isNew, isMeasuring {
            state = .settling
            events.append(.cuff(.idle, failure: nil))
        }
        // Numbers that wait for their second sight may still be the result.
        guard candidate == nil, quietAnswers >= (isStopping ? 2 : 4) else { return isNew }
        if isMeasuring {
            events.append(.cuff(.idle, failure: isStopping ? "stopped" : "the monitor gave no new values"))
            blanks = 0
        }
        // A stop that was sent twice is answered twice.
        state = quietAnswers < 4 ? .settling : .idle
        return isNew
    }

    private mutating func take(_ numbers: [Int?]?) -> Bool {
        guard let numbers else {
            candidate = nil
            isAgeUnknown = isAgeUnknown && isStopping
            blanks = isMeasuring && !isStopping ? min(blanks + 1, 100) : 0
            return false
        }
        guard numbers != known || blanks >= Self.blanksBeforeEqual else {
            candidate = nil
            isAgeUnknown = false
            return false
        }
        guard numbers == candidate || (known == nil && !isLive) else {
            candidate = numbers
            return false
        }
        let isNew = !isAgeUnknown
        (known, candidate, blanks, isAgeUnknown) = (numbers, nil, 0, false)
        return isNew
    }
}
