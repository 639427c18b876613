import SessionFlow
import VitalsModel

/// The lines of `vigil plan backtest`: one JSON object an episode, then the summary (DESIGN, section 4). Keys are only ever added, after
/// those that are there.
public enum BacktestLines {
    /// Which of two plans an alert is of.
    public enum Side: String, Sendable, Hashable {
        /// The plan that was named first.
        case this
        /// The plan that it is held against.
        case other
    }

    /// `{"file":…,"rule":…,"signal":…,"priority":…,"onset_s":…,"raised_s":…,"ended_s":…|null,"end":…,"peak":…}`
    public static func line(_ episode: PlanBacktest.Episode, file: String) -> String {
        var json = OrderedJSON()
        add(episode, file: file, to: &json)
        return json.closed
    }

    /// `{"only":"this"|"other","file":…,…}`: an alert that only one of two plans gave, see `EpisodeComparison`.
    public static func line(_ episode: PlanBacktest.Episode, file: String, only side: Side) -> String {
        var json = OrderedJSON()
        json.add("only", side.rawValue)
        add(episode, file: file, to: &json)
        return json.closed
    }

    /// `{"summary":{"files":…,"hours":…,"episodes":…,"per_10_min":…,"by_priority":{…},…}}`; hours, rates and shares to six decimals.
    public static func line(_ load: AlarmLoad) -> String {
        var json = OrderedJSON()
        json.add("summary", object(load))
        return json.closed
    }

    /// `{"summary":{…},"other":{…},"only_this":n,"only_other":n}`: two plans over the same data.
    public static func line(_ load: AlarmLoad, against other: AlarmLoad, onlyThis: Int, onlyOther: Int) -> String {
        var json = OrderedJSON()
        json.add("summary", object(load))
        json.add("other", object(other))
        json.add("only_this", onlyThis)
        json.add("only_other", onlyOther)
        return json.closed
    }

    // MARK: Parts

    private static func add(_ episode: PlanBacktest.Episode, file: String, to json: inout OrderedJSON) {
        json.add("file", file)
        json.add("rule", episode.rule.rawValue)
        json.add("signal", episode.signal?.rawValue ?? "")
        json.add("priority", episode.priority.rawValue)
        json.add("onset_s", episode.onset)
        json.add("raised_s", episode.raised)
        json.add("ended_s", episode.ended)
        json.add("end", episode.end.rawValue)
        json.add("peak", episode.peak)
    }

    private static func object(_ load: AlarmLoad) -> OrderedJSON {
        var json = OrderedJSON()
        json.add("files", load.files)
        json.add("hours", rounded(load.hours))
        json.add("episodes", load.episodeCount)
        json.add("per_10_min", rounded(load.episodesPerTenMinutes))
        json.add("by_priority", byPriority { .count(load.episodes[$0] ?? 0) })
        json.add("calls", load.callCount)
        json.add("calls_per_10_min", rounded(load.callsPerTenMinutes))
        json.add("calls_by_priority", byPriority { .count(load.calls[$0] ?? 0) })
        json.add("share", byPriority { .number(load.share($0).map(rounded)) })
        json.add("fleeting", object([("unconfirmed", load.unconfirmed), ("short", load.short)]))
        json.add("chattering", object([("count", load.chattering.count), ("calls", load.chattering.calls)]))
        var floods = object([("count", load.floods.count)])
        floods.add("longest_s", rounded(load.floods.longest))
        json.add("floods", floods)
        json.add("standing", load.standing)
        json.add("worst_10_min", load.worstTenMinutes)
        json.add("time_to_alert_s", byPriority { .object(delays(load, $0)) })
        json.add("rules", rules(load))
        return json
    }

    private enum Part {
        case count(Int)
        case number(Double?)
        case object(OrderedJSON)
    }

    private static func byPriority(_ part: (AlertPriority) -> Part) -> OrderedJSON {
        var json = OrderedJSON()
        for priority in AlertPriority.allCases {
            switch part(priority) {
            case .count(let count): json.add(priority.rawValue, count)
            case .number(let number): json.add(priority.rawValue, number)
            case .object(let object): json.add(priority.rawValue, object)
            }
        }
        return json
    }

    private static func object(_ counts: [(String, Int)]) -> OrderedJSON {
        var json = OrderedJSON()
        for (key, count) in counts { json.add(key, count) }
        return json
    }

    private static func delays(_ load: AlarmLoad, _ priority: AlertPriority) -> OrderedJSON {
        var json = OrderedJSON()
        for (key, share) in [("median", 0.5), ("p90", 0.9), ("max", 1)] {
            json.add(key, load.delay(priority, share: share).map(rounded))
        }
        return json
    }

    private static func rules(_ load: AlarmLoad) -> OrderedJSON {
        var json = OrderedJSON()
        for (rule, part) in load.rules.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            var inner = object([("count", part.episodes)])
            inner.add("per_hour", rounded(load.perHour(part.episodes)))
            inner.add("calls", part.calls)
            inner.add("unconfirmed", part.unconfirmed)
            json.add(rule.rawValue, inner)
        }
        return json
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
