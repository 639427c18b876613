import SessionFlow
import VitalsModel

/// How often people would have been called, by kind of recording.
struct EvidenceLoadSection {
    private var folders: [String] = []
    private var plan: [String: AlarmLoad] = [:]
    private var naive: [String: AlarmLoad] = [:]

    mutating func take(_ outcome: EvidenceOutcome) {
        if plan[outcome.folder] == nil { folders.append(outcome.folder) }
        plan[outcome.folder, default: AlarmLoad()].add(outcome.plan.episodes, of: outcome.plan.summary)
        naive[outcome.folder, default: AlarmLoad()].add(outcome.naive.episodes, of: outcome.naive.summary)
    }

    private static let meaning = """

        `bidmc_1hz` are quiet bedside records; `wearable_hr_fit` are people at sport, whose high rates are real and would call whatever the \
        rule; `hypoxia_uw` are volunteers taken to a low saturation on purpose, four oximeters each.
        """

    var lines: [String] {
        var lines: [String] = ["## Alarm load", ""]
        lines += frequencies
        lines += ["", "Of the calls:", ""]
        lines += shares
        lines += ["", "What makes people deaf:", ""]
        lines += crowds
        lines.append(Self.meaning)
        return lines
    }

    private var frequencies: [String] {
        var table = EvidenceTable("recordings", "files", "hours", "calls in 10 min, plan", "naive", "plan / naive")
        for folder in folders {
            let (plan, naive) = loads(folder)
            let ratio = naive.callCount > 0 ? Double(plan.callCount) / Double(naive.callCount) : nil
            table.add(
                folder, "\(plan.files)", EvidenceNumber.fixed(plan.hours, 1), EvidenceNumber.fixed(plan.callsPerTenMinutes, 3),
                EvidenceNumber.fixed(naive.callsPerTenMinutes, 3), EvidenceNumber.percent(ratio))
        }
        return table.lines
    }

    private var shares: [String] {
        var table = EvidenceTable("recordings", "calls, plan", "low", "medium", "high", "calls, naive", "low", "medium", "high")
        for folder in folders {
            let (plan, naive) = loads(folder)
            let words = [plan, naive].map { load in
                ["\(load.callCount)"] + AlertPriority.allCases.map { EvidenceNumber.percent(load.share($0)) }
            }
            table.add(folder, words[0][0], words[0][1], words[0][2], words[0][3], words[1][0], words[1][1], words[1][2], words[1][3])
        }
        return table.lines
    }

    private var crowds: [String] {
        var table = EvidenceTable(
            "recordings", "chattering calls, plan", "naive", "floods, plan", "naive", "worst 10 min, plan", "naive",
            "breaches that the plan waited out")
        for folder in folders {
            let (plan, naive) = loads(folder)
            table.add(
                folder, "\(plan.chattering.calls)", "\(naive.chattering.calls)", "\(plan.floods.count)", "\(naive.floods.count)",
                "\(plan.worstTenMinutes)", "\(naive.worstTenMinutes)", "\(plan.unconfirmed)")
        }
        return table.lines
    }

    private func loads(_ folder: String) -> (plan: AlarmLoad, naive: AlarmLoad) {
        (plan[folder] ?? AlarmLoad(), naive[folder] ?? AlarmLoad())
    }
}
