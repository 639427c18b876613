import ArgumentParser
import BenchmarkRuns
import ControlClient
import Glibc
import LinuxIO

/// `vigil-bench`: figures, each beside a yardstick of the same run. It asserts nothing.
@main struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vigil-bench", abstract: "Measures Vigil beside yardsticks in the same run.",
        discussion: "Figures count only from a release build: swift build -c release && .build/release/vigil-bench latency",
        subcommands: [LatencyCommand.self, StoreCommand.self, BacktestCommand.self, EvidenceCommand.self, RelayCommand.self])

    /// Runs the command; a failure is said in one line.
    static func main() async {
        // A relay whose follower is gone learns it from its write.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as BenchmarkFailure {
            end(failure.description, failure.status)
        } catch let error as SystemError {
            end(error.description, EX_OSERR)
        } catch let error as ControlClientError {
            end("\(error)", EX_UNAVAILABLE)
        } catch {
            exit(withError: error)
        }
    }

    private static func end(_ words: String, _ status: Int32) -> Never {
        let bytes = Array("vigil-bench: \(words)\n".utf8)
        // Where even this fails there is nobody left to tell; the exit code says it.
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        Glibc.exit(status)
    }
}

/// How a report is printed.
struct ReportOptions: ParsableArguments {
    @Flag(help: "One line of JSON instead of a table.")
    var json = false

    func print(_ report: BenchmarkReport) throws {
        Swift.print(json ? try report.json() : report.lines.joined(separator: "\n"))
    }
}
