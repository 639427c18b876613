import AlertEngine
import SessionFlow
import VitalsModel

/// Reads a plan file: the reviewed rules of one kind of session.
public enum PlanReader {
    /// Reads and checks a plan.
    ///
    /// Every fault is listed, not only the first. Beside what cannot be read (syntax, unknown and duplicate keys, wrong types)
    /// a plan is refused when a rule can never alert or always would (see `PlanLint`). A plan that nobody signed is taken with
    /// a warning.
    /// - Parameters:
    ///   - text: the file, byte for byte; the plan keeps it.
    ///   - file: the file's name for messages.
    ///   - hash: SHA-256 of `text`, lower-case hexadecimal, computed by the caller.
    public static func read(text: String, file: String, hash: String) -> ReadResult<SessionPlan> {
        let log = FaultLog(file: file)
        let plan = YAMLDocument.root(of: text, log: log)
            .flatMap { Field(node: $0, path: .root, log: log).map() }
            .flatMap { makePlan(from: $0, text: text, hash: hash) }
        return ReadResult(value: plan, faults: log.sorted)
    }

    private static func makePlan(from map: MapReader, text: String, hash: String) -> SessionPlan? {
        let id = map.required("id", "the name of the plan, as in iv-ketamine")?.identifier()
        let version = map.required("version", "a whole number that the clinic raises with every change")?.integer(in: 1...1_000_000)
        let title = map.required("title", "what people read")?.line(upTo: 80)
        let route = map.required("route", "how the drug is given, or none")?.word(among: routes)
        let signature = PlanReview.read(from: map)
        let outline = PlanOutline.read(from: map)
        let baseline = readBaselineMethod(map.field("baseline")?.map())
        let response = readResponseTimes(map.field("response")?.map())
        let filters = map.field("filter")?.map().map(readFilters) ?? [:]
        let rules = RuleListReader(outline: outline).read(map.required("rules", "when to alert"))
        map.finish()
        PlanLint(outline: outline, rules: rules, log: map.log).run()
        guard let id, let version, let title, let route, let phases = outline.phases else { return nil }
        return SessionPlan(
            id: id, version: version, title: title, route: route, phases: phases, expected: outline.expected.map(\.value),
            cuff: outline.cuff, baseline: baseline, response: response, rules: rules.rules.map(\.rule), filters: filters, text: text,
            hash: hash, signature: signature)
    }

    /// The words of `SessionPlan.route`.
    private static let routes = ["iv", "im", "oral", "nasal", "none"]
}
