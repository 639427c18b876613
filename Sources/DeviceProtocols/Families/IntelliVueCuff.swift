import VitalsModel

/// What was given of one cuff, so that each measurement is given once although the monitor repeats it every second.
struct IntelliVueCuff: Sendable {
    /// Context and handle of the object.
    let object: UInt32
    /// Whether the cuff runs.
    var isMeasuring = false
    /// Whether a value was given since the measurement began.
    var hasGivenSinceStart = false
    /// The time stamp of the measurement given last.
    private var stamp: UInt64 = 0
    /// Which of the three pressures of it were given, one bit each.
    private var given: UInt8 = 0
    /// The values given last, for monitors that send no time stamp.
    private var floats: [UInt32] = [0, 0, 0]

    init(object: UInt32) { self.object = object }

    /// The three pressures in the order of their parts.
    static let signals: [Signal] = [.nibpSystolic, .nibpDiastolic, .nibpMean]

    /// Which of the three pressures an identifier is, nil for another quantity.
    static func part(_ physio: UInt16) -> Int? {
        switch physio {
        case IntelliVuePhysio.nibpSystolic: 0
        case IntelliVuePhysio.nibpDiastolic: 1
        case IntelliVuePhysio.nibpMean: 2
        default: nil
        }
    }

    /// The cuff began to run.
    mutating func begin() {
        isMeasuring = true
        hasGivenSinceStart = false
    }

    /// The cuff stopped. Without a time stamp even equal values are a new measurement now.
    mutating func end() {
        isMeasuring = false
        if stamp == 0 { given = 0 }
    }

    /// Whether the value belongs to a measurement of which this pressure was not yet given; counts it as given.
    ///
    /// The time stamp tells measurements apart. Without one a change of the value does, but not while the cuff runs, since then
    /// the monitor still shows the former measurement.
    mutating func isNew(_ value: IntelliVueObservation, _ part: Int) -> Bool {
        let bit: UInt8 = 1 << UInt8(part)
        if value.stamp != stamp {
            stamp = value.stamp
            given = 0
        }
        if value.stamp == 0 {
            if value.state.contains(.ongoing) { return false }
            if floats[part] != value.float { given &= ~bit }
        }
        guard given & bit == 0 else { return false }
        given |= bit
        floats[part] = value.float
        return true
    }
}
