import ArgumentParser
import BenchmarkRuns
import Glibc
import LinuxIO

/// `vigil-bench evidence`.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "The rules of a plan beside a naive alarm on real recordings, as a page in Markdown.")

    @Option(help: "The folder with the recorded vital signs and their INDEX.csv.")
    var data = "../shared/data/vitals"
    @Option(help: "The plan file.")
    var plan = "Config/plans/iv-ketamine.yaml"
    @Option(name: .shortAndLong, help: "The file to write; left out, standard output.")
    var output: String?

    func run() throws {
        let page = try EvidenceBenchmark(data: data, plan: plan).run()
        guard let output else { return print(page, terminator: "") }
        guard let file = fopen(output, "w") else { throw SystemError("write the page", path: output, code: errno) }
        let isWritten = fputs(page, file) >= 0
        guard fclose(file) == 0, isWritten else { throw SystemError("write the page", path: output, code: errno) }
    }
}
