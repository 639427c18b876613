import VitalsModel

/// Several rules together (alarms.md section 6, `composite`): a low SpO2 and slow breathing say more than either.
///
/// A member is true while it alerts, and for `within` after that. A held one, whose source is silent, is unknown: it neither raises
/// nor clears. Unconfirmed breaches (`pending`) do not count, nor does what is over and only waits to be seen (`latched`).
public struct CompositeRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "composite"

    /// The rules that must all be true.
    public var all: [RuleID]
    /// The rules of which one must be true; empty: none need be.
    public var any: [RuleID]
    /// The rules none of which may alert now.
    public var none: [RuleID]
    /// How long after its alert a member still counts.
    public var within: Duration
    /// How urgent.
    public var priority: AlertPriority
    /// The signals whose values decide.
    public var signals: [Signal] { [] }
    /// The side that is bad; nil for a rule that is asked by time.
    public var side: LimitSide? { nil }
    /// The unit where no member gives a value.
    public var unit: String { "1" }
    /// The rules that it rests on.
    public var members: [RuleID] { all + any + none }

    /// Creates a condition.
    public init(all: [RuleID], any: [RuleID], none: [RuleID], within: Duration, priority: AlertPriority) {
        self.all = all
        self.any = any
        self.none = none
        self.within = within
        self.priority = priority
    }

    /// The condition in words.
    public var statement: String {
        let parts = [
            all.isEmpty ? nil : Self.list(all, joinedBy: "and"), any.isEmpty ? nil : "one of \(Self.list(any, joinedBy: "or"))",
            none.isEmpty ? nil : "not \(Self.list(none, joinedBy: "or"))",
        ]
        let time = within == .zero ? "" : ", within \(within.inSeconds.shortText) s"
        return parts.compactMap { $0 }.joined(separator: ", ") + time
    }

    /// What the members come to.
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        let standings = Dictionary(context.members.map { ($0.rule, $0) }, uniquingKeysWith: { first, _ in first })
        let truth = { (rule: RuleID) in standings[rule].map { self.truth(of: $0, at: context.now) } ?? .no }
        let forbidden = none.map { rule in standings[rule].map(Self.truthNow) ?? .no }
        let parts = [
            Truth.every(all.map(truth)), any.isEmpty ? .yes : Truth.some(any.map(truth)), Truth.some(forbidden).opposite,
        ]
        switch Truth.every(parts) {
        case .no: return .fine(until: nil)
        case .unknown: return .unknown
        case .yes: return .breach(breach((all + any).compactMap { standings[$0] }.filter { truth($0.rule) == .yes }, at: context.now))
        }
    }

    // MARK: Members

    private func truth(of member: RuleStanding, at now: BootInstant) -> Truth {
        let present = Self.truthNow(member)
        guard present == .no, let last = member.lastAlerted else { return present }
        return now < last + within ? .yes : .no
    }

    private static func truthNow(_ member: RuleStanding) -> Truth {
        member.isAlerting ? .yes : member.condition == .held ? .unknown : .no
    }

    private func breach(_ members: [RuleStanding], at now: BootInstant) -> TimedBreach {
        let alerting = members.filter(\.isAlerting)
        let first = alerting.first { $0.value != nil }
        return TimedBreach(
            since: alerting.compactMap(\.onset).max() ?? now, value: first?.value, valueAt: first?.valueAt, limit: first?.limit,
            unit: first?.unit, priority: priority, words: members.map { Self.words($0, at: now) }.joined(separator: " and "),
            until: members.filter { !$0.isAlerting }.compactMap { $0.lastAlerted.map { $0 + within } }.min())
    }

    /// `SpO2 90`, or `SpO2 until 20 s ago` for a member that counts no longer than `within`.
    private static func words(_ member: RuleStanding, at now: BootInstant) -> String {
        let name = member.signal?.label ?? member.rule.rawValue
        guard !member.isAlerting, let last = member.lastAlerted else { return name + (member.value.map { " \($0.shortText)" } ?? "") }
        return "\(name) until \(Int((now - last).inSeconds)) s ago"
    }

    private static func list(_ rules: [RuleID], joinedBy word: String) -> String {
        rules.map(\.rawValue).joined(separator: " \(word) ")
    }
}

/// Yes, no, or not to be said.
private enum Truth {
    case yes
    case no
    case unknown

    var opposite: Truth { self == .yes ? .no : self == .no ? .yes : .unknown }

    static func every(_ truths: [Truth]) -> Truth { truths.contains(.no) ? .no : truths.contains(.unknown) ? .unknown : .yes }

    static func some(_ truths: [Truth]) -> Truth { truths.contains(.yes) ? .yes : truths.contains(.unknown) ? .unknown : .no }
}
