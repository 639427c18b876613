import DeviceProtocols
import VitalsModel

/// An older Contec oximeter: packets of 5 bytes, 60 a second, and a memory that can be read out instead.
public struct ContecClassicOximeter: SimulatedDevice {
    /// The most seconds that it keeps.
    static let mostStored: Int64 = 600

    /// As `vigil-sim contec-cms50-classic` makes it.
    public static let simulator = DeviceSimulator(
        family: "contec-cms50-classic", abstract: "A finger oximeter: CMS50D, older CMS50D+, CMS50E, CMS50F (5-byte packets).",
        options: [
            DeviceOption(
                key: "long-search", values: ["search", "finger-out"],
                summary: "What bit 4 of the first byte says: that the search takes too long, or that the finger is out."),
            DeviceOption(key: "wake", values: ["no", "yes"], summary: "Whether it is silent until a byte comes from the host."),
        ]
    ) { terms in
        ContecClassicOximeter(
            patient: terms.patient, start: terms.start, longSearchMeansFingerOut: terms.options["long-search"] == "finger-out",
            waitsForHost: terms.options["wake"] == "yes", name: terms.name)
    }

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let longSearchMeansFingerOut: Bool
    private var finger: SimulatedFinger
    private var pace: PacketPace
    private var isLive: Bool
    /// The last bytes from the host.
    private var heard: [UInt8] = []
    /// What its packets said, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates an oximeter that is switched on, and put on the finger, at `start`, the session's clock 0.
    public init(
        patient: SimulatedPatient, start: BootInstant, longSearchMeansFingerOut: Bool = false, waitsForHost: Bool = false,
        name: String = "oximeter"
    ) {
        (self.patient, self.start, self.longSearchMeansFingerOut) = (patient, start, longSearchMeansFingerOut)
        isLive = !waitsForHost
        finger = SimulatedFinger(patient: patient, name: name, packetsPerSecond: 60)
        pace = PacketPace(packetsPerSecond: 60, start: start)
    }

    /// When the next live packet is due; nil while it is silent.
    public var nextDeadline: BootInstant? { isLive ? pace.due : nil }

    /// Two F5 ask for the memory, three F6 for live values; any byte wakes a unit that waits for one.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        for byte in bytes {
            heard = heard.suffix(2) + [byte]
            if heard.suffix(2) == [0xF5, 0xF5] {
                isLive = false
                heard = []
                frames.append(stored(until: now))
            } else if !isLive, heard == ContecCMS50Classic.endStored || byte & 0xF0 != 0xF0 {
                beginLive(at: now)
            }
        }
        return frames
    }

    /// Sends all packets that are due, as one burst.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var burst: [UInt8] = []
        while isLive, pace.due <= now { burst += nextPacket() }
        return burst.isEmpty ? [] : [burst]
    }

    private mutating func beginLive(at now: BootInstant) {
        isLive = true
        pace.skip(past: now)
    }

    private mutating func nextPacket() -> [UInt8] {
        finger.look(at: pace.next())
        let shown = finger.shown
        finger.say(&sent)
        let rate = UInt8(shown?.pulseRate ?? 0)
        var first = 0x80 | finger.strength | (finger.isBeat ? 0x40 : 0)
        var third = finger.bar | (rate >> 7) << 6
        switch finger.finding {
        case .measuring: break
        case .searching: third |= 0x20
        case .off where longSearchMeansFingerOut: first |= 0x10
        case .off: third |= 0x10
        }
        return [first, finger.wave(highest: 127, none: 64), third, rate & 0x7F, UInt8(shown?.spo2 ?? 0)]
    }

    /// The memory: when it begins (no clock: 00:00), its length, and a triplet for each second.
    private func stored(until now: BootInstant) -> [UInt8] {
        let seconds = (now - start).components.seconds
        let kept = max(1, min(seconds, Self.mostStored))
        let triplets = (0..<kept).flatMap { second -> [UInt8] in
            let state = patient.state(at: .seconds(seconds - kept + second))
            let rate = UInt8(min(max(state.heartRate.rounded(), 1), 254))
            return [0xF0 | rate >> 7, 0x80 | rate, UInt8(min(max(state.spo2.rounded(), 1), 100))]
        }
        let length = triplets.count - 1
        return [0xF2, 0x80, 0x00, 0xF2, 0x80, 0x00, 0xF2, 0x80, 0x00]
            + [0x80 | UInt8(length >> 14 & 0x7F), 0x80 | UInt8(length >> 7 & 0x7F), UInt8(length & 0x7F), 0x00] + triplets
    }
}
