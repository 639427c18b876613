import VitalsModel

/// What the alerts of some recordings would have asked of people, in the measures of alarms.md, section 3.
///
/// An episode that a graver one of its family spoke for to the end is an episode but no call: nobody would have heard it. Rates,
/// shares, chattering, floods and the worst ten minutes are those of calls; times to alert and standing those of episodes. What is
/// close in time counts only within one recording.
public struct AlarmLoad: Sendable, Hashable {
    /// One rule's part.
    public struct RuleLoad: Sendable, Hashable {
        /// Episodes.
        public var episodes = 0
        /// Episodes that people were called for.
        public var calls = 0
        /// Breaches that went before they were confirmed.
        public var unconfirmed = 0
    }

    /// Calls in so short a time that nobody can work on them: more than 10 within 10 minutes.
    public struct Floods: Sendable, Hashable {
        /// How many stretches of calls.
        public var count = 0
        /// From the first to the last call of the longest, seconds.
        public var longest = 0.0
    }

    /// A rule that calls at least three times within a minute.
    public struct Chattering: Sendable, Hashable {
        /// How many stretches of calls.
        public var count = 0
        /// The calls in them.
        public var calls = 0
    }

    /// Recordings.
    public private(set) var files = 0
    /// From the first to the last reading of each, hours.
    public private(set) var hours = 0.0
    /// Readings that were evaluated.
    public private(set) var readings = 0
    /// Readings without a usable time or value.
    public private(set) var rejected = 0
    /// Episodes by priority.
    public private(set) var episodes: [AlertPriority: Int] = [:]
    /// Episodes that people were called for, by priority.
    public private(set) var calls: [AlertPriority: Int] = [:]
    /// Breaches that went before they were confirmed.
    public private(set) var unconfirmed = 0
    /// Episodes whose value was back inside the clear limit, for good, less than 10 s after they were raised.
    public private(set) var short = 0
    /// Stretches of chattering.
    public private(set) var chattering = Chattering()
    /// Stretches of flood.
    public private(set) var floods = Floods()
    /// Episodes that stood longer than 30 minutes.
    public private(set) var standing = 0
    /// The most calls in any 10 minutes of one recording.
    public private(set) var worstTenMinutes = 0
    /// From onset to raise of each episode, seconds, by priority; not in any order.
    public private(set) var delays: [AlertPriority: [Double]] = [:]
    /// The part of each rule that had an episode or an unconfirmed breach.
    public private(set) var rules: [RuleID: RuleLoad] = [:]

    /// The load of nothing.
    public init() {}

    /// Adds one recording: its episodes in the order in which they were raised, and what else the back-test of it alone came to.
    public mutating func add(_ found: [PlanBacktest.Episode], of recording: PlanBacktest.Summary) {
        files += recording.files
        hours += recording.hours
        readings += recording.readings
        rejected += recording.rejected
        for (rule, count) in recording.fleeting {
            unconfirmed += count
            rules[rule, default: RuleLoad()].unconfirmed += count
        }
        for episode in found { add(episode) }
        standing += found.count { ($0.ended ?? recording.end) - $0.raised > Self.standingSeconds }
        let called = found.compactMap { episode in episode.called.map { Call(at: $0, rule: episode.rule) } }.sorted { $0.at < $1.at }
        addFloods(called.map(\.at))
        for calls in Dictionary(grouping: called, by: \.rule).values { addChattering(calls.map(\.at)) }
    }

    private struct Call {
        var at: Double
        var rule: RuleID
    }

    private mutating func add(_ episode: PlanBacktest.Episode) {
        episodes[episode.priority, default: 0] += 1
        delays[episode.priority, default: []].append(episode.raised - episode.onset)
        rules[episode.rule, default: RuleLoad()].episodes += 1
        if let returned = episode.returned, returned - episode.raised < Self.shortSeconds { short += 1 }
        guard episode.called != nil else { return }
        calls[episode.priority, default: 0] += 1
        rules[episode.rule, default: RuleLoad()].calls += 1
    }

    // MARK: What is close in time

    private static let shortSeconds = 10.0
    private static let standingSeconds = 1800.0
    private static let floodWindow = 600.0
    private static let floodCalls = 10
    private static let chatterWindow = 60.0
    private static let chatterCalls = 3

    /// `times` in ascending order, of one recording.
    private mutating func addFloods(_ times: [Double]) {
        worstTenMinutes = max(worstTenMinutes, Self.mostTogether(times, within: Self.floodWindow))
        for stretch in Self.stretches(of: times, atLeast: Self.floodCalls + 1, within: Self.floodWindow) {
            floods.count += 1
            floods.longest = max(floods.longest, times[stretch.upperBound] - times[stretch.lowerBound])
        }
    }

    /// `times` in ascending order, of one rule in one recording.
    private mutating func addChattering(_ times: [Double]) {
        for stretch in Self.stretches(of: times, atLeast: Self.chatterCalls, within: Self.chatterWindow) {
            chattering.count += 1
            chattering.calls += stretch.count
        }
    }

    private static func mostTogether(_ times: [Double], within window: Double) -> Int {
        var first = 0
        var most = 0
        for last in times.indices {
            while times[last] - times[first] > window { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    /// The places of calls that belong to some `count` calls `within` a time; groups that share a call are one stretch.
    private static func stretches(of times: [Double], atLeast count: Int, within window: Double) -> [ClosedRange<Int>] {
        guard times.count >= count else { return [] }
        var found: [ClosedRange<Int>] = []
        for last in (count - 1)..<times.count where times[last] - times[last - count + 1] <= window {
            let first = last - count + 1
            if let before = found.last, before.upperBound >= first {
                found[found.count - 1] = before.lowerBound...last
            } else {
                found.append(first...last)
            }
        }
        return found
    }
}

extension AlarmLoad {
    /// All episodes.
    public var episodeCount: Int { episodes.values.reduce(0, +) }
    /// All episodes that people were called for.
    public var callCount: Int { calls.values.reduce(0, +) }
    /// Episodes in 10 minutes.
    public var episodesPerTenMinutes: Double { perHour(episodeCount) / 6 }
    /// Calls in 10 minutes (alarms.md, section 3: one is normal, two the most).
    public var callsPerTenMinutes: Double { perHour(callCount) / 6 }

    /// So many in an hour of recorded time; 0 without any time.
    public func perHour(_ count: Int) -> Double { hours > 0 ? Double(count) / hours : 0 }

    /// The share of a priority among all calls, 0 to 1; nil without any.
    public func share(_ priority: AlertPriority) -> Double? {
        callCount > 0 ? Double(calls[priority] ?? 0) / Double(callCount) : nil
    }

    /// The delay from onset to raise that so large a share of the episodes of a priority did not exceed, seconds; always one
    /// that was measured; nil without any.
    public func delay(_ priority: AlertPriority, share: Double) -> Double? { delays[priority].flatMap { Quantile.of($0, share: share) } }
}

/// Quantiles that are measured values: no mean of two neighbours, which nobody has seen.
public enum Quantile {
    /// The smallest value that at least `share` (0 to 1) of the values are not above; nil without values.
    public static func of(_ values: [Double], share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values.sorted()[min(max(rank, 1), values.count) - 1]
    }
}
