import ControlProtocol
import Testing

@testable import BenchmarkRuns

@Suite("Reports of benchmarks")
struct ReportTests {
    private let machine = MachineDescription(cores: 2, kernel: "6.1", build: "release")

    @Test("quantiles are measured values, the smallest that so many are not above")
    func quantiles() {
        var latencies = LatencyQuantiles()
        for nanoseconds in (1...1000).reversed() { latencies.add(Int64(nanoseconds) * 1000) }
        #expect(latencies.milliseconds == ["p50": 0.5, "p99": 0.99, "p99_9": 0.999, "max": 1])
        var single = LatencyQuantiles()
        single.add(2_000_000)
        #expect(Set(single.milliseconds.values) == [2])
        #expect(Set(LatencyQuantiles().milliseconds.values) == [0])
    }

    @Test("rounds give the median and the spread; an even number of them the mean of the middle two")
    func rounds() {
        let figure = BenchmarkFigure(name: "rows", unit: "/s", rounds: [4, 1, 3, 2])
        #expect(figure.values == ["median": 2.5, "least": 1, "most": 4])
        #expect(figure.count == 4)
    }

    @Test(
        "numbers keep four digits",
        arguments: [
            (178_123.4, 178_100), (0.123456, 0.1235), (9.9996, 10), (0, 0), (-12.3456, -12.35), (449_123_456, 449_100_000),
            (33_333_333_333_333, 33_330_000_000_000),
        ])
    func digits(number: Double, rounded: Double) {
        #expect(number.roundedToFourDigits == rounded)
    }

    @Test("the JSON is one line and says the same as the table")
    func json() throws {
        let report = BenchmarkReport(
            benchmark: "latency", machine: machine,
            figures: [BenchmarkFigure(name: "relay", unit: "ms", count: 9, values: ["p50": 0.2])],
            comparisons: [BenchmarkComparison(what: "reading / relay", measured: 2.5, .atMost, 3, unit: "x")])
        let text = try report.json()
        #expect(!text.contains("\n"))
        #expect(try ControlJSON.decode(BenchmarkReport.self, from: text.utf8) == report)
        #expect(
            report.lines == [
                "latency: 2 cores, kernel 6.1, release build", "  relay            p50 0.2 ms  (9)",
                "  reading / relay  2.5 x  (budget <= 3 x)",
            ])
    }
}
