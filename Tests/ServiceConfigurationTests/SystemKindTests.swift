import AlertEngine
import ServiceConfiguration
import Testing
import VitalsModel

/// Rules of kind `system` as a plan gives them.
@Suite struct SystemKindTests {
    private static let sample =
        soundPlan + """
              - id: store
                kind: system
                title: The record is in danger
                watches: [store_late, disk_low]
                priority: high
                action: Write on paper.
                reason: Test.

            """

    @Test func `the sample has no fault`() { #expect(readPlan(Self.sample) == []) }

    @Test func `what it watches, and what it is by default`() throws {
        let rule = try readRule("store", of: Self.sample)
        #expect(rule.condition as? SystemRule == SystemRule(watches: [.storeLate, .diskLow], priority: .high))
        #expect(rule.condition.statement == "the store is late, or the disk is nearly full")
        #expect(rule.type == .technical)
        #expect(rule.latching == .never)
        #expect(rule.phases == [.checkin, .baseline, .dosing, .acute, .recovery])
    }

    @Test(arguments: [
        Breakage("    watches: [store_late, disk_low]\n", "", "rules[5]", "the key \"watches\" is missing", at: "  - ▸id: store"),
        Breakage("watches: [store_late, disk_low]", "watches: ▸[]", "rules[5].watches", "the list is empty"),
        Breakage("watches: [store_late, disk_low]", "watches: ▸disk_low", "rules[5].watches", "must be a list"),
        Breakage("store_late, disk_low", "store_late, ▸disk_lwo", "rules[5].watches[1]", "did you mean \"disk_low\"?"),
        Breakage("store_late, disk_low", "store_late, ▸store_late", "rules[5].watches[1]", "stands here twice"),
        Breakage("watches:", "▸signal: spo2\n    watches:", "rules[5].signal", "watches Vigil itself"),
        Breakage("watches:", "▸worsen: 3\n    watches:", "rules[5].worsen", "no value that could become worse"),
    ])
    func `what is wrong is said at its place`(breakage: Breakage) { breakage.check(Self.sample, file: "p.yaml", read: readPlan) }
}
