import ArgumentParser
import ControlClient
import ControlProtocol
import Demonstration
import Glibc
import LinuxIO
import Logging
import MonitorService
import ServiceConfiguration
import SessionFlow
import TimelineReports
import VitalsModel

/// `vigil demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows a whole session: daemon, simulated monitor and patient, nurse and tail in one process.",
        discussion: """
            No root, no hardware, no configuration. The simulated monitor speaks the real protocol on a pseudo-terminal; its bytes \
            go through the same decoder, alert engine and store as in a clinic. Two hours take about two minutes.
            """)

    @Option(help: "How many times faster than life, 1 to 1000; a slow machine takes longer.")
    var speed = 60.0
    @Option(help: "The plan: an id (iv-ketamine) or a file.")
    var plan = "iv-ketamine"
    @Option(help: "How many rooms, 1 to 8.")
    var rooms = 1
    @Option(help: "The simulated patient; the same number shows the same session.")
    var seed: UInt64 = 1
    @Option(help: "Where to keep the database (default: a new folder under /tmp).")
    var directory: String?
    @Flag(help: "One JSON object an event, as vigil tail --json prints them.")
    var json = false
    @Flag(help: "No colours.")
    var noColor = false

    func validate() throws {
        guard (1...1000).contains(speed) else { throw ValidationError("--speed is \(speed); expected 1 to 1000") }
        guard (1...8).contains(rooms) else { throw ValidationError("--rooms is \(rooms); expected 1 to 8") }
    }

    func run() async throws {
        let read = try InstallationFiles.plan(try PlanSearch.file(of: plan))
        guard let plan = read.value else {
            throw CommandFailure(description: read.errors.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
        }
        let folder = try directory ?? PlanSearch.newFolder()
        let demonstration = Demonstration(.init(speed: speed, plan: plan, rooms: rooms, directory: folder, seed: seed))
        if !json { try StandardOutput.write(lines: opening(plan, demonstration)) }
        let tail = DemoTail(screen: TailScreen(style: .screen(colour: !noColor), room: nil, isJSON: json))
        var logger = Logger(label: "vigild")
        logger.logLevel = .error
        let outcome = try await demonstration.run(logger: logger) { await tail.show($0) }
        if !json { try StandardOutput.write(lines: closing(outcome)) }
    }

    /// This program as it was called, so that the commands that are named can be typed as they stand.
    private static var program: String { CommandLine.arguments.first ?? "vigil" }

    private func opening(_ plan: SessionPlan, _ demonstration: Demonstration) -> [String] {
        [
            "Vigil demonstration: \(plan.title), two hours at \(speed.shortText) times life, simulated patient \(seed).",
            "Not a medical device; every value below is simulated. In another terminal:",
            "  \(Self.program) tail --socket \(demonstration.socketPath)",
            "",
        ]
    }

    private func closing(_ outcome: Demonstration.Outcome) -> [String] {
        let raised = AlertPriority.allCases.reversed().map { "\(outcome.raised[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        let minutes = Int(outcome.patientTime.inSeconds / 60)
        return [
            "",
            "The session is over: \(minutes) minutes of patient time in \(Int(outcome.took.inSeconds)) s.",
            "Stored: \(outcome.readings) readings and \(outcome.entries) entries; alerts raised: \(raised).",
            "Look at it:",
        ]
            + outcome.sessions.flatMap { session in
                [
                    "  \(Self.program) timeline \(session) --database \(outcome.databasePath) | less",
                    "  \(Self.program) timeline \(session) --database \(outcome.databasePath) --signals nibp_systolic --format csv",
                ]
            }
    }
}

/// The demonstration's tail; one item is printed at a time.
private actor DemoTail {
    private var screen: TailScreen

    init(screen: TailScreen) { self.screen = screen }

    func show(_ item: FollowerItem) {
        do {
            try StandardOutput.write(lines: screen.lines(for: item, at: BootClock.now()))
        } catch {
            StandardOutput.writeError("vigil demo: \(error)\n")
        }
    }
}
