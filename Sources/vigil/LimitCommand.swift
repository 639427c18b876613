import ArgumentParser
import ControlClient
import ControlProtocol
import VitalsModel

/// `vigil limit`.
struct LimitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Changes the limits of a rule for the rest of a session.",
        discussion: """
            What is not named stays as it is now, and the next session begins with the plan again. Only inside the bounds that the \
            plan gives; to loosen a rule of high priority a second person must agree: vigil countersign.
            """)

    @OptionGroup var action: SessionActionOptions
    @Argument(help: "The rule, for example spo2-low-92.")
    var rule: String
    @Option(help: "The limit, in the rule's unit.")
    var to: Double?
    @Option(help: "How long a value must stay beyond the limit: 15s.")
    var after: String?
    @Option(help: "low, medium or high.")
    var priority: String?
    @Flag(help: "Switch the rule off.")
    var off = false
    @Flag(help: "Back to the plan.")
    var plan = false
    @Option(help: "Why.")
    var reason: String

    func validate() throws {
        let isChange = to != nil || after != nil || priority != nil
        guard [isChange, off, plan].count(where: { $0 }) == 1 else {
            throw ValidationError("say what is to change: --to, --after and --priority, or --off, or --plan")
        }
    }

    func run() async throws {
        let named = RuleID(rule)
        try await action.act { client, session in
            let before = plan ? nil : try await client.session(session).limits.first { $0.rule == named }?.change
            let change = try changed(before ?? RuleOverride())
            return try await client.changeLimits(ChangeLimits(rule: named, change: change, reason: reason), in: session)
        }
    }

    /// The route says how the rule differs from then on, a person what is to be otherwise than now.
    private func changed(_ before: RuleOverride) throws -> RuleOverride {
        if plan { return RuleOverride() }
        var change = before
        change.isOff = off
        if let to { change.limit = to }
        if let after { change.onDelay = try parseDuration(after, of: "--after").inSeconds }
        if let priority { change.priority = try parsePriority(priority) }
        return change
    }

    private func parsePriority(_ text: String) throws -> AlertPriority {
        guard let priority = AlertPriority(rawValue: text) else {
            throw ValidationError("--priority: \"\(text)\" is none of low, medium, high")
        }
        return priority
    }
}
