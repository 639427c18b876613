import AlertEngine
import VitalsModel

/// The episodes of one back-test, gathered from what the engine says.
struct EpisodeLog {
    private let zero: BootInstant
    private let firstTime: Double
    private var episodes: [PlanBacktest.Episode] = []
    /// Where each open episode stands in `episodes`.
    private var open: [EpisodeID: Int] = [:]

    /// Creates a log; `zero` on the boot clock is `firstTime` seconds on the recording's own clock.
    init(zero: BootInstant, firstTime: Double) {
        self.zero = zero
        self.firstTime = firstTime
    }

    /// Takes one transition of `engine`.
    ///
    /// - Returns: the episode that is over and waits to be seen, if this is one. It is to be answered, so that its return is an
    ///   episode of its own.
    mutating func note(_ timed: TimedTransition, by engine: AlertEngine) -> EpisodeID? {
        let transition = timed.transition
        if transition.change == .raised {
            open[transition.episode] = episodes.count
            episodes.append(raised(timed, by: engine))
        }
        guard let place = open[transition.episode] else { return nil }
        let at = seconds(of: timed.at)
        episodes[place].priority = max(episodes[place].priority, transition.priority)
        episodes[place].peak = transition.peak ?? episodes[place].peak
        if transition.announced, transition.condition == .active { episodes[place].called = episodes[place].called ?? at }
        switch transition.condition {
        case .clearing: episodes[place].returned = at
        case .latched, .closed: end(place, transition, at: at)
        case .normal, .pending, .active, .held: episodes[place].returned = nil
        }
        return transition.condition == .latched ? transition.episode : nil
    }

    /// The episodes; those that are still open end with the data.
    func finished(by engine: AlertEngine) -> [PlanBacktest.Episode] {
        var episodes = episodes
        for machine in engine.state.machines {
            guard let episode = machine.episode, let place = open[episode] else { continue }
            episodes[place].peak = machine.peak ?? episodes[place].peak
        }
        return episodes
    }

    private func raised(_ timed: TimedTransition, by engine: AlertEngine) -> PlanBacktest.Episode {
        let transition = timed.transition
        let onset = engine.state.machines.first { $0.episode == transition.episode }?.onset ?? timed.at
        return PlanBacktest.Episode(
            rule: transition.rule, signal: transition.signal, priority: transition.priority, onset: seconds(of: onset),
            raised: seconds(of: timed.at), called: nil, peak: transition.peak ?? transition.value ?? 0)
    }

    private mutating func end(_ place: Int, _ transition: AlertTransition, at seconds: Double) {
        open[transition.episode] = nil
        // The end of a session is the end of the data: what would have come of the alert is not known.
        if transition.end == .sessionEnd { return }
        episodes[place].ended = seconds
        episodes[place].end =
            switch transition.end {
            case .unknown: .unknown
            case .disarmed: .disarmed
            default: transition.condition == .latched ? .latched : .cleared
            }
    }

    private func seconds(of instant: BootInstant) -> Double { firstTime + Double((instant - zero).nanoseconds) / 1e9 }
}

extension AlertEngine {
    /// Breaches that went before they were confirmed, by rule; only rules that had any.
    var fleeting: [RuleID: Int] {
        let counts = zip(rules, state.machines).map { ($0.id, $1.fleeting) }.filter { $0.1 > 0 }
        return Dictionary(counts, uniquingKeysWith: +)
    }
}
