/// What is measured. The raw values are the one spelling used in code, wire, database and files.
public enum Signal: String, CaseIterable, Sendable, Hashable, Codable {
    /// Heart rate from the ECG, per minute.
    case heartRate = "heart_rate"
    /// Pulse rate from the oximeter's pleth wave or the cuff, per minute.
    case pulseRate = "pulse_rate"
    /// Functional oxygen saturation from pulse oximetry, percent.
    case spo2
    /// Systolic pressure of one cuff measurement, mmHg.
    case nibpSystolic = "nibp_systolic"
    /// Diastolic pressure of one cuff measurement, mmHg.
    case nibpDiastolic = "nibp_diastolic"
    /// Mean pressure of one cuff measurement, mmHg.
    case nibpMean = "nibp_mean"
    /// Respiration rate, breaths per minute.
    case respRate = "resp_rate"
    /// Perfusion index of the pulse oximeter, percent.
    case perfusionIndex = "perfusion_index"

    /// The place in `allCases`, without a search.
    public var ordinal: Int {
        switch self {
        case .heartRate: 0
        case .pulseRate: 1
        case .spo2: 2
        case .nibpSystolic: 3
        case .nibpDiastolic: 4
        case .nibpMean: 5
        case .respRate: 6
        case .perfusionIndex: 7
        }
    }

    /// Hashes the place and not the text, since every reading looks signals up several times.
    public func hash(into hasher: inout Hasher) { hasher.combine(ordinal) }

    /// The unit of every value of this signal.
    public var unit: Unit {
        switch self {
        case .heartRate, .pulseRate, .respRate: .perMinute
        case .spo2, .perfusionIndex: .percent
        case .nibpSystolic, .nibpDiastolic, .nibpMean: .millimetresOfMercury
        }
    }

    /// How values come: a stream of samples, or single measurements of a cuff.
    public var cadence: Cadence {
        switch self {
        case .nibpSystolic, .nibpDiastolic, .nibpMean: .intermittent
        default: .streaming
        }
    }

    /// The full name, as a person reads it on paper: `heart rate`, `systolic pressure`.
    public var title: String {
        switch self {
        case .heartRate: "heart rate"
        case .pulseRate: "pulse rate"
        case .spo2: "SpO2"
        case .nibpSystolic: "systolic pressure"
        case .nibpDiastolic: "diastolic pressure"
        case .nibpMean: "mean pressure"
        case .respRate: "breathing rate"
        case .perfusionIndex: "perfusion index"
        }
    }

    /// A short label for screens, at most 5 characters: the words that bedside monitors print.
    public var label: String {
        switch self {
        case .heartRate: "HR"
        case .pulseRate: "PR"
        case .spo2: "SpO2"
        case .nibpSystolic: "SBP"
        case .nibpDiastolic: "DBP"
        case .nibpMean: "MAP"
        case .respRate: "RR"
        case .perfusionIndex: "PI"
        }
    }
}

/// How the values of a signal arrive.
public enum Cadence: String, Sendable, Hashable, Codable {
    /// A value every second or so; limits hold for a time.
    case streaming
    /// Single measurements minutes apart; limits are confirmed by a further measurement.
    case intermittent
}

/// Units as UCUM spells them (https://ucum.org).
public enum Unit: String, Sendable, Hashable, Codable {
    /// Per minute.
    case perMinute = "/min"
    /// Percent.
    case percent = "%"
    /// Millimetres of mercury.
    case millimetresOfMercury = "mm[Hg]"

    /// The unit as a person reads it.
    public var symbol: String {
        switch self {
        case .perMinute: "/min"
        case .percent: "%"
        case .millimetresOfMercury: "mmHg"
        }
    }
}
