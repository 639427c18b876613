import AlertEngine
import SessionFlow
import VitalsModel

/// What the second reading and the rule on repeated deliveries are worth.
struct EvidenceCuffSection {
    private let plan: SessionPlan
    private var sums: [String: EvidenceCuffSum] = [:]
    private static let folders = ["eicu_demo_cuff_bp", "mimic4_demo_charted"]

    init(plan: SessionPlan) { self.plan = plan }

    mutating func take(_ outcome: EvidenceOutcome) {
        guard Self.folders.contains(outcome.folder), let runs = outcome.cuff else { return }
        sums[outcome.folder, default: EvidenceCuffSum(plan: plan)].add(runs)
    }

    private static let intro = """
        ## Cuff pressures

        Folders `eicu_demo_cuff_bp` (what the monitor interface delivered) and `mimic4_demo_charted` (what nurses charted, mostly hourly). \
        Rules that call on a critical pressure want a second reading beyond the limit within their window; equal pressures delivered \
        again within 4 min are taken for the same measurement when resends are dropped.

        """

    private static let meaning = """
        A share of unconfirmed readings says how many single values a nurse would have been called for at once that no second reading bore \
        out in time. It says not that they were wrong: where the next measurement comes after the window, as with hourly charting, nothing \
        can confirm, and only the limits that call at one reading are left.

        Lesser limits call at the first reading with or without confirmation, and are in both counts.
        """

    var lines: [String] {
        var lines: [String] = [Self.intro]
        for folder in Self.folders {
            if let sum = sums[folder] { lines += self.lines(folder, sum) }
        }
        lines.append(Self.meaning)
        return lines
    }

    private func lines(_ folder: String, _ sum: EvidenceCuffSum) -> [String] {
        var table = EvidenceTable("`\(folder)`", "calls", "calls in 10 h", "episodes of rules that want a second reading")
        for (index, name) in EvidenceCuffSum.names.enumerated() {
            table.add(
                name, "\(sum.calls[index])", EvidenceNumber.fixed(sum.perTenHours(sum.calls[index]), 2), "\(sum.ofConfirmingRules[index])")
        }
        let dropped = EvidenceNumber.percent(sum.unconfirmedShare(resendsDropped: true))
        let counted = EvidenceNumber.percent(sum.unconfirmedShare(resendsDropped: false))
        let words = """

            \(EvidenceNumber.fixed(sum.hours, 0)) h, \(sum.measurements) deliveries, of which \(sum.resends) repeat the one before. First readings \
            beyond a critical limit that no second one confirmed: \(dropped) with resends dropped, \(counted) where a resend counts as the \
            second reading.

            """
        return table.lines + [words]
    }
}
