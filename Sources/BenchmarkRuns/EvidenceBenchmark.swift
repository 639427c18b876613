import Glibc
import LinuxIO
import ServiceConfiguration
import SessionFlow
import VitalsModel

/// The shipped rules beside a naive alarm on real recordings, as a page in Markdown. It holds counts and delays only, no recording, and
/// is the same on each run with the same plan and data.
public struct EvidenceBenchmark: Sendable {
    /// The folder with the recorded vital signs and their `INDEX.csv`.
    public var data: String
    /// The plan file.
    public var plan: String

    /// Creates a run.
    public init(data: String, plan: String) {
        self.data = data
        self.plan = plan
    }

    /// Runs it on all cores.
    ///
    /// - Returns: the page.
    /// - Throws: `SystemError`, `BenchmarkFailure`.
    public func run() throws -> String {
        let text = String(decoding: try readWholeFile(plan), as: UTF8.self)
        let read = PlanReader.read(text: text, file: plan, hash: "")
        guard let plan = read.value else {
            throw BenchmarkFailure(read.errors.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
        }
        let folder = EvidenceFolder(path: data)
        let items = try folder.items()
        let trial = EvidenceTrial(plan: plan)
        var report = EvidenceReport(plan: plan)
        var bar = ProgressBar("evidence")
        defer { bar.finish() }
        try AllCores.inOrder(items, work: { trial.run(try folder.recording($0)) }) { index, outcome in
            report.take(outcome)
            bar.show(Double(index + 1) / Double(items.count))
        }
        return report.page
    }
}
