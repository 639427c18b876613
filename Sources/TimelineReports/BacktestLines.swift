import VitalsModel

/// One episode that a plan would have raised over a recording.
public struct BacktestEpisode: Sendable, Hashable {
    /// How it ended.
    public enum End: String, Sendable, Hashable {
        /// The value came back.
        case cleared
        /// The value came back, and nobody had seen the alert.
        case latched
        /// The source never came back.
        case unknown
        /// The recording ended first.
        case endOfData = "end-of-data"
    }

    /// The recording, as it was named.
    public var file: String
    /// The rule.
    public var rule: RuleID
    /// The signal's word, or an empty text where the rule watches none.
    public var signal: String
    /// The priority at the end.
    public var priority: AlertPriority
    /// When the breach began, seconds of the recording.
    public var onset: Double
    /// When the alert was raised, seconds of the recording.
    public var raised: Double
    /// When it ended, seconds of the recording; nil when it did not.
    public var ended: Double?
    /// How it ended.
    public var end: End
    /// The worst value in the rule's direction, in the signal's unit; nil where the rule has no value.
    public var peak: Double?

    /// Creates an episode.
    public init(
        file: String, rule: RuleID, signal: String, priority: AlertPriority, onset: Double, raised: Double, ended: Double?, end: End,
        peak: Double?
    ) {
        self.file = file
        self.rule = rule
        self.signal = signal
        self.priority = priority
        self.onset = onset
        self.raised = raised
        self.ended = ended
        self.end = end
        self.peak = peak
    }
}

/// The sum of a back-test.
public struct BacktestSummary: Sendable, Hashable {
    /// Recordings.
    public var files: Int
    /// Recorded time in hours, summed over the recordings.
    public var hours: Double
    /// Episodes by priority.
    public var episodes: [AlertPriority: Int]

    /// Creates a summary.
    public init(files: Int = 0, hours: Double = 0, episodes: [AlertPriority: Int] = [:]) {
        self.files = files
        self.hours = hours
        self.episodes = episodes
    }

    /// Adds one recording of `seconds` with its episodes.
    public mutating func add(seconds: Double, episodes found: [BacktestEpisode]) {
        files += 1
        hours += seconds / 3600
        for episode in found { episodes[episode.priority, default: 0] += 1 }
    }

    /// All episodes.
    public var total: Int { episodes.values.reduce(0, +) }

    /// Episodes in ten minutes of recorded time; 0 without any time. The target of alarms.md section 3 is at most 1.
    public var perTenMinutes: Double { hours > 0 ? Double(total) / (hours * 6) : 0 }
}

/// The lines of `vigil plan backtest`: one JSON object an episode, then the summary (DESIGN, section 4).
public enum BacktestLines {
    /// `{"file":…,"rule":…,"signal":…,"priority":…,"onset_s":…,"raised_s":…,"ended_s":…|null,"end":…,"peak":…}`
    public static func line(_ episode: BacktestEpisode) -> String {
        var json = OrderedJSON()
        json.add("file", episode.file)
        json.add("rule", episode.rule.rawValue)
        json.add("signal", episode.signal)
        json.add("priority", episode.priority.rawValue)
        json.add("onset_s", episode.onset)
        json.add("raised_s", episode.raised)
        json.add("ended_s", episode.ended)
        json.add("end", episode.end.rawValue)
        json.add("peak", episode.peak)
        return json.closed
    }

    /// `{"summary":{"files":…,"hours":…,"episodes":…,"per_10_min":…,"by_priority":{…}}}`; hours and rate to six decimals.
    public static func line(_ summary: BacktestSummary) -> String {
        var priorities = OrderedJSON()
        for priority in AlertPriority.allCases { priorities.add(priority.rawValue, summary.episodes[priority] ?? 0) }
        var inner = OrderedJSON()
        inner.add("files", summary.files)
        inner.add("hours", rounded(summary.hours))
        inner.add("episodes", summary.total)
        inner.add("per_10_min", rounded(summary.perTenMinutes))
        inner.add("by_priority", priorities)
        var json = OrderedJSON()
        json.add("summary", inner)
        return json.closed
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
