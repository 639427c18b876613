import AlertEngine
import SessionFlow
import VitalsModel

/// What changed from one plan to another, in a clinician's terms, with what it means for the patient.
public struct PlanDifference: Encodable, Sendable {
    /// The changes: looser ones first, for they are the ones that somebody must answer for.
    public var changes: [PlanChange]
    /// What the person who signs should know beside the changes.
    public var warnings: [String]
    /// Whether the two files are the same, byte for byte.
    public var isSameText: Bool

    private enum CodingKeys: String, CodingKey {
        case changes, warnings
        case isSameText = "same_text"
    }

    /// Whether anything that alerts differs: rules, limits, times, phases. Texts for people do not alert.
    public var changesAlerts: Bool { changes.contains(where: \.changesAlerts) }

    /// Compares two plans.
    public init(from old: SessionPlan, to new: SessionPlan) {
        isSameText = old.text == new.text
        let found =
            Self.texts(from: old, to: new) + PlanTimesComparison(old: old, new: new).changes
            + RuleListComparison(old: old.rules, new: new.rules).changes
        changes = PlanChange.Direction.allCases.flatMap { direction in found.filter { $0.direction == direction } }
        warnings = isSameText || new.version > old.version ? [] : [Self.versionWarning(old.version, new.version)]
    }

    private static func versionWarning(_ old: Int, _ new: Int) -> String {
        old == new
            ? "the version is still \(new) although the file changed; raise it with every change"
            : "the version went back from \(old) to \(new); raise it with every change"
    }

    /// What people read and no rule looks at.
    private static func texts(from old: SessionPlan, to new: SessionPlan) -> [PlanChange] {
        func signature(_ plan: SessionPlan) -> String { plan.signature.map { "\($0.reviewer), \($0.date)" } ?? "nobody" }
        let pairs = [
            ("id", old.id, new.id), ("version", "\(old.version)", "\(new.version)"), ("title", "\"\(old.title)\"", "\"\(new.title)\""),
            ("route", old.route, new.route), ("reviewed by", signature(old), signature(new)),
        ]
        return pairs.compactMap { label, before, after in
            before == after ? nil : PlanChange("plan", "\(label) \(before) -> \(after)", .neutral, changesAlerts: false)
        }
    }
}

/// One change of a plan.
public struct PlanChange: Encodable, Sendable, Hashable {
    /// What a change means; in the order in which a reader must see it.
    public enum Direction: String, CaseIterable, Encodable, Sendable {
        /// Alerts come later, less often, or not at all.
        case looser
        /// Looser for some patients or times and tighter for others, or not told by a number.
        case either
        /// Alerts come earlier or more often.
        case tighter
        /// Neither.
        case neutral
    }

    /// What changed: a rule's id, or a part of the plan.
    public var subject: String
    /// How: `limit 92 -> 90 %`.
    public var words: String
    /// What it means.
    public var direction: Direction
    /// The meaning in words: `alerts later`.
    public var effect: String?
    /// Whether anything that alerts differs.
    public var changesAlerts: Bool

    private enum CodingKeys: String, CodingKey {
        case subject, words, direction, effect
        case changesAlerts = "changes_alerts"
    }

    /// Creates a change.
    init(_ subject: String, _ words: String, _ direction: Direction, _ effect: String? = nil, changesAlerts: Bool = true) {
        self.subject = subject
        self.words = words
        self.direction = direction
        self.effect = effect
        self.changesAlerts = changesAlerts
    }

    /// The direction and its meaning: `looser: alerts later`.
    var meaning: String {
        let word = direction == .either ? "looser or tighter" : direction.rawValue
        return (effect ?? (direction == .either ? "judge by the words" : nil)).map { "\(word): \($0)" } ?? word
    }
}
