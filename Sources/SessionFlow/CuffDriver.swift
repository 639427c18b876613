import VitalsModel

/// Decides when a cuff that can be started is told to measure, and when to stop: by the plan's schedule, sooner after a value beyond a
/// limit, again after a failure, on a person's word. Two cuffs of a room never measure at once: they may sit on one arm.
///
/// A cuff hurts: it is never started while one measures, nor within `rest` of the end of a measurement, nor again and again when it
/// fails; and one that does not end by itself is told to.
public struct CuffDriver: Sendable, Hashable, Codable {
    /// What the driver has to know at a time.
    public struct Terms: Sendable, Hashable {
        /// The interval of the schedule; nil when none holds.
        public var interval: Duration?
        /// When the phase began.
        public var phaseEntered: BootInstant
        /// When the last measurement gave values, of whatever cuff.
        public var lastMeasured: BootInstant?
        /// How soon to repeat after a value beyond a limit.
        public var repeatAfter: Duration
        /// The cuffs that can be started and answer, the preferred one first.
        public var ready: [SourceID]
    }

    /// A start that no cuff has confirmed yet.
    struct Pending: Sendable, Hashable, Codable {
        var source: SourceID
        var at: BootInstant
    }

    /// The least pause between two automatic measurements, so that the arm can recover.
    public static let rest: Duration = .seconds(30)
    /// How long a cuff may take to begin.
    public static let beginning: Duration = .seconds(30)
    /// The longest that an adult's measurement may last (IEC 80601-2-30 names 180 s).
    public static let longest: Duration = .seconds(180)
    /// When a failed measurement is tried again.
    public static let retryAfter: Duration = .seconds(60)
    /// How often in a row it is tried again; then the next interval is waited for.
    public static let mostRetries = 2

    /// Whether a person has stopped the automatic measurements.
    public private(set) var isSuspended = false
    /// The cuffs that measure, whoever started them, and since when.
    public private(set) var measuring: [SourceID: BootInstant] = [:]
    private(set) var pending: Pending?
    /// The cuff whose present measurement was ordered here: only that one is tried again when it fails. One that a person started or
    /// stopped at the device is left alone.
    private var ordered: SourceID?
    /// Before then none is started: a cuff may still be inflated that nobody hears of.
    private var blocked: BootInstant?
    private var repeatAt: BootInstant?
    private var retryAt: BootInstant?
    private var retries = 0
    /// When the last measurement ended, with or without values.
    private var ended: BootInstant?
    /// From when on the next interval counts: the last end with values, or the one after which nothing was tried again.
    private var counted: BootInstant?
    /// When a measurement that lasts too long was last told to end.
    private var aborted: BootInstant?

    /// Creates a driver that has started nothing.
    public init() {}

    /// Whether a cuff measures or was told to.
    public var isBusy: Bool { !measuring.isEmpty || pending != nil }

    // MARK: What cuffs and people say

    /// A cuff has begun, by whatever cause.
    mutating func begin(_ source: SourceID, at now: BootInstant) {
        // Said again, it is still the same measurement: what limits its length must not begin anew.
        if measuring[source] == nil { measuring[source] = now }
        if pending?.source == source { pending = nil }
    }

    /// A measurement is over; also one that never began.
    mutating func end(_ source: SourceID, failed: Bool, at now: BootInstant) {
        let wasKnown = measuring.removeValue(forKey: source) != nil || pending?.source == source
        if pending?.source == source { pending = nil }
        guard wasKnown else { return }
        ended = now
        aborted = nil
        if !failed { succeed(at: now) } else if ordered == source { fail(at: now) }
        if ordered == source { ordered = nil }
    }

    /// A source is gone: a cuff whose cable is pulled may go on for as long as it is allowed to.
    mutating func lose(_ source: SourceID, at now: BootInstant) {
        let began = measuring[source] ?? (pending?.source == source ? pending?.at : nil)
        end(source, failed: true, at: now)
        if let began { block(until: began + Self.longest) }
    }

    private mutating func block(until instant: BootInstant) { blocked = blocked.map { max($0, instant) } ?? instant }

    /// A value came that is beyond a limit.
    mutating func valueIsBeyondLimit(at now: BootInstant, repeatAfter: Duration) { repeatAt = now + repeatAfter }

    /// A person asks for a measurement; the schedule goes on with it.
    mutating func start(_ source: SourceID, at now: BootInstant) {
        isSuspended = false
        retries = 0
        order(source, at: now)
    }

    /// A person stops what runs, and the automatic measurements with it.
    ///
    /// - Returns: the cuffs to be told.
    mutating func stop() -> [SourceID] {
        isSuspended = true
        (repeatAt, retryAt) = (nil, nil)
        retries = Self.mostRetries
        let running = Set(measuring.keys).union(pending.map { [$0.source] } ?? [])
        pending = nil
        return running.sorted()
    }

    /// Takes up after a restart: nobody knows what the cuffs do until they say so, so none is started at once.
    mutating func restore(offset: Duration, at now: BootInstant) {
        block(until: now + (isBusy ? Self.longest : Self.rest))
        (pending, measuring, aborted, ordered) = (nil, [:], nil, nil)
        repeatAt = repeatAt.map { $0 + offset }
        retryAt = retryAt.map { $0 + offset }
        ended = ended.map { $0 + offset }
        counted = counted.map { $0 + offset }
    }

    // MARK: Time

    /// When `advance` may have something to do; nil never.
    func deadline(_ terms: Terms) -> BootInstant? {
        [nextStart(terms), pending.map { $0.at + Self.beginning }, tooLong].compactMap { $0 }.min()
    }

    /// Does what is due at `now`.
    mutating func advance(to now: BootInstant, _ terms: Terms) -> [CuffOrder] {
        if let pending, pending.at + Self.beginning <= now {
            // Told to stop as well: a late beginning must not meet the next start.
            end(pending.source, failed: true, at: now)
            return [CuffOrder(command: .abort, sources: [pending.source], reason: "it has not begun within \(Self.beginning.words)")]
        }
        if let limit = tooLong, limit <= now {
            aborted = now
            let sources = measuring.filter { $0.value + Self.longest <= now }.keys.sorted()
            return [CuffOrder(command: .abort, sources: sources, reason: "it measures for more than \(Self.longest.words)")]
        }
        guard let due = nextStart(terms), due <= now, let source = terms.ready.first else { return [] }
        let reason = reasonToStart
        order(source, at: now)
        return [CuffOrder(command: .start, sources: [source], reason: reason)]
    }

    /// When the schedule, a repetition or a retry wants a measurement; nil while it cannot be.
    private func nextStart(_ terms: Terms) -> BootInstant? {
        guard !isSuspended, pending == nil, measuring.isEmpty, !terms.ready.isEmpty, let interval = terms.interval else { return nil }
        let last = [terms.lastMeasured, counted].compactMap { $0 }.max()
        var due = last.map { max($0 + interval, terms.phaseEntered) } ?? terms.phaseEntered
        if let retryAt { due = retryAt }
        if let repeatAt { due = min(due, repeatAt) }
        return [due, ended.map { $0 + Self.rest }, blocked].compactMap { $0 }.max()
    }

    private var reasonToStart: String {
        retryAt != nil
            ? "again after a failed measurement" : repeatAt != nil ? "again after a value beyond a limit" : "by the plan's schedule"
    }

    /// When a measurement that lasts too long is told to end, and told again.
    private var tooLong: BootInstant? {
        measuring.values.min().map { began in max(began + Self.longest, aborted.map { $0 + Self.beginning } ?? began) }
    }

    private mutating func order(_ source: SourceID, at now: BootInstant) {
        pending = Pending(source: source, at: now)
        ordered = source
        (repeatAt, retryAt) = (nil, nil)
    }

    private mutating func succeed(at now: BootInstant) {
        counted = now
        (retries, retryAt, repeatAt) = (0, nil, nil)
    }

    private mutating func fail(at now: BootInstant) {
        if retries < Self.mostRetries {
            retries += 1
            retryAt = now + Self.retryAfter
        } else {
            // Three failures in a row: the alert on overdue measurements calls a person, the cuff waits for the next interval.
            (retries, retryAt) = (0, nil)
            counted = now
        }
    }
}

extension Duration {
    /// `180 s`.
    fileprivate var words: String { "\(components.seconds) s" }
}
