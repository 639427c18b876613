// Contec CMS50D+ (firmware 4.6 and later), CMS50E/EW/F/FW/I, CMS60: protocol V7.0
//
// Line      115200 baud, 8N1, no flow control: packets 11 and 13 are the characters XON and XOFF. Silent until asked.
//
// Frame     T H D D ...     2 to 9 bytes, both ways
//             T  type, the only byte below 80: whatever follows, it begins a packet
//             H  80 | bit i: bit 7 of the i-th D, counted from 0
//             D  80 | the lower seven bits of a data byte
//           Checksum: none.
//
// Live      type 01, 7 data bytes, 60 a second
//             0  bit 7 probe error or finger out, bit 6 beep, bit 5 low saturation (the maker says: ignore),
//                bit 4 the search takes too long, bits 3-0 strength
//             1  bit 7 searching for the pulse, bits 6-0 pleth wave         2  bit 4 PI not valid, bits 3-0 bar graph
//             3  pulse rate, 1-254, FF missing                             4  SpO2, 1-100, 7F missing
//             5, 6  perfusion index in 1/100 %, low byte first, up to 22.00 %, FFFF missing
//
// Meaning   Probe error: sensor off. Searching, or searching for too long: poor signal. With any of them no number counts, whatever
//           the wire still carries. 0 counts as missing, too. Rates below 18, SpO2 above 100 and PI above 22 % are refused as
//           implausible. A unit that has never had a valid PI gives no reading of it.
//           A recording gives the values of each packet; a live device gives a value when it changes and each second,
//           counted in packets; where packets are lost, 2 s after the last at the latest.
//
// Host      7D 81 C 80 80 80 80 80 80 is command C. Opening: A7 (end stored data), A2 (end live data), each answered by 0C, then A1
//           (begin live data); a missing answer is waited for 1 s. AF keeps the stream up, each 5 s. After 2 s without a live packet
//           A1 again, after three of them all anew. A 0D says that the device ends the connection, a 0B with another reason than 00
//           that it refuses a command. All other packets (stored data, names) are framed and passed over.
//
// Resync    A byte below 80 before a packet is whole drops the packet and begins anew. Bytes above, where none is due, are garbage.
//           Without a checksum a flipped bit can make a wrong value that is possible (never one outside the ranges above). Hence a
//           live packet counts only if one of the two before it says the same, and the first one of a recording after a refusal if
//           the next does. The perfusion index is not compared.
//
// Doubts    The keep-alive: AF each 5 s is the maker's; some drivers repeat A1 instead (option keep-alive). Real units were seen with
//           flags for finger out or searching and yet without the codes for missing: hence the flags count before the numbers.
//           The reserved bits of byte 2 are not looked at. Types outside the maker's table and those seen are refused as bad headers.
// Sources   The maker's document V7.0 of 2010-07-08; the open drivers CMS50Dplus7, CMS50 (bmartin427), cms50ew, contec_data and
//           SleepyHead. Proven on live packets of a CMS50E and a CMS50D+. See the protocol page of the project.

import VitalsModel

/// Contec oximeters that speak protocol V7.0.
public enum ContecCMS50 {
    /// The family.
    public static let family = DeviceFamily(
        id: "contec-cms50", displayName: "Contec CMS50D+ (from firmware 4.6), CMS50E/EW/F/FW/I, CMS60 (protocol V7.0)", maturity: .proven,
        line: LineSettings(baud: 115_200), signals: [.spo2, .pulseRate, .perfusionIndex],
        options: [
            DeviceOption(
                key: "keep-alive", values: ["af", "a1"],
                summary: "What is sent each 5 s to keep the stream up: command AF (the maker's), or the start command A1 once more.")
        ],
        initiative: .client
    ) { mode, options in
        ContecDecoder(mode: mode, keepAlive: options["keep-alive"] == "a1" ? .beginLive : .keepAlive)
    }

    /// Packets in a second.
    static let packetsPerSecond = 60
}

/// The types of packets that matter here.
public enum ContecPacketType {
    /// Live values.
    public static let live: UInt8 = 0x01
    /// What came of a command: command, reason.
    public static let feedback: UInt8 = 0x0B
    /// Nothing is being sent.
    public static let idle: UInt8 = 0x0C
    /// The device ends the connection: reason.
    public static let disconnect: UInt8 = 0x0D
    /// A command of the host: command, arguments.
    public static let command: UInt8 = 0x7D
}

/// The commands that a host needs for live values.
public enum ContecCommand: UInt8, Sendable, Hashable {
    /// Send live values.
    case beginLive = 0xA1
    /// Send no more live values.
    case endLive = 0xA2
    /// Send no more stored values.
    case endStored = 0xA7
    /// Go on sending.
    case keepAlive = 0xAF

    /// The command as it goes over the line.
    public var frame: [UInt8] { ContecPacket(type: ContecPacketType.command, data: [rawValue, 0, 0, 0, 0, 0, 0]).frame }
}

/// One packet with whole data bytes.
public struct ContecPacket: Sendable, Hashable {
    /// Where its first byte stands in the stream.
    public var offset: Int
    /// The first byte, below 80.
    public var type: UInt8
    /// The data with all eight bits; at most seven bytes.
    public var data: [UInt8]

    /// Creates a packet; data bytes after the seventh have no place on the line and are left out.
    public init(type: UInt8, data: [UInt8], offset: Int = 0) {
        (self.offset, self.type, self.data) = (offset, type & 0x7F, Array(data.prefix(7)))
    }

    /// Reads the bytes of a whole packet.
    fileprivate init(frame: [UInt8], offset: Int) {
        let high = frame[1]
        self.init(type: frame[0], data: frame.dropFirst(2).enumerated().map { $1 & 0x7F | (high >> UInt8($0) & 1) << 7 }, offset: offset)
    }

    /// The packet as it goes over the line.
    public var frame: [UInt8] {
        let high = data.enumerated().reduce(UInt8(0x80)) { $0 | ($1.element >> 7) << UInt8($1.offset) }
        return [type, high] + data.map { $0 | 0x80 }
    }
}

/// Cuts a byte stream into packets; it holds at most one.
public struct ContecFraming: Sendable {
    /// What one step found.
    public enum Step: Sendable, Hashable {
        /// A whole packet.
        case packet(ContecPacket)
        /// A refusal, counted in packets, or in bytes for `garbage`.
        case rejected(FrameRejection)
    }

    private var held: [UInt8] = []
    private var length = 0
    /// Stream offset of the next byte.
    private var offset = 0

    /// Creates a framing at the beginning of a stream.
    public init() { held.reserveCapacity(9) }

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    public mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x80, !held.isEmpty {
                held.removeAll(keepingCapacity: true)
                return .rejected(.truncated)
            }
            position += 1
            offset += 1
            if let step = take(byte) { return step }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> Step? {
        if byte < 0x80 {
            guard let length = Self.length(of: byte) else { return .rejected(.badHeader) }
            self.length = length
        } else if held.isEmpty {
            return .rejected(.garbage)
        }
        held.append(byte)
        guard held.count == length else { return nil }
        defer { held.removeAll(keepingCapacity: true) }
        return .packet(ContecPacket(frame: held, offset: offset - length))
    }

    /// Bytes of a whole packet by its type; 02, 03, 06, 13 and 14 were seen, the others are the maker's.
    private static func length(of type: UInt8) -> Int? {
        switch type {
        case 0x01...0x05, 0x11, 0x13...0x15, 0x7D: 9
        case 0x07, 0x08, 0x0F, 0x12: 8
        case 0x09: 6
        case 0x06, 0x0A, 0x0B: 4
        case 0x0D, 0x0E, 0x10: 3
        case 0x0C: 2
        default: nil
        }
    }
}

// MARK: Decoding

private struct ContecDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private var framing = ContecFraming()
    private var oximeter: OximeterTeller
    /// Nil for a recording.
    private var dialogue: ContecDialogue?
    private var now = BootInstant(nanoseconds: .min / 2)

    init(mode: DecoderMode, keepAlive: ContecCommand) {
        oximeter = OximeterTeller(mode, packetsPerSecond: ContecCMS50.packetsPerSecond)
        if mode == .live { dialogue = ContecDialogue(keepAlive: keepAlive) }
    }

    var nextDeadline: BootInstant? { dialogue?.deadline }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        now = max(now, instant)
        var output = DeviceOutput()
        dialogue?.open(at: now, &output)
        var position = 0
        while let step = framing.step(bytes, from: &position) {
            switch step {
            case .packet(let packet): take(packet, &output)
            case .rejected(let kind):
                statistics.reject(kind)
                oximeter.doubt()
            }
        }
        goOn(&output)
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput {
        now = max(now, instant)
        var output = DeviceOutput()
        dialogue?.open(at: now, &output)
        goOn(&output)
        return output
    }

    private mutating func take(_ packet: ContecPacket, _ output: inout DeviceOutput) {
        statistics.frames += 1
        dialogue?.hear(packet, at: now, &output)
        guard packet.type == ContecPacketType.live, let live = OximeterPacket(contec: packet) else { return }
        oximeter.tell(live, at: now, &output.events, &statistics)
    }

    private mutating func goOn(_ output: inout DeviceOutput) {
        if dialogue?.goOn(at: now, &output) == true { oximeter.forget() }
    }
}

extension OximeterPacket {
    /// Reads a live packet; the flags count before the numbers.
    fileprivate init?(contec packet: ContecPacket) {
        let data = packet.data
        guard data.count == 7 else { return nil }
        let isSearching = data[0] & 0x10 != 0 || data[1] & 0x80 != 0
        self.init(
            offset: packet.offset, condition: data[0] & 0x80 != 0 ? .sensorOff : isSearching ? .poorSignal : .measuring,
            spo2: Self.saturation(data[4]), pulseRate: Self.rate(data[3]),
            perfusionIndex: data[2] & 0x10 != 0 ? nil : Self.perfusion(low: data[5], high: data[6]))
    }

    private static func perfusion(low: UInt8, high: UInt8) -> SignalWord {
        switch Int(high) << 8 | Int(low) {
        case 0xFFFF: .missing
        case let hundredths where hundredths <= 2200: .value(Double(hundredths) / 100, .valid)
        default: .implausible
        }
    }
}

// MARK: The host's side

/// Asks for live values, keeps them coming and begins anew when they cease.
private struct ContecDialogue: Sendable {
    private enum Step: Sendable { case closed, endingStored, endingLive, beginning(tries: Int), streaming }

    private static let answerTime = Duration.seconds(1)
    private static let silence = Duration.seconds(2)
    private static let keepAliveTime = Duration.seconds(5)
    private static let mostTries = 3

    private let keepAlive: ContecCommand
    private var step = Step.closed
    private var link: LinkState?
    private var due: BootInstant?
    private var keepAliveDue: BootInstant?

    init(keepAlive: ContecCommand) { self.keepAlive = keepAlive }

    /// When `goOn` has something to do.
    var deadline: BootInstant? { [due, keepAliveDue].compactMap(\.self).min() }

    mutating func open(at now: BootInstant, _ output: inout DeviceOutput) {
        guard case .closed = step else { return }
        say(.negotiating, "asking the oximeter for live values", &output)
        endStored(at: now, &output)
    }

    mutating func hear(_ packet: ContecPacket, at now: BootInstant, _ output: inout DeviceOutput) {
        switch packet.type {
        case ContecPacketType.live: hearLive(at: now, &output)
        case ContecPacketType.idle: hearIdle(at: now, &output)
        case ContecPacketType.disconnect:
            say(.negotiating, "the oximeter ends the connection: \(Self.words(ofReason: packet.data.first))", &output)
            // As after the last try: wait, then everything anew.
            step = .beginning(tries: Self.mostTries)
            (due, keepAliveDue) = (now + Self.silence, nil)
        case ContecPacketType.feedback where packet.data.first == ContecCommand.beginLive.rawValue && packet.data.last != 0:
            say(.negotiating, "the oximeter refuses live values: \(Self.words(ofReason: packet.data.last))", &output)
        default: break
        }
    }

    /// Does what is due.
    ///
    /// - Returns: whether the device has fallen silent, so that the next value is news again.
    mutating func goOn(at now: BootInstant, _ output: inout DeviceOutput) -> Bool {
        if let keepAliveDue, now >= keepAliveDue {
            self.keepAliveDue = now + Self.keepAliveTime
            output.bytesToSend.append(keepAlive.frame)
        }
        guard let due, now >= due else { return false }
        switch step {
        case .closed: return false
        case .endingStored: endLive(at: now, &output)
        case .endingLive: begin(try: 1, at: now, &output)
        case .beginning(let tries):
            say(.stale, "no live values for \(Self.silence.components.seconds) s", &output)
            if tries < Self.mostTries { begin(try: tries + 1, at: now, &output) } else { endStored(at: now, &output) }
            return true
        case .streaming:
            say(.stale, "no live values for \(Self.silence.components.seconds) s", &output)
            begin(try: 1, at: now, &output)
            return true
        }
        return false
    }

    private mutating func hearLive(at now: BootInstant, _ output: inout DeviceOutput) {
        say(.streaming, "the oximeter sends", &output)
        // What was on its way when the stream was ended says nothing about the stream that comes.
        if case .endingLive = step { return }
        step = .streaming
        due = now + Self.silence
        if keepAliveDue == nil { keepAliveDue = now + Self.keepAliveTime }
    }

    private mutating func hearIdle(at now: BootInstant, _ output: inout DeviceOutput) {
        switch step {
        case .endingStored: endLive(at: now, &output)
        case .endingLive: begin(try: 1, at: now, &output)
        case .closed, .beginning, .streaming: return
        }
        if link == .stale { say(.negotiating, "the oximeter answers again", &output) }
    }

    private mutating func endStored(at now: BootInstant, _ output: inout DeviceOutput) {
        (step, due, keepAliveDue) = (.endingStored, now + Self.answerTime, nil)
        output.bytesToSend.append(ContecCommand.endStored.frame)
    }

    private mutating func endLive(at now: BootInstant, _ output: inout DeviceOutput) {
        (step, due) = (.endingLive, now + Self.answerTime)
        output.bytesToSend.append(ContecCommand.endLive.frame)
    }

    private mutating func begin(try number: Int, at now: BootInstant, _ output: inout DeviceOutput) {
        (step, due, keepAliveDue) = (.beginning(tries: number), now + Self.silence, now + Self.keepAliveTime)
        output.bytesToSend.append(ContecCommand.beginLive.frame)
    }

    private mutating func say(_ state: LinkState, _ reason: String, _ output: inout DeviceOutput) {
        guard link != state else { return }
        link = state
        output.events.append(.link(state, reason: reason))
    }

    private static func words(ofReason reason: UInt8?) -> String {
        switch reason {
        case 0x01: "it shuts down"
        case 0x02: "its user was changed"
        case 0x03: "it is recording"
        case 0x05: "not supported"
        default: "no reason given"
        }
    }
}
