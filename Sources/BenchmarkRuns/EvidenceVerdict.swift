import AlertEngine
import SessionFlow
import VitalsModel

/// An alarm of a real monitor on which experts gave their verdict.
struct EvidenceVerdict: Sendable, Hashable {
    /// `asystole`, `extreme_bradycardia` ...
    var type: String
    /// The experts' word.
    var isTrue: Bool
    /// When the monitor alarmed, seconds of the recording.
    var time: Double

    private static let prefix = "monitor_alarm_"

    /// The alarm that a mark tells of; nil for another mark.
    init?(_ mark: EvidenceMark) {
        guard mark.kind.hasPrefix(Self.prefix) else { return nil }
        type = String(mark.kind.dropFirst(Self.prefix.count))
        isTrue = mark.label == "true"
        time = mark.time
    }

    /// How long before the monitor's alarm an alert may have been there and still be of the same cause, seconds: the event itself
    /// starts within the 10 s before it, and no delay of a rate in the plans that ship is longer than a minute.
    static let before = 60.0
    /// How long after it, seconds.
    static let after = 10.0

    /// On which side a rate says this alarm; nil where the alarm is one of shape, on which a rate can be high, low or usual.
    var side: LimitSide? {
        switch type {
        case "asystole", "extreme_bradycardia": .below
        case "extreme_tachycardia": .above
        default: nil
        }
    }

    /// Whether one of the alerts was open around the alarm. `sideOf` is the side of a rule's limit; a rule on time has none, and is
    /// for every alarm.
    func isKept(by episodes: [PlanBacktest.Episode], sideOf: (RuleID) -> LimitSide?) -> Bool {
        episodes.contains { isAround($0, sideOf) }
    }

    /// How long the longest of the alerts around the alarm stood, seconds; `end` is when the recording ended. Nil without any.
    func longestStay(_ episodes: [PlanBacktest.Episode], until end: Double, sideOf: (RuleID) -> LimitSide?) -> Double? {
        episodes.filter { isAround($0, sideOf) }.map { ($0.ended ?? end) - $0.raised }.max()
    }

    private func isAround(_ episode: PlanBacktest.Episode, _ sideOf: (RuleID) -> LimitSide?) -> Bool {
        guard episode.raised <= time + Self.after, episode.ended ?? .infinity >= time - Self.before else { return false }
        guard let side, let other = sideOf(episode.rule) else { return true }
        return side == other
    }
}

/// What became of the alarms of one type.
struct EvidenceVerdictSum: Sendable {
    /// Alarms of one verdict, and how many of them each way to alert has too.
    struct Count: Sendable, Hashable {
        var alarms = 0
        var plan = 0
        var planWithMissing = 0
        var naive = 0
    }

    /// Alarms that experts called true.
    private(set) var trueOnes = Count()
    /// Alarms that experts called false.
    private(set) var falseOnes = Count()
    /// True alarms that the naive alarm alone kept: how long the rate was beyond a limit, seconds.
    private(set) var waitedOut: [Double] = []

    /// Adds one alarm.
    mutating func add(_ verdict: EvidenceVerdict, plan: Bool, planWithMissing: Bool, naive: Bool, stay: Double?) {
        func added(_ count: Count) -> Count {
            Count(
                alarms: count.alarms + 1, plan: count.plan + (plan ? 1 : 0),
                planWithMissing: count.planWithMissing + (planWithMissing ? 1 : 0), naive: count.naive + (naive ? 1 : 0))
        }
        if verdict.isTrue, !plan, let stay { waitedOut.append(stay) }
        if verdict.isTrue { trueOnes = added(trueOnes) } else { falseOnes = added(falseOnes) }
    }
}
