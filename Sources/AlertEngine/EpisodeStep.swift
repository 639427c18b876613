import VitalsModel

/// One transition of one machine, before the engine adds what the rule says.
struct EpisodeStep: Sendable, Hashable {
    var change: AlertChange
    var from: AlertCondition
    var condition: AlertCondition
    var announced: Bool
    var end: EpisodeEnd?
    var detail: String?
    /// The machine as the step left it (a closing step is taken before the machine forgets the episode).
    var machine: EpisodeMachine
}
