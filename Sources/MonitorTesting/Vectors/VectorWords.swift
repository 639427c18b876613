import DeviceProtocols
import VitalsModel

/// What is wrong with one line of a vector.
struct VectorWordFault: Error {
    let words: String
    init(_ words: String) { self.words = words }
}

extension DecoderVector {
    /// Takes one line of a vector file.
    mutating func take(_ word: String, _ rest: Substring) throws(VectorWordFault) {
        switch word {
        case "option": try takeOption(rest)
        case "bytes": bytes += try VectorBytes.hexadecimal(rest)
        case "text": bytes += try VectorBytes.text(rest)
        case "expect": try takeReading(rest.words)
        case "condition": try takeCondition(rest.words)
        case "cuff": try takeCuff(rest)
        case "rejected": try takeRejection(rest.words)
        default:
            throw VectorWordFault("\"\(word)\" is none of: vector, option, bytes, text, expect, condition, cuff, rejected")
        }
    }

    private mutating func takeOption(_ rest: Substring) throws(VectorWordFault) {
        let parts = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw VectorWordFault("an option is written key=value") }
        guard options.updateValue(parts[1], forKey: parts[0]) == nil else {
            throw VectorWordFault("the option \(parts[0]) is given twice")
        }
    }

    private mutating func takeReading(_ words: [String]) throws(VectorWordFault) {
        guard words.count >= 2 else { throw VectorWordFault("expect needs a signal and a value or none") }
        let signal = try VectorBytes.signal(words[0])
        var reading = ExpectedReading(signal, try Self.value(words[1]), words[1] == "none" ? .invalid : .valid)
        var rest = words[2...]
        while let word = rest.popFirst() {
            switch word {
            case "suspect", "demo":
                guard reading.quality == .valid else { throw VectorWordFault("\"\(word)\" after another quality, or after none") }
                reading.quality = word == "demo" ? .demo : .suspect
            case "at":
                guard reading.offset == nil, let offset = rest.popFirst().flatMap({ Int($0) }), offset >= 0 else {
                    throw VectorWordFault("at needs an offset in bytes, once")
                }
                reading.offset = offset
            case "time":
                guard reading.time == nil, let time = rest.popFirst().flatMap({ Self.time($0) }) else {
                    throw VectorWordFault("time needs a date and time like 2017-11-04T14:45:00, once")
                }
                reading.time = time
            default: throw VectorWordFault("\"\(word)\" is none of: suspect, demo, at, time")
            }
        }
        readings.append(reading)
    }

    private mutating func takeCondition(_ words: [String]) throws(VectorWordFault) {
        guard words.count == 2, let condition = SignalCondition(rawValue: words[1]) else {
            throw VectorWordFault("condition needs a signal and one of: measuring, sensor_off, poor_signal, unavailable, demo")
        }
        conditions.append(ToldCondition(try VectorBytes.signal(words[0]), condition))
    }

    private mutating func takeCuff(_ rest: Substring) throws(VectorWordFault) {
        if rest == "measuring" { return cuffChanges.append(CuffChange(.measuring)) }
        guard rest == "idle" || rest.hasPrefix("idle ") else {
            throw VectorWordFault("cuff is measuring, or idle with the words of the failure")
        }
        let failure = rest.words.dropFirst().joined(separator: " ")
        cuffChanges.append(CuffChange(.idle, failure: failure.isEmpty ? nil : failure))
    }

    private mutating func takeRejection(_ words: [String]) throws(VectorWordFault) {
        guard words.count == 2, let kind = FrameRejection(rawValue: words[0]), let count = Int(words[1]), count > 0 else {
            let kinds = FrameRejection.allCases.map(\.rawValue).joined(separator: ", ")
            throw VectorWordFault("rejected needs a count above 0 and one of: \(kinds)")
        }
        guard rejected.updateValue(count, forKey: kind) == nil else { throw VectorWordFault("\(kind.rawValue) is counted twice") }
    }

    private static func value(_ word: String) throws(VectorWordFault) -> Double? {
        if word == "none" { return nil }
        guard word.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
            let value = Double(word)
        else { throw VectorWordFault("\"\(word)\" is neither a decimal number nor none") }
        return value
    }

    /// Only what a decoder could give: made from its parts and written back.
    private static func time(_ word: String) -> DeviceTime? {
        let parts = word.split { "-T:.".contains($0) }.compactMap { Int($0) }
        guard parts.count >= 6 else { return nil }
        let time = DeviceTime(
            year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5],
            hundredths: parts.count > 6 ? parts[6] : 0)
        return time?.description == word ? time : nil
    }
}

/// The words of a line that stand for bytes and signals.
enum VectorBytes {
    static func signal(_ word: String) throws(VectorWordFault) -> Signal {
        guard let signal = Signal(rawValue: word) else {
            throw VectorWordFault("\"\(word)\" is none of: \(Signal.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return signal
    }

    static func hexadecimal(_ text: Substring) throws(VectorWordFault) -> [UInt8] {
        guard !text.isEmpty else { throw VectorWordFault("bytes without bytes") }
        do throws(HexTextError) {
            return try HexText.bytes(of: text.utf8)
        } catch {
            throw VectorWordFault("byte text, column \(error.column): write each byte as two hexadecimal digits")
        }
    }

    static func text(_ quoted: Substring) throws(VectorWordFault) -> [UInt8] {
        guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else { throw VectorWordFault("text stands between two quotes") }
        var bytes: [UInt8] = []
        var rest = quoted.dropFirst().dropLast()
        while let character = rest.popFirst() {
            guard character != "\"", let byte = character.asciiValue, (0x20...0x7E).contains(byte) else {
                throw VectorWordFault("text is printable ASCII; write other bytes as \\xHH and a quote as \\\"")
            }
            bytes.append(character == "\\" ? try escaped(&rest) : byte)
        }
        return bytes
    }

    private static func escaped(_ rest: inout Substring) throws(VectorWordFault) -> UInt8 {
        switch rest.popFirst() {
        case "r": return 0x0D
        case "n": return 0x0A
        case "t": return 0x09
        case "\\": return UInt8(ascii: "\\")
        case "\"": return UInt8(ascii: "\"")
        case "x":
            let digits = rest.prefix(2)
            rest = rest.dropFirst(2)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let byte = UInt8(digits, radix: 16) else {
                throw VectorWordFault("\\x needs two hexadecimal digits")
            }
            return byte
        default: throw VectorWordFault("after a backslash stands one of: r n t \\ \" xHH")
        }
    }
}

extension Substring {
    /// Split at white space.
    var words: [String] { split(whereSeparator: \.isWhitespace).map(String.init) }
}
