import ArgumentParser

/// `vigil`: every command that a person types.
@main struct VigilCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vigil",
        abstract: "Watches people during in-clinic ketamine sessions: alerts, and one timeline of the session.",
        discussion: """
            Not a cleared medical device. The bedside monitor's own alarms stay primary and on; Vigil is a second \
            annunciator and a recorder.

            Exit codes: 0 done, 1 checked and found wrong, 64 wrong usage, 65 refused or bad input, 66 a file is missing or unreadable, \
            69 the daemon cannot be reached, 77 not permitted, 78 a configuration or plan has errors.
            """,
        subcommands: commands)

    /// The commands, in the order of the help.
    static let commands: [any ParsableCommand.Type] = [
        DemoCommand.self, TailCommand.self, SessionCommand.self, AcknowledgeCommand.self, SilenceCommand.self, ShelveCommand.self,
        UnshelveCommand.self, LimitCommand.self, CountersignCommand.self, BaselineCommand.self, CallCommand.self, ScaleCommand.self,
        NoteCommand.self, CuffGroup.self, TimelineCommand.self, DeviceCommand.self, PlanCommand.self,
    ]

    /// Runs the command; the exit code is chosen by `ExitStatus`.
    static func main() async {
        StandardOutput.ignoreBrokenPipes()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch is StandardOutput.ReaderGone {
            // `vigil timeline s1 | head`: the reader has what it wanted.
            return
        } catch {
            ExitStatus.end(with: error)
        }
    }
}
