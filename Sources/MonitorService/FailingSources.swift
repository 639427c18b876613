import VitalsModel

/// Notices sources of a room that are lost again and again: a loose plug that looks well most of the time.
struct FailingSources: Sendable {
    /// More losses than this within `window` are a failure.
    static let mostLosses = 5
    static let window: Duration = .seconds(600)

    private var losses: [SourceID: [BootInstant]] = [:]
    private(set) var failing: SourceID?

    /// A source moved. The change of the room's fault that this means, if any.
    mutating func note(_ transition: SourceTransition, at now: BootInstant) -> SystemFaultChange? {
        // Said again with another reason, it is still the same loss.
        guard transition.to == .lost, transition.from != .lost else { return nil }
        // What counts is whether there are more than `mostLosses`; older ones need not be kept.
        losses[transition.source] = (losses[transition.source, default: []] + [now]).suffix(Self.mostLosses + 1)
        return change(at: now)
    }

    /// The change of the room's fault that has come about by `now`, if any.
    mutating func change(at now: BootInstant) -> SystemFaultChange? {
        let worst = losses.filter { losses in losses.value.count { now - $0 < Self.window } > Self.mostLosses }.keys.min()
        guard (worst == nil) != (failing == nil) else { return nil }
        defer { failing = worst }
        return worst.map(Self.fault)
            ?? SystemFaultChange(fault: .sourceFailing, isOn: false, detail: "\(failing.map(\.rawValue) ?? "") stays")
    }

    /// The fault as it stands, for a session that begins.
    var standing: SystemFaultChange? { failing.map(Self.fault) }

    private static func fault(of source: SourceID) -> SystemFaultChange {
        SystemFaultChange(
            fault: .sourceFailing, isOn: true,
            detail: "\(source) was lost more than \(mostLosses) times within \(Int(window.inSeconds / 60)) min: look at plug and cable")
    }
}
