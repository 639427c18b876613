// The numbers of the protocol, by the role they have in a message. All integers on the wire are big-endian.

/// The first byte of a frame's user data.
public enum IntelliVueSessionKind: UInt8, Sendable {
    /// Operations, within an association.
    case data = 0xE1
    /// The client asks for an association.
    case associationRequest = 0x0D
    /// The monitor grants it.
    case associationAccept = 0x0E
    /// The monitor refuses it.
    case refuse = 0x0C
    /// One side ends it.
    case releaseRequest = 0x09
    /// The other side agrees to the end.
    case releaseResponse = 0x0A
    /// One side breaks it off.
    case abort = 0x19
}

/// What an operation asks for.
public enum IntelliVueCommand {
    /// Event report that wants no answer.
    public static let eventReport: UInt16 = 0
    /// Event report that wants an answer.
    public static let confirmedEventReport: UInt16 = 1
    /// Get of attributes.
    public static let get: UInt16 = 3
    /// Set of attributes that wants an answer.
    public static let confirmedSet: UInt16 = 5
    /// Action that wants an answer: the polls.
    public static let confirmedAction: UInt16 = 7
}

/// Actions and events by their number.
public enum IntelliVueAction {
    /// The MDS create event.
    public static let createEvent: UInt16 = 0x0D06
    /// Single poll: one answer.
    public static let singlePoll: UInt16 = 0x0C16
    /// Extended poll: an answer each 1.024 s for a time.
    public static let extendedPoll: UInt16 = 0xF13B
}

/// Object classes that can be polled (nomenclature partition 1).
public enum IntelliVueClass {
    /// The monitor itself.
    public static let monitor: UInt16 = 0x0021
    /// Numeric values.
    public static let numerics: UInt16 = 0x0006
    /// The alarm monitor.
    public static let alarmMonitor: UInt16 = 0x0036
}

/// Attribute groups of a poll.
public enum IntelliVueGroup {
    /// Everything, labels and units too.
    public static let everything: UInt16 = 0x0000
    /// Values only.
    public static let metricValues: UInt16 = 0x0803
    /// What an object is, without its values.
    public static let staticContext: UInt16 = 0x0811
}

/// Attribute numbers.
public enum IntelliVueAttribute {
    /// The object's handle.
    public static let handle: UInt16 = 0x0921
    /// Label code.
    public static let label: UInt16 = 0x0924
    /// Label text, UTF-16, in the monitor's language.
    public static let labelText: UInt16 = 0x0927
    /// Operating mode of the monitor.
    public static let operatingMode: UInt16 = 0x0946
    /// One numeric value.
    public static let numericValue: UInt16 = 0x0950
    /// Several numeric values that belong together.
    public static let compoundValue: UInt16 = 0x094B
    /// When the value was measured, by the monitor's calendar.
    public static let absoluteTime: UInt16 = 0x0990
    /// The unit, apart from a value.
    public static let unit: UInt16 = 0x0996
    /// How long an extended poll is served, in ticks.
    public static let timePeriod: UInt16 = 0xF13E
}

/// Physiological identifiers of numeric values.
public enum IntelliVuePhysio {
    /// Heart rate from the ECG.
    public static let heartRate: UInt16 = 0x4182
    /// Oxygen saturation.
    public static let spo2: UInt16 = 0x4BB8
    /// Pulse rate from the pleth wave.
    public static let pulseRate: UInt16 = 0x4822
    /// Respiration rate.
    public static let respRate: UInt16 = 0x500A
    /// Perfusion index.
    public static let perfusionIndex: UInt16 = 0x4BB0
    /// Systolic pressure of the cuff.
    public static let nibpSystolic: UInt16 = 0x4A05
    /// Diastolic pressure of the cuff.
    public static let nibpDiastolic: UInt16 = 0x4A06
    /// Mean pressure of the cuff.
    public static let nibpMean: UInt16 = 0x4A07
}

/// Units of numeric values.
public enum IntelliVueUnit {
    /// None.
    public static let dimensionless: UInt16 = 0x0200
    /// Percent.
    public static let percent: UInt16 = 0x0220
    /// Kilopascal; 1 kPa is 7.50062 mmHg.
    public static let kilopascal: UInt16 = 0x0F03
    /// Millimetres of mercury.
    public static let millimetresOfMercury: UInt16 = 0x0F20
    /// Beats per minute.
    public static let beatsPerMinute: UInt16 = 0x0AA0
    /// Breaths per minute.
    public static let breathsPerMinute: UInt16 = 0x0AE0
}

/// The state word of a numeric value.
public struct IntelliVueMeasurementState: OptionSet, Sendable, Hashable {
    /// The bits on the wire.
    public let rawValue: UInt16
    /// Creates a state from its bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// No value: for an oximeter the sensor is off.
    public static let invalid = Self(rawValue: 0x8000)
    /// The monitor doubts the value.
    public static let questionable = Self(rawValue: 0x4000)
    /// Not measured.
    public static let unavailable = Self(rawValue: 0x2000)
    /// The sensor is being calibrated.
    public static let calibrating = Self(rawValue: 0x1000)
    /// Test values.
    public static let test = Self(rawValue: 0x0800)
    /// Demonstration values.
    public static let demo = Self(rawValue: 0x0400)
    /// A first, early value; no fault.
    public static let earlyIndication = Self(rawValue: 0x0040)
    /// A measurement runs: on pressures of the cuff, the cuff is inflated. No fault.
    public static let ongoing = Self(rawValue: 0x0020)
}

/// Ticks of the monitor's relative time.
public enum IntelliVueTicks {
    /// A tick is 1/8 ms.
    public static let perSecond: UInt32 = 8000
}
