import VitalsModel

/// The state in a status or beside a cuff pressure.
enum ParState: UInt8, Sendable, Hashable {
    case selfTest, standby, error, measuring, manometer, initialising, cycle, leakTest, inflating, holding

    /// Whether a measurement runs.
    var isMeasuring: Bool { self == .measuring || self == .inflating || self == .holding }
    /// Whether a measurement may be started.
    var isFree: Bool { self == .standby || self == .error }
    /// Whether the module was just switched on.
    var isRestarting: Bool { self == .selfTest || self == .initialising }

    var words: String {
        switch self {
        case .selfTest: "self test"
        case .standby: "standby"
        case .error: "error"
        case .measuring, .inflating, .holding: "measuring"
        case .manometer: "manometer"
        case .initialising: "initialising"
        case .cycle: "cycle"
        case .leakTest: "leak test"
        }
    }
}

/// The numbers of one measurement.
struct ParResult: Sendable, Hashable {
    var systolic: Int
    var diastolic: Int
    var mean: Int
    /// Nil when the module gave none.
    var pulseRate: Int?

    var isPlausible: Bool {
        (40...300).contains(systolic) && (20...200).contains(diastolic) && diastolic < mean && mean < systolic
    }
}

/// A status whose every check passed.
struct ParStatus: Sendable, Hashable {
    var state: ParState
    var isNeonatal: Bool
    /// Minutes between the measurements that the module makes by itself; 0 says that it makes none.
    var cycleMinutes: Int
    var message: Int
    /// Nil when the pressures are missing; with an error it may be an old one.
    var result: ParResult?

    /// Whether the module measures by itself; it must be told not to before a start.
    var isCycling: Bool { state == .cycle || cycleMinutes != 0 }

    /// What the module says went wrong, or nil.
    var failure: String? {
        if let words = ParStatus.words(message) { return words }
        if state == .error { return "error without a message" }
        return isNeonatal && state == .standby && result != nil ? "measured in neonatal mode" : nil
    }

    private static func words(_ message: Int) -> String? {
        switch message {
        case 0, 3: nil
        case 2: "invalid command"
        case 6: "cuff loose or not connected"
        case 7: "air leak"
        case 8: "pneumatic fault"
        case 9: "too few oscillations in the time allowed"
        case 10: "out of range"
        case 11: "motion"
        case 12: "pressure too high"
        case 13: "signal saturated"
        case 14: "air leak in the leak test"
        case 15: "system error"
        default: "error \(message)"
        }
    }
}

/// What the module held when it was last asked, so that nothing old is taken for new.
struct ParMemory: Sendable, Hashable {
    private var message: Int?
    private var result: ParResult?
    /// Whether it is known that the module holds `result`, or none.
    private var isResultKnown = false

    /// No status was seen.
    var isEmpty: Bool { message == nil }

    /// Whether a status holds another result or another error than the one before.
    func isNews(_ status: ParStatus) -> Bool {
        guard let message else { return false }
        if status.failure != nil { return status.message != message }
        return isResultKnown && status.result != nil && status.result != result
    }

    /// Notes a status that could have been given: an error, or one of a module that rests. What others hold may yet be news.
    mutating func remember(_ status: ParStatus) {
        guard status.state.isFree || status.failure != nil else { return }
        hold(status)
    }

    /// Notes a status that has just been given.
    mutating func hold(_ status: ParStatus) {
        message = status.message
        if let result = status.result {
            self.result = result
            isResultKnown = true
        } else if status.state == .standby, status.failure == nil {
            isResultKnown = true
        }
    }
}

/// The module's doubt of the cuff, said beside each pressure.
enum ParCaution: UInt8, Sendable, Hashable {
    case wrongForAdult = 1
    case wrongForNeonate

    var words: String { "the module says: wrong cuff for " + (self == .wrongForAdult ? "an adult" : "a neonate") }
}

/// What the pressures of one measurement said of the cuff. They have no checksum: a caution is believed at the second.
struct ParCautionCount: Sendable {
    private var seen: ParCaution?
    private(set) var isBelieved = false

    /// The words of a caution that has just become believed.
    mutating func news(in caution: ParCaution?) -> String? {
        guard let caution, !isBelieved else { return nil }
        defer { seen = caution }
        isBelieved = caution == seen
        return isBelieved ? caution.words : nil
    }
}

/// One message of the module.
enum ParMessage: Sendable, Hashable {
    case pressure(ParState, caution: ParCaution?)
    case ended
    case status(ParStatus)
}

/// The texts between 02 and 03.
enum ParText {
    /// The sum of `text` as two upper-case hex digits.
    static func sum(_ text: some Sequence<UInt8>) -> [UInt8] {
        Array(text.reduce(0 as UInt8, &+).hexadecimal(2).utf8)
    }

    private static let statusShape = Array("S0;A0;C00;M00;P---------;R---;T    ;;".utf8)
    private static let pressureShape = Array("000C0S0".utf8)

    /// Reads a message, or says why not.
    static func read(_ body: [UInt8]) -> Result<ParMessage, ParFault> {
        if body == Array("999".utf8) { return .success(.ended) }
        if body.count == pressureShape.count, fits(body, pressureShape) {
            guard number(body[0..<3]) ?? 999 <= 300, let state = ParState(rawValue: body[6] - 0x30) else { return .failure(.malformed) }
            return .success(.pressure(state, caution: ParCaution(rawValue: body[4] - 0x30)))
        }
        guard body.count == statusShape.count + 2, body.first == statusShape.first else { return .failure(.malformed) }
        let text = body.dropLast(2)
        guard body.suffix(2) == sum(text)[...] else { return .failure(.badChecksum) }
        guard fits(Array(text), statusShape), let status = status(body) else { return .failure(.malformed) }
        return .success(.status(status))
    }

    /// Whether a text has the shape: 0 stands for a digit, a dash or space for any of digit, dash and space.
    private static func fits(_ text: [UInt8], _ shape: [UInt8]) -> Bool {
        zip(text, shape).allSatisfy { byte, place in
            let isDigit = (0x30...0x39).contains(byte)
            return switch place {
            case 0x30: isDigit
            case 0x2D, 0x20: isDigit || byte == 0x2D || byte == 0x20
            default: byte == place
            }
        }
    }

    private static func status(_ body: [UInt8]) -> ParStatus? {
        guard let state = ParState(rawValue: body[1] - 0x30), body[4] <= 0x31, let cycle = number(body[7..<9]),
            let message = number(body[11..<13])
        else { return nil }
        return ParStatus(
            state: state, isNeonatal: body[4] == 0x31, cycleMinutes: cycle, message: message, result: result(body))
    }

    /// The pressures, or nil when one of them is missing or all are 0.
    private static func result(_ body: [UInt8]) -> ParResult? {
        guard let systolic = number(body[15..<18]), let diastolic = number(body[18..<21]), let mean = number(body[21..<24]),
            systolic + diastolic + mean > 0
        else { return nil }
        return ParResult(systolic: systolic, diastolic: diastolic, mean: mean, pulseRate: number(body[26..<29]))
    }

    /// A number of digits only, or nil.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = 10 * value + Int(digit - 0x30)
        }
        return value
    }
}

/// Why a text is no message.
enum ParFault: Error, Sendable, Hashable {
    case malformed, badChecksum

    var rejection: FrameRejection { self == .badChecksum ? .badChecksum : .malformed }
}

/// Cuts a byte stream into messages; holds at most one.
struct ParFrames: Sendable {
    enum Step: Sendable, Hashable {
        case message(ParMessage, offset: Int)
        case rejected(FrameRejection, count: Int)
    }

    private var held: [UInt8] = []
    private var isInside = false
    /// Whether a message has just ended: a CR belongs to it.
    private var isAfterMessage = false
    private var start = 0
    private var offset = 0

    private static let longest = 62

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            offset += 1
            if let step = isInside ? takeInside(byte) : takeOutside(byte) { return step }
        }
        return nil
    }

    private mutating func takeOutside(_ byte: UInt8) -> Step? {
        defer { isAfterMessage = false }
        if byte == 0x02 {
            begin()
            return nil
        }
        return byte == 0x0D && isAfterMessage ? nil : .rejected(.garbage, count: 1)
    }

    private mutating func takeInside(_ byte: UInt8) -> Step? {
        switch byte {
        case 0x02:
            begin()
            return .rejected(.truncated, count: 1)
        case 0x03:
            isInside = false
            isAfterMessage = true
            switch ParText.read(held) {
            case .success(let message): return .message(message, offset: start)
            case .failure(let fault): return .rejected(fault.rejection, count: 1)
            }
        default:
            held.append(byte)
            guard held.count > Self.longest else { return nil }
            isInside = false
            return .rejected(.badLength, count: 1)
        }
    }

    private mutating func begin() {
        isInside = true
        held.removeAll(keepingCapacity: true)
        start = offset - 1
    }
}
