import DeviceProtocols
import VitalsModel

/// A Contec oximeter of protocol V7.0: silent until it is asked, then 60 packets a second for as long as it is asked to go on.
public struct ContecOximeter: SimulatedDevice {
    /// How long it sends after the last command. The maker's host repeats its keep-alive each 5 s.
    static let patience: Duration = .seconds(10)

    /// As `vigil-sim contec-cms50` makes it.
    public static let simulator = DeviceSimulator(
        family: "contec-cms50", abstract: "A finger oximeter: CMS50D+, CMS50E, CMS50F, CMS60 (protocol V7.0).",
        options: [DeviceOption(key: "pi", values: ["yes", "no"], summary: "Whether it measures the perfusion index.")]
    ) { terms in
        ContecOximeter(patient: terms.patient, start: terms.start, measuresPerfusion: terms.options["pi"] != "no", name: terms.name)
    }

    private let measuresPerfusion: Bool
    private var finger: SimulatedFinger
    private var pace: PacketPace
    private var framing = ContecFraming()
    private var isLive = false
    private var lastCommand: BootInstant
    /// What its packets said, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates an oximeter that is switched on, and put on the finger, at `start`, the session's clock 0.
    public init(patient: SimulatedPatient, start: BootInstant, measuresPerfusion: Bool = true, name: String = "oximeter") {
        self.measuresPerfusion = measuresPerfusion
        finger = SimulatedFinger(patient: patient, name: name, packetsPerSecond: 60)
        pace = PacketPace(packetsPerSecond: 60, start: start)
        lastCommand = start
    }

    /// When the next live packet is due; nil while it is silent.
    public var nextDeadline: BootInstant? { isLive ? pace.due : nil }

    /// Takes commands and answers them.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        var position = 0
        while let step = framing.step(bytes, from: &position) {
            guard case .packet(let packet) = step, packet.type == ContecPacketType.command, let code = packet.data.first else { continue }
            lastCommand = now
            frames += answer(code, at: now).map(\.frame)
        }
        return frames
    }

    /// Sends all packets that are due, as one burst.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var burst: [UInt8] = []
        while isLive, pace.due <= now {
            guard pace.due - lastCommand < Self.patience else {
                isLive = false
                break
            }
            burst += nextPacket().frame
        }
        return burst.isEmpty ? [] : [burst]
    }

    private mutating func nextPacket() -> ContecPacket {
        finger.look(at: pace.next())
        let shown = finger.shown
        finger.say(&sent)
        let perfusion = measuresPerfusion ? shown?.perfusionHundredths ?? 0xFFFF : 0xFFFF
        if measuresPerfusion { sent.say(.perfusionIndex, finger.finding == .measuring ? Double(perfusion) / 100 : nil) }
        // The flags come at once; the numbers stay for a while, as was seen on real units.
        var status = finger.strength | (finger.isBeat ? 0x40 : 0)
        if finger.finding == .off { status |= 0x80 }
        return ContecPacket(
            type: ContecPacketType.live,
            data: [
                status, finger.wave(highest: 127, none: 64) | (finger.finding == .searching ? 0x80 : 0),
                finger.bar | (measuresPerfusion ? 0 : 0x10), UInt8(shown?.pulseRate ?? 0xFF), UInt8(shown?.spo2 ?? 0x7F),
                UInt8(perfusion & 0xFF), UInt8(perfusion >> 8),
            ])
    }

    private mutating func answer(_ code: UInt8, at now: BootInstant) -> [ContecPacket] {
        switch ContecCommand(rawValue: code) {
        case .beginLive:
            if !isLive { pace.skip(past: now) }
            isLive = true
            return []
        case .endLive:
            isLive = false
            return [ContecPacket(type: ContecPacketType.idle, data: [])]
        case .endStored: return [ContecPacket(type: ContecPacketType.idle, data: [])]
        case .keepAlive: return []
        case nil: return answerOther(code)
        }
    }

    /// What a unit without stored values answers; to the rest, that it is not supported.
    private func answerOther(_ code: UInt8) -> [ContecPacket] {
        let spaces = [UInt8](repeating: 0x20, count: 7)
        return switch code {
        case 0xA0: [ContecPacket(type: 0x06, data: [0, 7])]
        case 0xA3: [ContecPacket(type: 0x0A, data: [0, 0])]
        case 0xA8: [0, 1].map { ContecPacket(type: 0x02, data: [$0] + spaces.prefix(6)) }
        case 0xA9: [ContecPacket(type: 0x03, data: spaces)]
        case 0xAA: [ContecPacket(type: 0x04, data: Array("VIGIL  ".utf8))]
        case 0xAB: [ContecPacket(type: 0x05, data: [0] + "user  ".utf8)]
        case 0xAC: [ContecPacket(type: 0x0E, data: [measuresPerfusion ? 0 : 1])]
        case 0xAD: [ContecPacket(type: 0x10, data: [1])]
        case 0xB0: [ContecPacket(type: 0x11, data: [1, 0, 0, 0, 0, 0, 0])]
        case 0xB1, 0xB2: [ContecPacket(type: ContecPacketType.feedback, data: [code, 0])]
        case 0xB6: [ContecPacket(type: 0x15, data: [0, 0, measuresPerfusion ? 0xA1 : 0xA0, 0, 0, 0, 0])]
        default: [ContecPacket(type: ContecPacketType.feedback, data: [code, 5])]
        }
    }
}
