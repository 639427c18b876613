import SessionFlow
import TimelineReports
import VitalsModel

/// What a back-test prints: lines as the subjects come, the sum, and the difference of two plans in words.
struct BacktestReport {
    private let isComparison: Bool
    private var loads = [AlarmLoad(), AlarmLoad()]
    private var only = [0, 0]
    private var departures: [String] = []

    /// Creates a report of one plan, or of one held against another.
    init(isComparison: Bool) { self.isComparison = isComparison }

    /// Takes what each plan came to on one subject; answers its lines.
    mutating func take(_ outcomes: [PlanTrial.Outcome], of name: String) -> [String] {
        for (index, outcome) in outcomes.enumerated() { loads[index].add(outcome.episodes, of: outcome.summary) }
        departures += (outcomes.first?.departures ?? []).map { "\(name): \($0)" }
        guard isComparison, outcomes.count == 2 else {
            return (outcomes.first?.episodes ?? []).map { BacktestLines.line($0, file: name) }
        }
        let sides = [(BacktestLines.Side.this, 0, 1), (.other, 1, 0)].flatMap { side, mine, theirs in
            EpisodeComparison.only(outcomes[mine].episodes, notIn: outcomes[theirs].episodes).map { (side: side, episode: $0) }
        }
        only[0] += sides.count { $0.side == .this }
        only[1] += sides.count { $0.side == .other }
        return sides.enumerated().sorted { ($0.element.episode.raised, $0.offset) < ($1.element.episode.raised, $1.offset) }.map {
            BacktestLines.line($0.element.episode, file: name, only: $0.element.side)
        }
    }

    /// The last line.
    var summary: String {
        isComparison
            ? BacktestLines.line(loads[0], against: loads[1], onlyThis: only[0], onlyOther: only[1]) : BacktestLines.line(loads[0])
    }

    /// What is said beside the lines.
    func words(this: SessionPlan, other: SessionPlan?) -> [String] {
        guard let other else { return departures }
        return departures
            + BacktestWords.lines(
                this: (Self.name(this), loads[0]), other: (Self.name(other), loads[1]), onlyThis: only[0], onlyOther: only[1])
    }

    private static func name(_ plan: SessionPlan) -> String { "\(plan.id) version \(plan.version)" }
}
