import AlertEngine
import ControlProtocol
import Foundation
import SessionFlow
import Testing
import TimelineReports
import VitalsModel

/// The page of a plan that a clinician signs.
@Suite struct PlanPageTests {
    /// A text with every run of blanks as one.
    private func joined(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    private func text(_ plan: SessionPlan) -> String { PlanPageText.lines(PlanPage(plan)).joined(separator: "\n") }

    /// The text of the HTML, without tags.
    private func readable(_ html: String) -> String {
        var text = html.replacingOccurrences(of: "<[^>]*>", with: " ", options: .regularExpression)
        for (code, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            text = text.replacingOccurrences(of: code, with: character)
        }
        return joined(text)
    }

    @Test func `every rule of the shipped plan is on the page with all that is signed`() throws {
        let plan = try PlanSamples.shipped()
        let pages = [joined(text(plan)), readable(PlanPageHTML.text(PlanPage(plan))), try ControlJSON.text(PlanPage(plan))]
        for page in pages {
            for rule in plan.rules {
                for part in [rule.id.rawValue, rule.title, rule.action, rule.reason] { #expect(page.contains(part), "\(rule.id): \(part)") }
            }
            for part in ["iv-ketamine", plan.title, "cafe01", PlanPage.position] { #expect(page.contains(part), "\(part)") }
        }
    }

    @Test func `no line of text is wider than 80 columns, whatever the plan says`() throws {
        var plan = try PlanSamples.shipped()
        plan.title = String(repeating: "w", count: 199)
        plan.rules[0].title = "\(String(repeating: "x", count: 85)) end"
        plan.rules[1].reason = String(repeating: "long words ", count: 40)
        let lines = PlanPageText.lines(PlanPage(plan))
        #expect(lines.filter { $0.count > 80 } == [])
        #expect(lines.joined().filter { $0 == "w" }.count >= 199, "nothing is cut away")
        #expect(lines.contains { $0.count == 80 && $0.hasPrefix("www") })
    }

    @Test func `colours change no character of the text`() throws {
        let page = PlanPage(try PlanSamples.shipped())
        let coloured = PlanPageText.lines(page, style: TailStyle(usesColour: true)).joined(separator: "\n")
        #expect(coloured.contains("\u{1B}[1;31m*** HIGH\u{1B}[0m  Heart rate very high [hr-very-high]"))
        let plain = coloured.replacingOccurrences(of: "\u{1B}\\[[0-9;]*m", with: "", options: .regularExpression)
        #expect(plain == PlanPageText.lines(page).joined(separator: "\n"))
    }

    @Test(arguments: [
        "heart rate or else pulse rate below 50 /min for 25 s and 7 values, ends when at least 54 /min for 14 s",
        "SpO2 below 85 % for 5 s, ends when at least 86 % for 10 s",
        "systolic pressure at least 160 mmHg, 2 readings within 25 min, ends after 3 readings at most 155 mmHg",
        "systolic pressure at least 180 mmHg, at the first reading, ends with the first reading at most 175 mmHg",
        "breathing rate at least 8 /min or 45 % above the baseline for 40 s, ends when 1 /min or more below that limit for 10 s",
        "breathing rate at least 6 /min below the baseline for 35 s, ends when 1 /min or more above that limit for 10 s",
        "SpO2: no value for 7 s; low in baseline, high after 70 s more in dosing; ends when a value comes",
        "no cuff measurement within the interval and its grace, or 2 failed measurements in a row; ends when a measurement succeeds",
    ])
    func `a rule says its condition in words`(expected: String) throws {
        #expect(joined(text(try PlanSamples.small())).contains("Alerts \(expected) Armed in"))
    }

    @Test func `the words of a limit are those of the engine, on the limit and on the clear limit`() throws {
        func words(_ limit: String) throws -> String {
            joined(text(try PlanSamples.small(("at_least: 180", "\(limit), deadband: 0"), ("family: sbp, action: Stop", "action: Stop"))))
        }
        #expect(try words("at_least: 180").contains("at least 180 mmHg, at the first reading, ends with the first reading below 180 mmHg"))
        #expect(try words("above: 180").contains("above 180 mmHg, at the first reading, ends with the first reading at most 180 mmHg"))
        #expect(try words("at_most: 80").contains("at most 80 mmHg, at the first reading, ends with the first reading above 80 mmHg"))
        // A limit is never rounded.
        #expect(try words("above: 180.25").contains("above 180.25 mmHg"))
    }

    @Test func `schedule, streams, baseline and response are on the page`() throws {
        let page = joined(text(try PlanSamples.small()))
        for part in [
            "baseline -> dosing -> acute -> recovery", "SpO2 2 s 7 s", "dosing its start 20 min 5 min 1 min 6 min",
            "dosing 20 min its end 10 min 2 min 12 min", "again 3 min after a value beyond a limit",
            "at least 2 good cuff readings of the last 11 min; with more than 10 mmHg", "median of the last 2 min, of which at least 50 s",
            "A high alert that nobody answers escalates after 1 min and 3 min.", "A low alert that nobody answers does not escalate.",
            "An acknowledged high alert that is still there comes again after 130 s.",
            "An acknowledged low alert does not come again by itself.", "held for 12 min",
            "Fixed can be neither shelved nor switched off", "Again announced again when 5 /min worse", "Armed in dosing, acute Unseen",
        ] { #expect(page.contains(part), "\(part)") }
    }

    @Test func `the gravest rule of a family stands first`() throws {
        let ids = PlanPage(try PlanSamples.shipped()).groups.map { $0.rules.map(\.id) }
        #expect(ids.first == ["hr-very-high", "hr-high", "hr-delta"])
        #expect(ids.contains(["spo2-low-85", "spo2-low-88", "spo2-low-92", "spo2-low-94"]))
        // What belongs to no family stands together, in the order of the file.
        #expect(ids.last?.starts(with: ["breathing-fails", "called", "hr-missing"]) == true)
        #expect(ids.contains(["moaas-1", "moaas-3"]))
    }

    @Test func `a signed plan names who signed, another has lines to sign`() throws {
        let signed = text(try PlanSamples.small())
        #expect(signed.contains("The plan says that A. Clinician reviewed it on 2025-03-01."))
        #expect(signed.contains("Review    A. Clinician, 2025-03-01"))
        #expect(!signed.contains("____"))
        let unsigned = try PlanSamples.small(("reviewed_by: A. Clinician", "reviewed_by: \"\""))
        #expect(text(unsigned).contains("Nobody has signed this plan yet."))
        for field in ["Name", "Role", "Date", "Signature"] {
            #expect(PlanPageText.lines(PlanPage(unsigned)).contains { $0.hasPrefix("\(field) ") && $0.hasSuffix("____") })
            #expect(PlanPageHTML.text(PlanPage(unsigned)).contains("<span>\(field)</span><span class=\"line\"></span>"))
        }
        #expect(!PlanPageHTML.text(PlanPage(try PlanSamples.small())).contains("<span>Name</span>"))
    }

    // MARK: HTML

    @Test func `the page asks nobody for anything and runs nothing`() throws {
        let plan = try PlanSamples.shipped()
        let html = PlanPageHTML.text(PlanPage(plan)).lowercased()
        for word in ["http", "<script", "<link", "<img", "src=", "href=", "url(", "@import", "//"] {
            #expect(!html.contains(word), "\(word)")
        }
        for word in ["@page { size: a4", "display: table-header-group", "break-inside: avoid", "prefers-color-scheme: dark", "<thead>"] {
            #expect(html.contains(word), "\(word)")
        }
        #expect(html.components(separatedBy: "<article").count == plan.rules.count + 1)
    }

    @Test func `nothing that a plan says is markup`() throws {
        let evil = "</title><script>a&b</script>\"'"
        var plan = try PlanSamples.small()
        (plan.title, plan.id, plan.hash, plan.route) = (evil, evil, evil, evil)
        plan.signature = PlanSignature(reviewer: evil, date: evil)
        plan.rules = plan.rules.map { rule in
            var rule = rule
            (rule.id, rule.title, rule.action, rule.reason, rule.family) = (RuleID(evil), evil, evil, evil, evil)
            return rule
        }
        let html = PlanPageHTML.text(PlanPage(plan))
        #expect(!html.contains("<script"))
        #expect(!html.contains("a&b"))
        #expect(html.components(separatedBy: "</title>").count == 2)
        #expect(html.contains("&lt;/title&gt;&lt;script&gt;a&amp;b&lt;/script&gt;&quot;&#39;"))
        // A terminal is not steered either.
        plan.title = "\u{1B}[2Jx"
        #expect(!text(plan).contains("\u{1B}"))
    }

    // MARK: JSON

    @Test func `other programs get the rules with their numbers`() throws {
        let json = try ControlJSON.text(PlanPage(try PlanSamples.small()))
        let page = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let groups = try #require(page["groups"] as? [[String: Any]])
        let rules = groups.flatMap { $0["rules"] as? [[String: Any]] ?? [] }
        #expect(rules.count == 8)
        let low = try #require(rules.first { $0["id"] as? String == "hr-low" })
        #expect(low["limit"] as? Double == 50)
        #expect(low["unit"] as? String == "/min")
        #expect(low["side"] as? String == "below")
        #expect(low["phases"] as? [String] == ["dosing", "acute"])
        #expect((low["confirmation"] as? [String: Double]) == ["for_s": 25, "samples": 7, "clear_for_s": 14])
        let high = try #require(rules.first { $0["id"] as? String == "sbp-high" })
        #expect((high["confirmation"] as? [String: Double]) == ["readings": 2, "within_s": 1500, "clear_readings": 3])
        #expect(page["version"] as? Int == 3)
        #expect((page["response"] as? [String: Any])?["hold_s"] as? Double == 720)
        #expect((page["review"] as? [String: String]) == ["reviewer": "A. Clinician", "date": "2025-03-01"])
    }
}
