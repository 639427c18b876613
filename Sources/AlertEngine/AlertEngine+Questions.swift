import VitalsModel

extension AlertEngine {
    /// Open episodes, oldest first, each as it is now; `announced` is false while a graver one of its family speaks for it.
    public func openEpisodes(at now: BootInstant) -> [AlertTransition] {
        let open = rules.indices.filter { state.machines[$0].isOpen }.sorted {
            (state.machines[$0].raised ?? now, $0) < (state.machines[$1].raised ?? now, $1)
        }
        return open.map { index in
            let machine = state.machines[index]
            return describe(
                EpisodeStep(
                    change: .raised, from: machine.condition, condition: machine.condition, announced: !machine.isSilenced, end: nil,
                    detail: nil,
                    machine: machine), index, at: now)
        }
    }

    /// The armed rules whose limit a value would be beyond, the gravest first: what would have alerted.
    public func rulesBeyond(_ value: Double, of signal: Signal, at now: BootInstant) -> [AlertRule] {
        let context = context(at: now)
        return rules.indices.reversed().filter { index in
            guard isArmed(index), conditions[index].lookback == nil, signals[index].contains(signal),
                case .breach = conditions[index].finding(for: value, in: context)
            else { return false }
            return true
        }.map { rules[$0] }
    }

    /// Whether anything is under way that a restart must not lose: an open episode or an unconfirmed breach.
    public var isBusy: Bool { state.machines.contains { $0.condition != .normal } }

    /// Rules that are armed and cannot be evaluated, with the reason in words.
    public func notEvaluable(at now: BootInstant) -> [String] {
        rules.indices.compactMap { index in
            guard isArmed(index), conditions[index].side != nil,
                case .notEvaluable(let why) = conditions[index].finding(for: 0, in: context(at: now))
            else { return nil }
            return "\(rules[index].id): \(why)"
        }
    }

    /// Whether the cuff value that was evaluated last asks for another measurement soon: one beyond a limit has to be confirmed; once it
    /// has called people it is repeated once, and as long as it is of high priority. A pressure that stays a little high must not
    /// squeeze the arm every few minutes for hours.
    public var wantsCuffRepeat: Bool {
        let now = state.evaluated
        return rules.indices.contains { index in
            let machine = state.machines[index]
            guard !isStreaming(index), machine.valueAt == now else { return false }
            return machine.isConfirming || (machine.condition == .active && (machine.raised == now || machine.priority == .high))
        }
    }

    /// The interval of the cuff schedule at `now`; nil when none holds.
    public func cuffInterval(at now: BootInstant) -> Duration? { schedule.interval(in: state.phase, elapsed: now - state.phaseEntered) }

    /// How soon a cuff measures again after a value beyond a limit.
    public var cuffRepeatAfter: Duration { schedule.repeatAfter }

    /// When the next cuff measurement is due, without its grace; nil when none is scheduled.
    public func cuffDue(at now: BootInstant) -> BootInstant? {
        guard let interval = schedule.interval(in: state.phase, elapsed: now - state.phaseEntered) else { return nil }
        return (state.cuff.lastMeasured.map { max($0, state.cuff.dueSince) } ?? state.cuff.dueSince) + interval
    }
}
