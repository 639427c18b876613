import VitalsModel

/// The finger in the clip, packet by packet: what an oximeter without a display average of its own would show.
struct SimulatedFinger: Sendable {
    /// What the oximeter finds.
    enum Finding: Sendable, Hashable { case measuring, searching, off }

    /// What is shown.
    struct Shown: Sendable, Hashable {
        var spo2: Int
        var pulseRate: Int
        var perfusionHundredths: Int
    }

    /// From the finger in the clip to the first values. Off the whole seconds, as values then are, at which scripts and tests begin
    /// and end: a value that stands in one packet only is believed by no careful host.
    static let searchTime: Duration = .milliseconds(3700)
    /// How long the numbers stay on the wire after the finger is gone; the flags say it at once.
    static let numbersLinger: Duration = .seconds(5)

    private let patient: SimulatedPatient
    private let name: String
    private let packetsPerSecond: Double
    private(set) var finding = Finding.searching
    /// Shown values are taken each second; nil is "missing" on the wire.
    private(set) var shown: Shown?
    private var clip = FingerClip(searchTime: SimulatedFinger.searchTime, numbersLinger: SimulatedFinger.numbersLinger, isNew: true)
    private var second: Int64 = -1
    private var pulsePhase = 0.0

    init(patient: SimulatedPatient, name: String, packetsPerSecond: Int) {
        (self.patient, self.name, self.packetsPerSecond) = (patient, name, Double(packetsPerSecond))
    }

    /// Strength of the signal, 0 to 8.
    var strength: UInt8 { finding == .measuring ? 6 : 0 }
    /// Whether the pulse is heard in this packet: for about a tenth of each.
    var isBeat: Bool { finding == .measuring && pulsePhase < 0.1 }
    /// The bar beside the wave, 0 to 15.
    var bar: UInt8 { finding == .measuring ? UInt8(8 + 6 * pulsePhase.wave) : 0 }

    /// The pleth wave, 1 to `highest`; `none` while there is no pulse.
    func wave(highest: Double, none: UInt8) -> UInt8 {
        finding == .measuring ? UInt8(1 + (highest - 1) * (0.5 + 0.4 * pulsePhase.wave)) : none
    }

    /// Notes what a host should take of the present packet: with other flags than those of a measurement no number counts.
    func say(_ sent: inout SentValues) {
        let counted = finding == .measuring ? shown : nil
        sent.say(.spo2, counted.map { Double($0.spo2) })
        sent.say(.pulseRate, counted.map { Double($0.pulseRate) })
    }

    /// Looks at the finger at the time of the next packet.
    mutating func look(at clock: Duration) {
        let wasGone = clip.gone != nil
        clip.look(patient.script.isSensorOff(.spo2, at: clock, device: name), at: clock)
        guard clip.gone == nil else {
            finding = .off
            if !clip.areNumbersLeft(at: clock) { shown = nil }
            return
        }
        if wasGone { (shown, second) = (nil, -1) }
        finding = clip.isTracked(at: clock) ? .measuring : .searching
        if finding == .measuring { measure(at: clock) }
    }

    private mutating func measure(at clock: Duration) {
        let current = (clock - clip.found).components.seconds
        if current != second {
            second = current
            let state = patient.state(at: clock)
            shown = Shown(
                spo2: min(max(Int(state.spo2.rounded()), 1), 100), pulseRate: min(max(Int(state.heartRate.rounded()), 1), 254),
                perfusionHundredths: min(max(Int((state.perfusionIndex * 100).rounded()), 0), 2200))
        }
        pulsePhase += Double(shown?.pulseRate ?? 60) / 60 / packetsPerSecond
        if pulsePhase >= 1 { pulsePhase -= 1 }
    }
}
