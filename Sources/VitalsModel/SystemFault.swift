/// What can go wrong with Vigil itself or with what it needs, so that a rule of kind `system` can tell people.
public enum SystemFault: String, CaseIterable, Sendable, Hashable, Codable {
    /// The store commits late or not at all.
    case storeLate = "store_late"
    /// The disk of the store is nearly full.
    case diskLow = "disk_low"
    /// The wall clock was set.
    case clockStep = "clock_step"
    /// Vigil itself was not running for some seconds: the machine slept, or was too busy.
    case monitorGap = "monitor_gap"
    /// Readings or entries were dropped at a bounded queue.
    case dropped
    /// A source was opened and lost again and again.
    case sourceFailing = "source_failing"
    /// A cuff was told to stop and did not.
    case cuffStuck = "cuff_stuck"
    /// Nobody looks: no console is attached.
    case noConsole = "no_console"

    /// As people read it.
    public var words: String {
        switch self {
        case .storeLate: "the store is late"
        case .diskLow: "the disk is nearly full"
        case .clockStep: "the wall clock was set"
        case .monitorGap: "Vigil itself was not running"
        case .dropped: "readings were dropped"
        case .sourceFailing: "a device fails again and again"
        case .cuffStuck: "a cuff does not stop"
        case .noConsole: "no console is attached"
        }
    }

    /// Whether it is a moment and not a state: it stops being news by itself.
    public var isMoment: Bool { self == .clockStep || self == .monitorGap || self == .dropped }
}

/// Something went wrong with Vigil itself, or is over.
public struct SystemFaultChange: Sendable, Hashable, Codable {
    /// What.
    public var fault: SystemFault
    /// Whether it is so now; false: it is over.
    public var isOn: Bool
    /// What happened, with the value.
    public var detail: String

    enum CodingKeys: String, CodingKey {
        case fault
        case isOn = "is_on"
        case detail
    }

    /// Creates the payload.
    public init(fault: SystemFault, isOn: Bool, detail: String) {
        self.fault = fault
        self.isOn = isOn
        self.detail = detail
    }
}
