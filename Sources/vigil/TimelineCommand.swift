import ArgumentParser
import ControlClient
import ControlProtocol
import MonitorService
import TimelineReports
import VitalsModel

/// `vigil timeline`.
struct TimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Prints the readings and entries of a session.",
        discussion: "csv has the header time_s,signal,value, as every command takes it; json has all that is known of each reading.")

    /// The forms of a timeline.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, json, csv
    }

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The session, for example s12.")
    var session: String
    @Option(help: "Seconds since the session's start.")
    var from: Double?
    @Option(help: "Seconds since the session's start.")
    var to: Double?
    @Option(help: "Only these signals, with commas: spo2,heart_rate.")
    var signals: String?
    @Option(help: "At most so many readings; the extremes of each stretch stay.")
    var maxPoints: Int?
    @Option(help: "How to print.")
    var format: Format = .table
    @Flag(help: "The same as --format json.")
    var json = false

    func validate() throws {
        if let maxPoints, maxPoints < 1 { throw ValidationError("--max-points is \(maxPoints); expected at least 1") }
        if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    }

    func run() async throws {
        let id = try parseSession(session)
        let query = TimelineQuery(from: from, to: to, signals: try wantedSignals(), maximumPoints: maxPoints)
        let timeline: Timeline
        if let store = try database.store {
            timeline = try store.timeline(of: id, range(query))
        } else {
            timeline = try await daemon.withClient { try await $0.timeline(of: id, query) }
        }
        switch json ? .json : format {
        case .json: try StandardOutput.write(lines: [ControlJSON.text(timeline)])
        case .csv: try StandardOutput.write(lines: TimelineCSV.lines(timeline))
        case .table: try StandardOutput.write(lines: TimelineTable.lines(timeline, clock: .machine))
        }
    }

    private func range(_ query: TimelineQuery) -> TimelineRange {
        TimelineRange(
            from: query.from, to: query.to, signals: query.signals.isEmpty ? nil : Set(query.signals), mostPoints: query.maximumPoints)
    }

    private func wantedSignals() throws -> [Signal] {
        try (signals ?? "").split(separator: ",").map { name in
            guard let signal = Signal(rawValue: String(name)) else {
                let known = Signal.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no signal \"\(name)\"; expected some of \(known)")
            }
            return signal
        }
    }
}
