import VitalsModel

/// Something wrong with Vigil itself (alarms.md section 6, `system`): the store is late, the disk is nearly full, the clock was set.
///
/// The faults that one rule watches are one alert: what must be told although another fault already stands needs a rule of its own.
public struct SystemRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "system"

    /// The faults that it watches.
    public var watches: [SystemFault]
    /// How urgent.
    public var priority: AlertPriority
    /// The signals whose values decide.
    public var signals: [Signal] { [] }
    /// The side that is bad; nil for a rule that is asked by time.
    public var side: LimitSide? { nil }

    /// Creates a condition.
    public init(watches: [SystemFault], priority: AlertPriority) {
        self.watches = watches
        self.priority = priority
    }

    /// The condition in words.
    public var statement: String { watches.map(\.words).joined(separator: ", or ") }

    /// What is wrong now. A moment such as a clock step stops being news by itself (`DatedFault.until`).
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        let present = watches.compactMap { fault in context.facts.faults[fault].map { (fault: fault, dated: $0) } }
            .filter { $0.dated.until.map { context.now < $0 } ?? true }
        guard let since = present.map(\.dated.since).min() else { return .fine(until: nil) }
        return .breach(
            TimedBreach(
                since: since, value: (context.now - since).inSeconds, limit: 0, priority: priority,
                words: present.map { Self.words($0.fault, $0.dated) }.joined(separator: "; "),
                until: present.compactMap(\.dated.until).min()
            ))
    }

    private static func words(_ fault: SystemFault, _ dated: DatedFault) -> String {
        dated.words.isEmpty ? fault.words : "\(fault.words): \(dated.words)"
    }
}
