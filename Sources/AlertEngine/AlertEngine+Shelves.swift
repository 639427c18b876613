import VitalsModel

/// A shelf that ended by itself: the session writes it down.
public struct TimedShelfEnd: Sendable, Hashable {
    /// When.
    public var at: BootInstant
    /// The rule.
    public var rule: RuleID
    /// Expired or broken.
    public var state: ShelfChange.State
    /// The last transition before it.
    var ordinal: Int
}

/// Shelves (20): a rule that is shelved goes on being evaluated and stored, and calls nobody; it returns by itself.
extension AlertEngine {
    /// The longest shelf (alarms.md, transition 20).
    public static let longestShelf: Duration = .seconds(30 * 60)

    /// A person shelves a rule.
    ///
    /// - Throws: `EngineRefusal` for a deep rule, an unknown one, or too long a time.
    public mutating func shelve(
        _ rule: RuleID, for duration: Duration, reason: String, by name: String, at time: BootInstant
    ) throws(EngineRefusal) -> [TimedTransition] {
        guard let index = rules.firstIndex(where: { $0.id == rule }) else { throw .unknownRule(rule) }
        guard conditions[index].canBeShelved else { throw .neverShelved(rule) }
        guard duration > .zero, duration <= Self.longestShelf else { throw .shelfTooLong(duration) }
        return take(at: time) { engine, now in
            engine.state.shelves[rule] = Shelf(
                rule: rule, until: now + duration, by: name, reason: reason, breaksBeyond: engine.breakingValue(index))
            if engine.state.machines[index].isOpen { engine.state.machines[index].isSilenced = true }
            engine.stoppedAlerting.append(index)
            engine.cachedDeadline = nil
            return []
        }
    }

    /// A person takes a shelf back.
    ///
    /// - Throws: `EngineRefusal.notShelved`.
    public mutating func unshelve(_ rule: RuleID, at time: BootInstant) throws(EngineRefusal) -> [TimedTransition] {
        guard let index = rules.firstIndex(where: { $0.id == rule }), state.shelves[rule] != nil else { throw .notShelved(rule) }
        return take(at: time) { engine, now in engine.endShelf(index, .lifted, at: now) }
    }

    /// The shelves that ended by themselves since the last call.
    public mutating func takeEndedShelves() -> [TimedShelfEnd] {
        defer { endedShelves = [] }
        return endedShelves
    }

    func isShelved(_ index: Int) -> Bool { !state.shelves.isEmpty && state.shelves[rules[index].id] != nil }

    /// The value beyond which a shelf breaks: by the rule's step worse than what was seen, or than the limit where nothing was.
    private func breakingValue(_ index: Int) -> Double? {
        guard let side = conditions[index].side else { return nil }
        let machine = state.machines[index]
        let seen = machine.condition == .normal ? nil : machine.value
        guard
            let reference = [seen, machine.limit ?? conditions[index].fixedLimit].compactMap({ $0 }).reduce(
                nil,
                { worst, value in
                    worst.map { side.worse($0, value) } ?? value
                })
        else { return nil }
        let step = rules[index].worsenStep ?? StandardWorsening.step(of: signals[index].first)
        return side == .above ? reference + step : reference - step
    }

    /// A worse value breaks a shelf.
    mutating func breakShelf(_ index: Int, by value: Double, at now: BootInstant) -> [TimedTransition] {
        guard let side = conditions[index].side, let beyond = state.shelves[rules[index].id]?.breaksBeyond,
            side.isBeyond(value, beyond, countingLimit: true)
        else { return [] }
        return endShelf(index, .broken, at: now)
    }

    /// What has run its time comes back.
    mutating func endShelves(at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for index in rules.indices.reversed() where isShelved(index) && state.shelves[rules[index].id].map({ $0.until <= now }) == true {
            transitions += endShelf(index, .expired, at: now)
        }
        return transitions
    }

    private mutating func endShelf(_ index: Int, _ end: ShelfChange.State, at now: BootInstant) -> [TimedTransition] {
        state.shelves[rules[index].id] = nil
        cachedDeadline = nil
        if end != .lifted { endedShelves.append(TimedShelfEnd(at: now, rule: rules[index].id, state: end, ordinal: done)) }
        let words = end == .broken ? "worse than when it was shelved" : end == .expired ? "the shelf is over" : "no longer shelved"
        return unmute(index, end == .broken ? .worsened : .reminder, because: words, at: now)
    }
}

/// How much worse a value must be to break a shelf where the rule gives no `worsen` step: a quarter of the way from a medium to a high
/// limit of the shipped plans; our own choice.
enum StandardWorsening {
    /// The step of a signal, in its unit.
    static func step(of signal: Signal?) -> Double {
        switch signal {
        case .heartRate, .pulseRate, .nibpSystolic, .nibpDiastolic, .nibpMean: 10
        case .spo2, .respRate: 3
        case .perfusionIndex: 0.2
        case nil: 1
        }
    }
}
