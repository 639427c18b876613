import Foundation
import ServiceConfiguration
import Testing

/// What is refused of any file, before its keys are looked at.
@Suite struct DocumentTests {
    @Test(arguments: [
        ("", "p.yaml:1:1: error: the file is empty"),
        ("# nothing\n", "p.yaml:1:1: error: the file is empty"),
        ("[1, 2]\n", "p.yaml:1:1: error: must be a mapping of keys and values, not a list"),
        ("id: a\n  title: b\n", "p.yaml:2:8: error: not YAML: mapping values are not allowed in this context"),
        ("id: \"a\n", "p.yaml:2:1: error: not YAML: found unexpected end of stream"),
        ("id: a\n\ttitle: b\n", "p.yaml:2:"),
        ("id: a\n---\nid: b\n", "p.yaml:2:1: error: not YAML: but found another document"),
        ("id: a\ntitle: &x b\nroute: *x\n", "p.yaml:2:8: error: title: anchors and aliases (& and *) are not taken"),
        ("id: !secret a\n", "p.yaml:1:5: error: id: tags (!) are not taken"),
        ("id: a\nrules: [\u{7}]\n", "p.yaml:2:9: error: not YAML: control characters are not allowed"),
        ("? [a]\n: b\n", "p.yaml:1:3: error: a key must be a plain word"),
    ])
    func `what is not such a file is refused at its place`(text: String, expected: String) {
        let faults = readPlan(text)
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(expected) ?? false, "\(faults.first ?? "no fault")")
    }

    @Test func `a file that is too large is refused`() {
        let faults = readPlan(String(repeating: "# padding padding padding\n", count: 50_000))
        #expect(faults == ["p.yaml:1:1: error: the file has 1300000 bytes, more than 1048576; is this the right file?"])
    }

    @Test func `every duplicate key is listed at its second place, and the rest of the file is still read`() {
        let text = soundPlan.replacing("route: iv\n", with: "route: iv\nroute: im\n'route': none\n")
            .replacing("below: 92", with: "below: 92\n    below: 93\n    for: 5 s")
            .replacing("{phase: baseline, every: 3 min}", with: "{phase: baseline, every: 3, phase: acute}")
        let faults = readPlan(text)
        #expect(
            faults == [
                "p.yaml:5:1: error: route: given twice: already on line 4, column 1; keep one",
                "p.yaml:6:1: error: route: given twice: already on line 4, column 1; keep one",
                "p.yaml:13:32: error: cuff.intervals[0].every: the duration 3 has no unit; write 3 s, 3 min or 3 h",
                "p.yaml:13:35: error: cuff.intervals[0].phase: given twice: already on line 13, column 8; keep one",
                "p.yaml:22:5: error: rules[0].below: given twice: already on line 21, column 5; keep one",
                "p.yaml:24:5: error: rules[0].for: given twice: already on line 23, column 5; keep one",
            ])
    }

    @Test func `columns count Unicode scalars also behind letters of several bytes`() {
        #expect(readPlan("id: a\n# é\ntitel: é\n").contains { $0.hasPrefix("p.yaml:3:1: error: titel: unknown key") })
        let result = readClinic("rooms: [{id: ä, sources: 7}]\n")
        #expect(result.contains { $0.hasPrefix("v.yaml:1:26: error: rooms[0].sources: must be a list") }, "\(result)")
    }

    @Test func `seven faults of one file are listed at once, in the order of the file`() {
        let text = soundPlan.replacing("version: 3", with: "version: three")
            .replacing("route: iv", with: "route: air")
            .replacing("below: 92", with: "below: \"92\"\n    colour: red")
            .replacing("readings: 2", with: "readings: two")
            .replacing("every: 10 min", with: "every: 10")
            .replacing("priority: high", with: "priority: hihg")
        let result = PlanReader.read(text: text, file: "p.yaml", hash: "h")
        #expect(result.value == nil)
        #expect(
            result.errors.map(\.keyPath) == [
                "version", "route", "cuff.intervals[2].every", "rules[0].below", "rules[0].colour", "rules[1].readings",
                "rules[1].priority",
            ])
        #expect(result.errors.map(\.line) == [2, 4, 13, 19, 20, 30, 32])
    }

    @Test func `deep nesting and broken text never crash`() {
        _ = readPlan(String(repeating: "[", count: 5000))
        _ = readClinic(String(repeating: "{a: ", count: 900))
        // Every prefix of a sound file: cut in keys, quotes, lists and mappings.
        for length in stride(from: 0, to: soundClinic.count, by: 7) { _ = readClinic(String(soundClinic.prefix(length))) }
        for length in stride(from: 0, to: soundPlan.count, by: 31) { _ = readPlan(String(soundPlan.prefix(length))) }
    }

    @Test func `faults survive their JSON form`() throws {
        let fault = ConfigurationFault(severity: .warning, file: "p.yaml", line: 3, column: 5, keyPath: "rules[0].for", message: "m")
        #expect(try JSONDecoder().decode(ConfigurationFault.self, from: JSONEncoder().encode(fault)) == fault)
        #expect(fault.description == "p.yaml:3:5: warning: rules[0].for: m")
    }
}
