import VitalsModel

/// Who speaks: one cause calls people once, in its gravest words.
extension AlertEngine {
    /// Whether people hear of a step: not while something else speaks for it, nor of the end of what they never heard of.
    func isHeard(_ step: EpisodeStep, _ index: Int) -> Bool {
        switch step.change {
        case .acknowledged, .audioPaused, .limitsChanged: true
        case .closed: !step.machine.isSilenced && !isMuted(index)
        default: !isMuted(index)
        }
    }

    /// A rule is silent while it is shelved, while a graver one of its family speaks, and while another rule that says more inhibits it.
    func isMuted(_ index: Int) -> Bool { isOutranked(index) || isInhibited(index) || isShelved(index) }

    /// Only the gravest of a family speaks. A graver one that is over and only waits to be seen (`latched`) silences nobody, nor does
    /// one that is shelved.
    private func isOutranked(_ index: Int) -> Bool {
        graver[index].contains { speaks($0, for: index) }
    }

    private func isInhibited(_ index: Int) -> Bool {
        inhibitors[index].contains { speaks($0, for: index) }
    }

    /// Whether one rule speaks for another: not while it is shelved, and while its own source is silent only for what is silent too.
    private func speaks(_ speaker: Int, for index: Int) -> Bool {
        let condition = state.machines[speaker].condition
        guard state.machines[speaker].isAlerting, !isShelved(speaker) else { return false }
        return condition != .held || state.machines[index].condition == .held
    }

    /// To be called when every rule has seen what is new. Composites ask again; and where a rule has stopped alerting that kept others
    /// silent, the gravest of those that still stand is heard, or a half recovered patient would look like a recovered one.
    mutating func settle(_ transitions: inout [TimedTransition], at now: BootInstant) {
        let hasMoved = haveMoved || !stoppedAlerting.isEmpty
        // A composite may rest on composites; each round settles at least one more of them.
        for _ in composites where haveMoved {
            haveMoved = false
            transitions += evaluateTimed(composites, at: now)
        }
        haveMoved = false
        while let index = stoppedAlerting.popLast() {
            let uncovered = uncover(below: index, at: now)
            // A drop to a lesser rule is one update: people need not hear of the end of the graver one as well.
            if !uncovered.isEmpty { hush(index, in: &transitions) }
            transitions += uncovered
            for other in rules.indices where inhibitors[other].contains(index) {
                transitions += unmute(other, .reminder, because: "still so after \(rules[index].id)", at: now)
            }
        }
        // Whatever silenced it: what stands unanswered, and nothing speaks for any more, speaks; the gravest of a family first.
        guard hasMoved else { return }
        for index in rules.indices.reversed() { transitions += unmute(index, .deescalated, because: "still beyond this limit", at: now) }
        haveMoved = false
    }

    private mutating func uncover(below index: Int, at now: BootInstant) -> [TimedTransition] {
        let silenced = rules.indices.last { other in
            graver[other].contains(index) && !isMuted(other) && state.machines[other].isSilenced
                && state.machines[other].condition == .active
                && state.machines[other].handling != .acknowledged
        }
        guard let silenced else { return [] }
        return unmute(silenced, .deescalated, because: "still beyond this limit after \(rules[index].id)", at: now)
    }

    /// What was silent and still stands unanswered speaks, if nothing else keeps it silent.
    mutating func unmute(_ index: Int, _ change: AlertChange, because why: String, at now: BootInstant) -> [TimedTransition] {
        let machine = state.machines[index]
        guard machine.isSilenced, machine.condition == .active, machine.handling != .acknowledged, !isMuted(index) else { return [] }
        return transform(index, at: now) { machine, _ in [machine.speakUp(change, because: why, at: now)] }
    }

    /// The end of a rule that was spoken for at once by a lesser one is written down, and not told.
    private func hush(_ index: Int, in transitions: inout [TimedTransition]) {
        guard let last = transitions.lastIndex(where: { $0.transition.rule == rules[index].id && $0.transition.change == .closed }) else {
            return
        }
        transitions[last].transition.announced = false
    }
}
