import AlertEngine
import SessionFlow
import VitalsModel

/// The median of several oximeters on one person: the nearest thing to the truth that the recordings have.
struct EvidenceConsensus: Sendable {
    /// Seconds, and the median at each.
    private(set) var values: [(time: Double, value: Double)]

    /// Takes the median at each second at which at least two oximeters have a value.
    init(_ oximeters: [[(time: Double, value: Double)]]) {
        var at: [Double: [Double]] = [:]
        for oximeter in oximeters { for sample in oximeter { at[sample.time, default: []].append(sample.value) } }
        values = at.filter { $0.value.count > 1 }.map { (time: $0.key, value: $0.value.sorted().median) }.sorted { $0.time < $1.time }
    }

    /// Stretches in which the median is below a limit; those that are at most `gap` seconds apart are one.
    func stretches(below limit: Double, gap: Double) -> [ClosedRange<Double>] {
        var found: [ClosedRange<Double>] = []
        for sample in values where sample.value < limit {
            if let last = found.last, sample.time - last.upperBound <= max(gap, 1) {
                found[found.count - 1] = last.lowerBound...sample.time
            } else {
                found.append(sample.time...sample.time)
            }
        }
        return found
    }
}

/// How alerts meet desaturations.
enum EvidenceDetection {
    /// An onset farther than this from any time at which the consensus is below the rule's limit is false, seconds: the oximeters'
    /// averaging and the way from lung to finger lie within it.
    static let tolerance = 30.0

    /// The delay from the start of an event to the first alert that was open in it, seconds; negative where the alert was there
    /// before; nil where none was.
    static func delay(of event: ClosedRange<Double>, to episodes: [PlanBacktest.Episode]) -> Double? {
        episodes.filter { $0.raised <= event.upperBound && $0.ended ?? .infinity >= event.lowerBound }.map(\.raised).min()
            .map { $0 - event.lowerBound }
    }

    /// Whether an onset lies outside all true stretches.
    static func isFalse(_ onset: Double, outside stretches: [ClosedRange<Double>]) -> Bool {
        !stretches.contains { onset >= $0.lowerBound - tolerance && onset <= $0.upperBound + tolerance }
    }
}

/// What one way to alert made of the desaturations below one limit.
struct EvidenceDetectionSum: Sendable {
    private(set) var events = 0
    private(set) var delays: [Double] = []
    /// How long the events lasted that nobody was told of, seconds.
    private(set) var missed: [Double] = []

    /// Adds the events of one recording.
    mutating func add(_ events: [ClosedRange<Double>], _ episodes: [PlanBacktest.Episode]) {
        for event in events {
            self.events += 1
            if let delay = EvidenceDetection.delay(of: event, to: episodes) {
                delays.append(delay)
            } else {
                missed.append(event.upperBound - event.lowerBound)
            }
        }
    }
}

/// The onsets of one saturation rule.
struct EvidenceOnsetSum: Sendable {
    /// Episodes of the plan, and those of them that people were called for.
    var plan = (episodes: 0, calls: 0, wrong: 0)
    /// Onsets of the naive alarm.
    var naive = (episodes: 0, wrong: 0)
    /// One an event.
    var ideal = 0

    /// Adds one recording; `stretches` are the times at which the consensus is below the rule's limit, close ones joined.
    mutating func add(_ plan: [PlanBacktest.Episode], _ naive: [PlanBacktest.Episode], _ stretches: [ClosedRange<Double>]) {
        ideal += stretches.count
        self.plan.episodes += plan.count
        self.plan.calls += plan.count { $0.called != nil }
        self.plan.wrong += plan.count { EvidenceDetection.isFalse($0.raised, outside: stretches) }
        self.naive.episodes += naive.count
        self.naive.wrong += naive.count { EvidenceDetection.isFalse($0.raised, outside: stretches) }
    }
}
