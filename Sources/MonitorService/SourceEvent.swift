import VitalsModel

/// What a source tells its room, in order, each with the source's own count.
enum SourceEvent: Sendable {
    case reading(Reading)
    case signalCondition(SignalConditionChange)
    case transition(SourceTransition)
    case cuff(CuffChange)
}

/// One burst of a source, with the moment at which its last byte was read.
struct SourceBurst: Sendable {
    var source: SourceID
    var at: Moment
    var events: [SourceEvent]
}
