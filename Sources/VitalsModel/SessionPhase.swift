/// The phases of a session in their usual order (clinical.md, section 3).
public enum SessionPhase: String, CaseIterable, Sendable, Hashable, Codable, Comparable {
    /// Booked.
    case scheduled
    /// Arrived; screening and checklist.
    case checkin
    /// Devices attached, pre-treatment values taken.
    case baseline
    /// Drug being given.
    case dosing
    /// Peak effect.
    case acute
    /// Effects falling.
    case recovery
    /// Readiness to leave being judged.
    case discharge
    /// Completed. The readings are sealed; entries can still be appended.
    case closed
    /// Stopped early, with a reason.
    case aborted

    /// Whether the session still holds its room.
    public var isOpen: Bool { self != .closed && self != .aborted }

    /// Whether drug has been or is being given and its effect is awaited.
    public var isObserved: Bool { self == .dosing || self == .acute || self == .recovery }

    /// Orders by the usual course.
    public static func < (left: SessionPhase, right: SessionPhase) -> Bool { left.order < right.order }

    private var order: Int { SessionPhase.allCases.firstIndex(of: self) ?? 0 }
}
