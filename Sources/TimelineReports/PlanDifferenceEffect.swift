/// What more of something does to the alerts; less of it does the contrary.
enum PlanEffect {
    /// A delay or a count to be waited for.
    case alertsLater
    /// A span in which something may come to count.
    case alertsEarlier
    /// What an ending alert waits for.
    case endsLater
    /// A time after which people are called again.
    case callsLater
    /// A time between measurements, or after which one is missed.
    case noticesLater
    /// What is watched at all.
    case watchesMore

    /// The direction of more (or less) of it, and its meaning.
    func meaning(ofMore isMore: Bool) -> (direction: PlanChange.Direction, words: String) {
        switch self {
        case .alertsLater: isMore ? (.looser, "alerts later") : (.tighter, "alerts earlier")
        case .alertsEarlier: isMore ? (.tighter, "alerts earlier") : (.looser, "alerts later")
        case .endsLater: isMore ? (.tighter, "ends later") : (.looser, "ends sooner")
        case .callsLater: isMore ? (.looser, "people are called later") : (.tighter, "people are called earlier")
        case .noticesLater: isMore ? (.looser, "noticed later") : (.tighter, "noticed earlier")
        case .watchesMore: isMore ? (.tighter, "watches more") : (.looser, "watches less")
        }
    }
}

extension PlanChange {
    /// A change of one quantity; nil where there is none.
    /// - Parameter effect: what more of it does; nil where it is neither looser nor tighter.
    static func of<Quantity: Comparable>(
        _ subject: String, _ label: String, _ old: Quantity, _ new: Quantity, effect: PlanEffect?, text: (Quantity) -> String
    ) -> PlanChange? {
        guard old != new else { return nil }
        let meaning = effect?.meaning(ofMore: new > old)
        return PlanChange(subject, "\(label) \(text(old)) -> \(text(new))", meaning?.direction ?? .neutral, meaning?.words)
    }

    /// A change of several quantities that are read as one: each pair is held against `effect`, nil standing for endlessly much.
    static func of<Quantity: Comparable>(
        _ subject: String, _ words: String, pairs: [(old: Quantity?, new: Quantity?)], effect: PlanEffect
    ) -> PlanChange {
        func isMore(_ one: Quantity?, _ other: Quantity?) -> Bool {
            guard let other else { return false }
            return one.map { $0 > other } ?? true
        }
        let more = pairs.contains { isMore($0.new, $0.old) }
        let less = pairs.contains { isMore($0.old, $0.new) }
        guard more != less else { return PlanChange(subject, words, more ? .either : .neutral) }
        let meaning = effect.meaning(ofMore: more)
        return PlanChange(subject, words, meaning.direction, meaning.words)
    }

    /// A change of what belongs to a set.
    static func of<Member: Hashable>(_ subject: String, _ words: String, _ old: Set<Member>, _ new: Set<Member>) -> PlanChange? {
        guard old != new else { return nil }
        let (lost, gained) = (!old.isSubset(of: new), !new.isSubset(of: old))
        guard lost != gained else { return PlanChange(subject, words, .either) }
        let meaning = PlanEffect.watchesMore.meaning(ofMore: gained)
        return PlanChange(subject, words, meaning.direction, meaning.words)
    }
}
