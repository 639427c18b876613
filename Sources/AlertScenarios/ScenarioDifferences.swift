import VitalsModel

extension ScenarioRun {
    /// What differs from what the scenario expects, one line each with a mark: `-` expected and missing, `+` not expected,
    /// ` ` as expected. Empty when all is as expected.
    public func differences() -> [String] {
        let actual = transitions()
        var lines = refusalDifferences()
        lines += compared(with: actual) + missingEntries()
        for silence in scenario.silences {
            for (at, transition) in actual where transition.announced && silence.contains(at) {
                lines.append("! not silent: \(Self.line(at, transition))")
            }
        }
        return lines.contains { !$0.hasPrefix(" ") } ? lines : []
    }

    /// What happened, with the time since the start by the clock that runs through restarts.
    private func transitions() -> [(Duration, AlertTransition)] {
        entries.compactMap { draft in
            guard case .alert(let transition) = draft.content, transition.announced || scenario.expectsEverything else { return nil }
            return (draft.at.wall - Self.start.wall, transition)
        }
    }

    private func compared(with actual: [(Duration, AlertTransition)]) -> [String] {
        var lines: [String] = []
        var next = actual[...]
        for expectation in scenario.expectations where expectation.isAlert {
            let place = next.firstIndex { expectation.isMet(by: $0.1, at: $0.0) }
            guard let place else {
                lines.append("- \(expectation)")
                continue
            }
            lines += next[..<place].map { "+ \(Self.line($0.0, $0.1))" }
            lines.append("  \(expectation)")
            next = next[(place + 1)...]
        }
        return lines + next.map { "+ \(Self.line($0.0, $0.1))" }
    }

    /// Actions that were refused unexpectedly, and those that should have been.
    private func refusalDifferences() -> [String] {
        var missing = scenario.expectations.filter {
            if case .refusal = $0.subject { true } else { false }
        }
        var lines: [String] = []
        for refusal in refusals {
            if let place = missing.firstIndex(where: { $0.isMet(by: refusal) }) {
                missing.remove(at: place)
            } else {
                lines.append("! \(ScenarioTime.text(refusal.at)) refused: \(refusal.words)")
            }
        }
        return lines + missing.map { "- \($0)" }
    }

    /// Entries other than alerts that are expected and did not come, each with those of its kind that did.
    private func missingEntries() -> [String] {
        var free = entries.map { (at: $0.at.wall - Self.start.wall, content: $0.content) }
        var lines: [String] = []
        for expectation in scenario.expectations where expectation.entryKind != nil {
            if let place = free.firstIndex(where: { expectation.isMet(by: $0.content, at: $0.at) }) {
                free.remove(at: place)
                continue
            }
            lines.append("- \(expectation)")
            lines += free.filter { expectation.entryKind == $0.content.kind }.map { "! there is \(Self.line($0.at, $0.content))" }
        }
        return lines
    }

    private static func line(_ at: Duration, _ content: EntryContent) -> String {
        "\(ScenarioTime.text(at)) entry \(content.kind.rawValue) \"\(EntryText.words(of: content))\""
    }

    /// A transition in the words that a scenario would expect it with.
    private static func line(_ at: Duration, _ transition: AlertTransition) -> String {
        var words = [ScenarioTime.text(at), transition.rule.rawValue, transition.change.rawValue, transition.priority.rawValue]
        words += ["to \(transition.condition.rawValue)", transition.handling.rawValue, transition.announced ? "aloud" : "quiet"]
        let numbers = [
            ("value", transition.value), ("age", transition.valueAge), ("limit", transition.limit), ("peak", transition.peak),
            ("duration", transition.duration),
        ]
        words += numbers.compactMap { name, number in number.map { "\(name) \($0.shortText)" } }
        words += [transition.end.map { "end \($0.rawValue)" }, transition.detail.map { "\"\($0)\"" }].compactMap { $0 }
        return (words + ["episode \(transition.episode)"]).joined(separator: " ")
    }
}
