import ArgumentParser
import ControlClient
import ControlProtocol
import Glibc
import LinuxIO
import TimelineReports
import UnixSignals
import VitalsModel

/// `vigil tail`: the state, then every announcement as it comes.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Shows the state, then follows the alerts; resumes by itself, and says when the daemon is lost.",
        discussion: """
            A line has: time, time since the first dose, room, priority (*** patient, !!! equipment), signal with value and limit, \
            duration, what changed, episode. End it with Ctrl-C. With --json each line is one event; losses go to standard error.
            """)

    @OptionGroup var daemon: DaemonOptions
    @Option(help: "Begin after this entry: a number, or a token such as 1a2b3c4d-17.")
    var since: String?
    @Option(help: "Only this room.")
    var room: String?
    @Flag(help: "One JSON object an event.")
    var json = false
    @Flag(help: "No colours.")
    var noColor = false
    @Flag(help: "Show the state and end.")
    var once = false
    @Flag(help: "Wait for a daemon that is not there yet.")
    var wait = false

    func run() async throws {
        try await daemon.withClient { client in
            if once { return try await showState(client) }
            // Ctrl-C is the usual end of a tail, and no failure.
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in signals { return } }
                group.addTask { try await follow(client) }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func showState(_ client: ControlClient) async throws {
        let state = try await client.state()
        var screen = TailScreen(style: .screen(colour: !noColor), room: room.map { RoomID($0) }, isJSON: json)
        try StandardOutput.write(lines: json ? [ControlJSON.text(state)] : screen.lines(for: .state(state), at: BootClock.now()))
    }

    private func follow(_ client: ControlClient) async throws {
        let token = try await startingPoint(client)
        let room = room.map { RoomID($0) }
        var screen = TailScreen(style: .screen(colour: !noColor), room: room, isJSON: json)
        for try await item in client.follow(after: token, room: room, waitsForDaemon: wait) {
            let lines = try screen.lines(for: item, at: BootClock.now())
            if json, screen.isNotice(item) {
                StandardOutput.writeError(lines.map { $0 + "\n" }.joined())
            } else {
                try StandardOutput.write(lines: lines)
            }
        }
    }

    /// Where `--since` points to; a bare number belongs to the daemon's present store.
    private func startingPoint(_ client: ControlClient) async throws -> ResumeToken? {
        guard let since else { return nil }
        if let token = ResumeToken(since) { return token }
        guard let number = Int64(since), number >= 0 else {
            throw ValidationError("--since is \"\(since)\"; expected the number of an entry, or a token such as 1a2b3c4d-17")
        }
        guard let last = ResumeToken(try await client.state().token) else { return nil }
        guard number <= last.number else {
            throw CommandFailure(description: "there is no entry \(number) yet; the last one is \(last.number)", status: EX_DATAERR)
        }
        return ResumeToken(epoch: last.epoch, number: number)
    }
}
