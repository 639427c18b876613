// Draeger ventilators and anaesthesia workstations, MEDIBUS
//
// Line      Set on the device: 19200 baud 8E1 (Evita, Evita 4), 8N1 (Evita XL, V500), 9600 8E1 (Apollo), 38400 8N1. DC1 suspends and
//           DC3 resumes, the reverse of XON/XOFF: the port must be raw.
//
// Message   ASCII
//             command   1B C A...A SS 0D      A  up to 251 characters of argument
//             response  01 C D...D SS 0D      D  up to 3840 characters of data
//             C  code; a response echoes that of its command, 15 says that the command was bad
//             S  sum of all bytes before it, from 1B or 01 on, modulo 256, as two upper-case hexadecimal digits
//           Bytes from 80 on are another stream (waveforms) that runs between all others; they are stepped over. A command may stand
//           inside a response. 11 and 13 may stand anywhere; 18 ends the message in work. A suspension ends by itself after 3 s.
//
// Dialogue  Both sides may begin with 51; the other echoes it, and whatever was configured is lost. The device then asks 52, which is
//           answered with number, name and revisions, and wants an answer to each command. 200 ms after that the client asks 24
//           each second, which keeps the device content (it wants a byte each 3 s), and it never has two questions open.
//           After a damaged answer it asks again when no byte has come for 200 ms; the third answer in a row that is damaged or
//           refused, 3 s without a byte and 10 s without a whole answer make it start again with 51.
//           Other codes: 30 keep-alive, 55 end, 49 time changed, 25 26 limits, 27 alarms, 28 date, 29 settings, 2A texts, 2B-2E the
//           same of a second page, 53 54 56 waveforms.
//
// Meaning   An answer to 24 lists items of 6 characters: a code of two hexadecimal digits and a value of 4 padded with spaces.
//             EB SpO2 %, E1 pulse of the oximeter, DC heart rate, D5 respiration, where it is not listed D6
//           What is not listed has no value: a signal that was listed before is then missing (`unavailable`); one that never was
//           is not this device's. The same codes in answers to 25, 26 (limits) and 2B (other quantities) are no values.
//           DF, a pulse derived from an unknown wave, is left out: it would hide the loss of the oximeter. SpO2 outside 0-100 %,
//           rates outside 18-350 and respiration outside 0-150 /min are refused, as is a value that is no whole number.
//
// Resync    01 or 1B begins a message whatever came before it. The sum finds each single flipped bit; what damage does to the
//           length must give whole items, or the answer is refused. The sum of 8 bits does not find every two flipped bits.
// Doubts    The maker prints the keep-alive and one answer with wrong sums; the rule is right. Alarms (27) are not read, since no
//           source gives the texts for a sensor that is off: a lost sensor shows as a value that is no longer listed.
//           The codes DC, D5 and D6 come from one code only. 53 54 56 stay unused: no waveform is kept.
// Sources   The maker's protocol definition 4.03 and device list, and three open clients. No recording was found.

import VitalsModel

/// Draeger devices that speak MEDIBUS.
public enum DraegerMedibus {
    /// The family.
    public static let family = DeviceFamily(
        id: "draeger-medibus", displayName: "Draeger Evita, V500, Apollo (MEDIBUS)", maturity: .specified,
        line: LineSettings(baud: 19_200, parity: .even), signals: [.heartRate, .pulseRate, .spo2, .respRate],
        otherLines: [LineSettings(baud: 9600, parity: .even), LineSettings(baud: 19_200), LineSettings(baud: 38_400)],
        initiative: .client
    ) { mode, _ in
        DraegerMedibusDecoder(mode: mode)
    }

    /// A command or a response with its sum.
    public static func message(isResponse: Bool, _ code: UInt8, _ text: [UInt8] = []) -> [UInt8] {
        let body = [isResponse ? 0x01 : 0x1B, code] + text
        return body + Array(body.reduce(0, &+).hexadecimal(2).utf8) + [0x0D]
    }
}

/// The codes that the client knows by name.
private enum DraegerCode {
    static let badCommand: UInt8 = 0x15
    static let data: UInt8 = 0x24
    static let initialise: UInt8 = 0x51
    static let identify: UInt8 = 0x52
    /// Number, name and revisions that the maker recommends for a client.
    static let identity = Array("0161'VIGIL'01.00:03.00".utf8)
}

private struct DraegerMedibusDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private var messages = DraegerMessages()
    private var link: LinkWatch
    private var dialogue: DraegerDialogue?
    private var numbers = [
        DraegerSignal(.spo2, codes: [0xEB], 0...100), DraegerSignal(.pulseRate, codes: [0xE1], 18...350),
        DraegerSignal(.heartRate, codes: [0xDC], 18...350), DraegerSignal(.respRate, codes: [0xD5, 0xD6], 0...150),
    ]

    init(mode: DecoderMode) {
        link = LinkWatch(mode, silence: .seconds(5), device: "the device")
        dialogue = mode == .live ? DraegerDialogue() : nil
    }

    var nextDeadline: BootInstant? { [link.deadline, dialogue?.due].compactMap { $0 }.min() }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        if !bytes.isEmpty { dialogue?.heard(at: now) }
        var position = 0
        while let step = messages.step(bytes, from: &position) {
            switch step {
            case .rejected(let kind, let count):
                statistics.reject(kind, count: count)
                dialogue?.miss(at: now)
            case .suspend(let isSuspended): dialogue?.suspend(isSuspended, at: now)
            case .message(let message):
                statistics.frames += 1
                take(message, at: now, &output.events)
                dialogue?.take(message, at: now, &output.bytesToSend)
            }
        }
        act(at: now, &output)
        return output
    }

    mutating func advance(to now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        act(at: now, &output)
        return output
    }

    private mutating func act(at now: BootInstant, _ output: inout DeviceOutput) {
        _ = link.noticeSilence(at: now, &output.events)
        dialogue?.act(at: now, &output.bytesToSend)
    }

    private mutating func take(_ message: DraegerMessage, at now: BootInstant, _ events: inout [DeviceEvent]) {
        guard message.isResponse, message.code == DraegerCode.data else { return }
        guard let items = Self.items(of: message.text) else { return statistics.reject(.malformed) }
        link.heard(at: now, &events)
        for index in numbers.indices { numbers[index].tell(items, message.offset, &events, &statistics) }
    }

    /// The values by their codes; nil when the text is no list of items.
    private static func items(of text: [UInt8]) -> [UInt8: String]? {
        guard text.count.isMultiple(of: 6) else { return nil }
        var items: [UInt8: String] = [:]
        for start in stride(from: 0, to: text.count, by: 6) {
            guard let code = DraegerMessages.number(text[start], text[start + 1]), items[code] == nil else { return nil }
            items[code] = String(decoding: text[(start + 2)..<(start + 6)].filter { $0 != 0x20 }, as: UTF8.self)
        }
        return items
    }
}

/// One signal and the codes under which it is listed, the preferred one first.
private struct DraegerSignal: Sendable {
    private let codes: [UInt8]
    private let plausible: ClosedRange<Int>
    private var teller: SignalTeller
    private var wasListed = false

    init(_ signal: Signal, codes: [UInt8], _ plausible: ClosedRange<Int>) {
        (self.codes, self.plausible) = (codes, plausible)
        teller = SignalTeller(signal, pace: .each)
    }

    mutating func tell(
        _ items: [UInt8: String], _ offset: Int, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        guard let text = codes.compactMap({ items[$0] }).first, !text.isEmpty else {
            if wasListed { teller.tell(.missing, offset: offset, condition: .unavailable, &events, &statistics) }
            return
        }
        let number = text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
        guard let number, plausible.contains(number) else { return statistics.reject(.implausible) }
        wasListed = true
        teller.tell(.value(Double(number), .valid), offset: offset, &events, &statistics)
    }
}

// MARK: Dialogue

/// What the client sends and when.
private struct DraegerDialogue: Sendable {
    private enum Step: Sendable {
        /// 51 was sent, or is to be sent.
        case beginning
        /// Both know each other; 24 is asked when it is due.
        case ready
        /// 24 was asked; its answer must be whole by then. After damage it is asked again at an instant.
        case asked(until: BootInstant, againAt: BootInstant?)
    }

    private var step = Step.beginning
    /// When something is to be sent; nil before the port was opened.
    private var sendAt: BootInstant?
    private var lastByte: BootInstant?
    private var badAnswers = 0
    /// Until when the device wants to hear no question; noise may look like that wish, so that it ends by itself.
    private var suspendedUntil: BootInstant?

    private static let silence = Duration.seconds(3)
    private static let wholeAnswer = Duration.seconds(10)
    private static let period = Duration.seconds(1)
    private static let mostBadAnswers = 3
    /// What a device needs after it was told who asks.
    private static let settling = Duration.milliseconds(200)
    /// How long a device that does not ask for a name is waited for.
    private static let identification = Duration.seconds(1)

    /// When `act` has something to do.
    var due: BootInstant? {
        switch step {
        case .beginning, .ready: sendAt
        case .asked(let until, let againAt): min(until, againAt ?? until, (lastByte ?? until) + Self.silence)
        }
    }

    mutating func heard(at now: BootInstant) {
        lastByte = now
        // The rest of a damaged answer is waited for.
        if case .asked(let until, .some) = step { step = .asked(until: until, againAt: now + Self.settling) }
    }

    /// Bytes were refused: while an answer is awaited it was probably that, and its configuration would be lost by a new beginning.
    mutating func miss(at now: BootInstant) {
        guard case .asked(let until, nil) = step else { return }
        badAnswers += 1
        if badAnswers >= Self.mostBadAnswers { begin(at: now) } else { step = .asked(until: until, againAt: now + Self.settling) }
    }

    mutating func suspend(_ isSuspended: Bool, at now: BootInstant) { suspendedUntil = isSuspended ? now + Self.silence : nil }

    /// Answers a command, and notes a response.
    mutating func take(_ message: DraegerMessage, at now: BootInstant, _ frames: inout [[UInt8]]) {
        guard message.isResponse else { return answer(message, at: now, &frames) }
        switch (message.code, step) {
        case (DraegerCode.initialise, .beginning): (step, sendAt) = (.ready, now + Self.identification)
        case (DraegerCode.data, .asked):
            badAnswers = 0
            next(after: now)
        case (DraegerCode.badCommand, .asked):
            badAnswers += 1
            if badAnswers >= Self.mostBadAnswers { begin(at: now) } else { next(after: now) }
        default: break
        }
    }

    private mutating func answer(_ command: DraegerMessage, at now: BootInstant, _ frames: inout [[UInt8]]) {
        let isIdentify = command.code == DraegerCode.identify
        frames.append(DraegerMedibus.message(isResponse: true, command.code, isIdentify ? DraegerCode.identity : []))
        switch command.code {
        case DraegerCode.initialise: (step, sendAt) = (.ready, now + Self.identification)
        case DraegerCode.identify: (step, sendAt) = (.ready, now + Self.settling)
        default: break
        }
    }

    private mutating func next(after now: BootInstant) {
        step = .ready
        sendAt = max(now + Self.settling, (sendAt ?? now) + Self.period)
    }

    private mutating func begin(at now: BootInstant) {
        (step, sendAt, badAnswers, suspendedUntil) = (.beginning, now, 0, nil)
    }

    /// Sends what is due.
    mutating func act(at now: BootInstant, _ frames: inout [[UInt8]]) {
        if case .asked(_, let againAt) = step, let due, now >= due {
            if due == againAt { (step, sendAt) = (.ready, now) } else { begin(at: now) }
        }
        guard now >= sendAt ?? now else { return }
        switch step {
        case .asked: break
        case .beginning:
            sendAt = now + Self.silence
            frames.append(DraegerMedibus.message(isResponse: false, DraegerCode.initialise))
        case .ready:
            if let suspendedUntil, now < suspendedUntil { return sendAt = suspendedUntil }
            (step, sendAt, lastByte) = (.asked(until: now + Self.wholeAnswer, againAt: nil), now, now)
            frames.append(DraegerMedibus.message(isResponse: false, DraegerCode.data))
        }
    }
}

// MARK: Framing

private struct DraegerMessage: Sendable, Hashable {
    var isResponse: Bool
    var code: UInt8
    var text: [UInt8]
    /// Stream offset of its first byte.
    var offset: Int
}

/// Cuts the stream into messages. It holds a response and a command inside it, each up to the protocol's length.
private struct DraegerMessages: Sendable {
    enum Step: Sendable {
        case message(DraegerMessage)
        /// DC1, or DC3 for its end.
        case suspend(Bool)
        /// Counted in messages, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    private struct Work: Sendable {
        var bytes: [UInt8]
        var offset: Int
        let longest: Int
    }

    private var response: Work?
    private var command: Work?
    private var next = 0

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while position < bytes.count {
            position += 1
            next += 1
            if let step = take(bytes[position - 1]) { return step }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> Step? {
        switch byte {
        case 0x80...: return nil
        case 0x11, 0x13: return .suspend(byte == 0x11)
        case 0x01:
            let isBroken = response != nil || command != nil
            (response, command) = (Work(bytes: [byte], offset: next - 1, longest: 3845), nil)
            return isBroken ? .rejected(.truncated, count: 1) : nil
        case 0x1B:
            let isBroken = command != nil
            command = Work(bytes: [byte], offset: next - 1, longest: 256)
            return isBroken ? .rejected(.truncated, count: 1) : nil
        default:
            // A command inside a response comes to its end before the response goes on.
            return command != nil ? Self.take(byte, &command) : Self.take(byte, &response)
        }
    }

    private static func take(_ byte: UInt8, _ work: inout Work?) -> Step? {
        guard let offset = work?.offset, let longest = work?.longest else { return .rejected(.garbage, count: 1) }
        if byte == 0x0D {
            defer { work = nil }
            return finish(work?.bytes ?? [], offset)
        }
        // The byte behind the first may be any code: 15 echoes a bad command.
        let isText = (0x20...0x7E).contains(byte) || work?.bytes.count == 1 && byte != 0x18
        if !isText || work?.bytes.count == longest {
            work = nil
            return .rejected(!isText ? (byte == 0x18 ? .truncated : .malformed) : .badLength, count: 1)
        }
        work?.bytes.append(byte)
        return nil
    }

    private static func finish(_ bytes: [UInt8], _ offset: Int) -> Step {
        guard bytes.count >= 4 else { return .rejected(.badLength, count: 1) }
        let body = bytes.dropLast(2)
        let sum = number(bytes[bytes.count - 2], bytes[bytes.count - 1])
        guard sum == body.reduce(0, &+) else { return .rejected(.badChecksum, count: 1) }
        return .message(DraegerMessage(isResponse: bytes[0] == 0x01, code: bytes[1], text: Array(body.dropFirst(2)), offset: offset))
    }

    /// Two upper-case hexadecimal digits as a number, or nil.
    static func number(_ high: UInt8, _ low: UInt8) -> UInt8? {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            default: nil
            }
        }
        guard let high = digit(high), let low = digit(low) else { return nil }
        return high << 4 | low
    }
}
