import MonitorTesting
import SessionFlow
import Testing
import VitalsModel

/// Real people, real devices: what the plan says must agree with what the recordings show.
@Suite struct RecordedVitalsTests {
    private func samples(_ name: String, in data: TestData) throws -> [PlanBacktest.Sample] {
        try data.lines(name).dropFirst().compactMap { line in
            let fields = line.split(separator: ",")
            guard fields.count == 3, let time = Double(fields[0]), let signal = Signal(rawValue: String(fields[1])),
                let value = Double(fields[2])
            else { return nil }
            return (time, signal, value)
        }
    }

    /// Induced hypoxia: each person is taken below 85 % on purpose. The real monitor's own low-saturation alarm (`monitor_status_SL`,
    /// on while the value is below 85) is the reference: a deep rule without delay and deadband must begin and end with it.
    @Test(arguments: [1, 2, 4, 6]) func `a deep limit without delay follows the real monitor's own alarm`(subject: Int) throws {
        guard let data = try TestData.find() else { return }
        let plan = try BacktestPlan.plan("rule deep: SpO2 below 85, high, clear 0s, latching never\nstream SpO2 every 30s")
        for device in ["oximeter2_n600x", "oximeter4_n600x"] {
            let name = "vitals/hypoxia_uw/subject\(subject)_\(device)"
            let readings = try samples("\(name).csv", in: data)
            var backtest = PlanBacktest(plan: plan)
            let found = backtest.run(series: readings)
            // One word of a line is `monitor_status_SL`, the next `on` or `off`.
            let turns = try data.lines("\(name).annotations.csv").map { $0.split(separator: ",") }.filter { $0[1] == "monitor_status_SL" }
            let begins = turns.filter { $0[2] == "on" }.compactMap { Double($0[0]) }
            try #require(!begins.isEmpty)
            #expect(found.map(\.raised) == begins, "\(name)")
            #expect(found.compactMap(\.ended) == turns.filter { $0[2] == "off" }.compactMap { Double($0[0]) }, "\(name)")
            #expect(found.allSatisfy { $0.peak < 85 && $0.peak >= 50 })
        }
    }

    @Test(arguments: [1, 2, 4, 6]) func `graded limits rise in their order in induced hypoxia`(subject: Int) throws {
        guard let data = try TestData.find() else { return }
        var backtest = PlanBacktest(plan: try BacktestPlan.plan(BacktestPlan.saturation))
        let found = backtest.run(series: try samples("vitals/hypoxia_uw/subject\(subject)_masimo_s5.csv", in: data))
        #expect(Set(found.map(\.rule)).isSuperset(of: ["spo2-low-94", "spo2-low-92", "spo2-low-88"]))
        #expect(found.allSatisfy { $0.raised >= $0.onset && ($0.ended ?? .infinity) > $0.raised })
        for deep in found where deep.rule == "spo2-low-88" {
            // Who is below 88 long enough is below 92 as well: the lesser episode holds the graver one.
            #expect(
                found.contains {
                    $0.rule == "spo2-low-92" && $0.onset <= deep.onset && ($0.ended ?? .infinity) >= (deep.ended ?? .infinity)
                })
        }
    }

    @Test func `the full plan on quiet intensive care records gives few alerts, the same each time`() throws {
        guard let data = try TestData.find() else { return }
        let plan = try BacktestPlan.plan(BacktestPlan.full)
        var backtest = PlanBacktest(plan: plan)
        for record in ["29", "43", "18", "14", "52", "15", "20", "21", "22", "23"] {
            let readings = try samples("vitals/bidmc_1hz/bidmc_\(record).csv", in: data)
            var again = PlanBacktest(plan: plan)
            let found = backtest.run(series: readings)
            #expect(found == again.run(series: readings))
            #expect(found.count < 10)
        }
        print("bidmc: \(backtest.summary)")
        #expect(backtest.summary.hours > 1.3 && backtest.summary.hours < 1.4)
        #expect(backtest.summary.rejected == 0)
    }
}
