import DeviceProtocols
import VitalsModel

/// A Berry oximeter that speaks the BCI protocol: 100 packets of 5 bytes a second from the moment it is on.
public struct BerryOximeter: SimulatedDevice {
    /// As `vigil-sim berry-bci` makes it.
    public static let simulator = DeviceSimulator(
        family: "berry-bci", abstract: "A finger oximeter: Berry BM1000 and kin.",
        options: [
            DeviceOption(
                key: "signal-bit", values: ["no-signal", "has-signal"],
                summary: "What bit 4 of the first byte says: that there is no signal, or that there is one.")
        ]
    ) { terms in
        BerryOximeter(
            patient: terms.patient, start: terms.start, setsBitWithSignal: terms.options["signal-bit"] == "has-signal", name: terms.name)
    }

    private let setsBitWithSignal: Bool
    private var finger: SimulatedFinger
    private var pace: PacketPace
    /// What its packets said, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates an oximeter that is switched on, and put on the finger, at `start`, the session's clock 0.
    public init(patient: SimulatedPatient, start: BootInstant, setsBitWithSignal: Bool = false, name: String = "oximeter") {
        self.setsBitWithSignal = setsBitWithSignal
        finger = SimulatedFinger(patient: patient, name: name, packetsPerSecond: 100)
        pace = PacketPace(packetsPerSecond: 100, start: start)
    }

    /// When the next packet is due: each 10 ms.
    public var nextDeadline: BootInstant? { pace.due }

    /// It knows no commands.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends all packets that are due, as one burst.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var burst: [UInt8] = []
        while pace.due <= now { burst += nextPacket() }
        return burst.isEmpty ? [] : [burst]
    }

    private mutating func nextPacket() -> [UInt8] {
        finger.look(at: pace.next())
        let shown = finger.shown
        finger.say(&sent)
        let rate = UInt8(shown?.pulseRate ?? 0xFF)
        let hasSignal = finger.finding == .measuring
        var first = 0x80 | finger.strength | (finger.isBeat ? 0x40 : 0)
        if hasSignal == setsBitWithSignal { first |= 0x10 }
        var third = finger.bar | (rate >> 7) << 6
        if finger.finding == .searching { third |= 0x20 }
        if finger.finding == .off { third |= 0x10 }
        return [first, finger.wave(highest: 100, none: 0), third, rate & 0x7F, UInt8(shown?.spo2 ?? 0x7F)]
    }
}
