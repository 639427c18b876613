import AlertEngine
import SessionFlow
import VitalsModel

/// A plan as a page that a clinician can read and sign: everything that decides, in words. The same content as text
/// (`PlanPageText`), as a printable page (`PlanPageHTML`) and as data (`Encodable`; all times in seconds).
public struct PlanPage: Encodable, Sendable {
    /// What the program is and is not; on every page that somebody signs.
    public static let position =
        "Vigil is not a cleared medical device. The bedside monitor's own alarms stay on and come first; Vigil is a second annunciator "
        + "and a recorder."

    /// The plan's id.
    public var plan: String
    /// Its version.
    public var version: Int
    /// What people read.
    public var title: String
    /// How the drug is given.
    public var route: String
    /// SHA-256 of the file.
    public var sha256: String
    /// Who reviewed it; nil as long as nobody has signed.
    public var review: PlanSignature?
    /// The sentence of `position`.
    public var position = Self.position
    /// The phases in order.
    public var phases: [SessionPhase]
    /// The streams that a session must have.
    public var expected: [Stream]
    /// The cuff's intervals, in order.
    public var cuff: [CuffStep]
    /// How soon a cuff that can be started measures again after a value beyond a limit, in seconds; nil without a schedule.
    public var cuffRepeatAfter: Double?
    /// How the baseline is taken.
    public var baseline: Baseline
    /// What happens to alerts that nobody answers, and to answered ones that stay.
    public var response: Response
    /// The rules, those that watch one thing together.
    public var groups: [Group]

    private enum CodingKeys: String, CodingKey {
        case plan, version, title, route, sha256, review, position, phases, expected, cuff, baseline, response, groups
        case cuffRepeatAfter = "cuff_repeat_after_s"
    }

    /// One stream that a session must have.
    public struct Stream: Encodable, Sendable {
        /// The signal.
        public var signal: Signal
        /// How often values come, in seconds.
        public var period: Double
        /// From which age on the last value is no longer current, in seconds.
        public var stale: Double
        /// Of how many values the rules see the median; 1: each value.
        public var filter: Int

        private enum CodingKeys: String, CodingKey {
            case signal, filter
            case period = "every_s"
            case stale = "stale_after_s"
        }
    }

    /// One step of the cuff's schedule.
    public struct CuffStep: Encodable, Sendable {
        /// The phase.
        public var phase: SessionPhase
        /// Since when after the beginning of the phase, in seconds.
        public var from: Double
        /// Until when after the beginning of the phase, in seconds; nil to its end.
        public var to: Double?
        /// The interval in seconds.
        public var every: Double
        /// The grace in seconds.
        public var grace: Double

        private enum CodingKeys: String, CodingKey {
            case phase
            case from = "from_s"
            case to = "to_s"
            case every = "every_s"
            case grace = "grace_s"
        }
    }

    /// Rules that watch one thing, the gravest first.
    public struct Group: Encodable, Sendable {
        /// What they watch: `Heart rate, above`.
        public var title: String
        /// The family; nil for rules that stand alone.
        public var family: String?
        /// The rules.
        public var rules: [Rule]
    }

    /// The page of a plan.
    public init(_ plan: SessionPlan) {
        self.plan = plan.id
        version = plan.version
        title = plan.title
        route = plan.route
        sha256 = plan.hash
        review = plan.signature
        phases = plan.phases
        expected = plan.expected.map { stream in
            Stream(
                signal: stream.signal, period: stream.period.inSeconds, stale: MissingRule.standardStale(period: stream.period).inSeconds,
                filter: plan.filters[stream.signal] ?? 1)
        }
        cuff = Self.steps(plan.cuff)
        cuffRepeatAfter = plan.cuff.steps.isEmpty ? nil : plan.cuff.repeatAfter.inSeconds
        baseline = Baseline(plan.baseline)
        response = Response(plan.response)
        groups = Self.groups(plan)
    }

    /// What the plan is, as label and text.
    var facts: [(label: String, text: String)] {
        [
            ("Plan", plan), ("Version", "\(version)"), ("Route", PlanWords.route(route)), ("SHA-256", sha256),
            ("Review", review.map { "\($0.reviewer), \($0.date)" } ?? "nobody has signed this plan yet"),
        ]
    }

    /// What a reader of the rules must know and no rule says by itself.
    var rulesNote: [String] {
        [
            "\(groups.map(\.rules.count).reduce(0, +)) rules. Rules of one family watch one thing at rising gravity: the gravest stands "
                + "first, and only the gravest that is true is announced. Stars mark alerts about the patient, exclamation marks those "
                + "about devices and duties.",
            "Where several cuff readings must agree, the time in which they come is never shorter than the current cuff interval with its "
                + "grace. An alert about missing values comes one priority higher when the last value was beyond a limit.",
        ]
    }

    /// What a signature consists of.
    static let signatureFields = ["Name", "Role", "Date", "Signature"]

    /// What the signature means, or whose it is.
    var signatureNote: String {
        guard let review else {
            return "Nobody has signed this plan yet. I have read every line of this page, and take these limits, times and texts for the "
                + "sessions of this clinic."
        }
        return "The plan says that \(review.reviewer) reviewed it on \(review.date)."
    }

    /// The steps, each from where the one before it in the same phase ends.
    private static func steps(_ cuff: CuffSchedule) -> [CuffStep] {
        cuff.steps.indices.map { index in
            let step = cuff.steps[index]
            let earlier = cuff.steps[..<index].last { $0.phase == step.phase }
            return CuffStep(
                phase: step.phase, from: earlier?.lasting?.inSeconds ?? 0, to: step.lasting?.inSeconds, every: step.every.inSeconds,
                grace: cuff.grace(for: step.every).inSeconds)
        }
    }

    /// Families in the order of the file, the gravest rule first; rules on time alone together at the end.
    private static func groups(_ plan: SessionPlan) -> [Group] {
        var groups: [Group] = []
        var timed: [Rule] = []
        for rule in plan.rules {
            let page = Rule(rule, in: plan)
            if rule.condition.side == nil, rule.family == nil {
                timed.append(page)
            } else if let family = rule.family, let index = groups.firstIndex(where: { $0.family == family }) {
                groups[index].rules.insert(page, at: 0)
            } else {
                groups.append(Group(title: PlanWords.watched(rule.condition), family: rule.family, rules: [page]))
            }
        }
        return groups + (timed.isEmpty ? [] : [Group(title: "Devices and duties", family: nil, rules: timed)])
    }
}

extension PlanPage.Group {
    /// The title, with the family that the file calls it.
    var heading: String { family.map { "\(title) (family \($0))" } ?? title }
}

extension PlanPage.Stream {
    /// The heads of the columns of `cells`.
    static let head = ["signal", "a value every", "no longer current after", "rules see"]

    /// The stream as a row of a table.
    var cells: [String] { [signal.title, PlanWords.time(period), PlanWords.time(stale), PlanWords.filter(filter)] }
}

extension PlanPage.CuffStep {
    /// The heads of the columns of `cells`.
    static let head = ["phase", "from", "to", "every", "grace", "overdue after"]

    /// The step as a row of a table.
    var cells: [String] {
        let end = to.map(PlanWords.time) ?? "its end"
        return [
            phase.rawValue, from == 0 ? "its start" : PlanWords.time(from), end, PlanWords.time(every), PlanWords.time(grace),
            PlanWords.time(every + grace),
        ]
    }
}

extension PlanPage {
    /// When the cuff measures again out of turn.
    var cuffRepeat: String? {
        cuffRepeatAfter.map {
            "Times count from the beginning of the phase. A cuff that can be started from outside is started by this schedule, and again "
                + "\(PlanWords.time($0)) after a value beyond a limit; with any other cuff it only says when a measurement is overdue."
        }
    }
}
