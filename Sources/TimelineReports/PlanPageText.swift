import VitalsModel

/// A plan's page as plain text of at most 80 columns: for a terminal, and for paper as it comes out of any printer.
public struct PlanPageText {
    /// The widest line.
    public static let columns = 80

    private let page: PlanPage
    private let style: TailStyle

    private init(page: PlanPage, style: TailStyle) {
        self.page = page
        self.style = style
    }

    /// The lines; priorities are coloured where the style has colours, and are words in any case.
    public static func lines(_ page: PlanPage, style: TailStyle = TailStyle()) -> [String] {
        let text = PlanPageText(page: page, style: style)
        return text.head + text.phases + text.streams + text.cuff + text.sentences("Baseline", page.baseline.words)
            + text.sentences("Response", page.response.words) + text.rules + text.signature
    }

    private var head: [String] {
        return wrapped(page.title) + [rule("=")] + page.facts.flatMap { labelled($0.label, $0.text) } + [""] + wrapped(PlanPage.position)
    }

    private var phases: [String] {
        heading("Phases") + wrapped(page.phases.map(\.rawValue).joined(separator: " -> "), indent: 2)
    }

    private var streams: [String] {
        guard !page.expected.isEmpty else { return heading("Expected streams") + ["  none"] }
        return heading("Expected streams") + table(PlanPage.Stream.head, page.expected.map(\.cells))
    }

    private var cuff: [String] {
        guard !page.cuff.isEmpty else { return heading("Cuff schedule") + ["  none"] }
        return heading("Cuff schedule") + table(PlanPage.CuffStep.head, page.cuff.map(\.cells))
            + (page.cuffRepeat.map { wrapped($0, indent: 2) } ?? [])
    }

    private func sentences(_ title: String, _ sentences: [String]) -> [String] {
        heading(title) + sentences.flatMap { wrapped("- \($0)", indent: 2, hanging: 2) }
    }

    private var rules: [String] {
        heading("Rules") + page.rulesNote.flatMap { wrapped($0, indent: 2) }
            + page.groups.flatMap { group -> [String] in
                ["", group.heading, rule("-")] + group.rules.flatMap { [""] + lines($0) }.dropFirst()
            }
    }

    private func lines(_ rule: PlanPage.Rule) -> [String] {
        let prefix = rule.priorityText
        let title = wrapped("\(prefix)  \(ScreenText.plain(rule.title)) [\(rule.id)]", hanging: prefix.count + 2)
        let first = style.coloured(prefix, rule.priority) + (title.first ?? "").dropFirst(prefix.count)
        return [first] + title.dropFirst() + rule.facts.flatMap { labelled($0.label, $0.text, indent: 2) }
    }

    private var signature: [String] {
        heading("Signature")
            + wrapped(page.signatureNote) + (page.review == nil ? blanks : [])
    }

    private var blanks: [String] {
        PlanPage.signatureFields.flatMap { ["", ScreenText.column($0, 12) + String(repeating: "_", count: 48)] }
    }

    // MARK: Lines

    private func rule(_ character: String) -> String { String(repeating: character, count: Self.columns) }

    private func heading(_ title: String) -> [String] { ["", title.uppercased(), rule("=")] }

    /// A label and a text beside it, both below the other labels and texts.
    private func labelled(_ label: String, _ text: String, indent: Int = 0) -> [String] {
        let start = ScreenText.column(label, 10)
        return TextWrapping.lines(start + ScreenText.plain(text), columns: Self.columns, indent: indent, hanging: start.count)
    }

    private func wrapped(_ text: String, indent: Int = 0, hanging: Int = 0) -> [String] {
        TextWrapping.lines(ScreenText.plain(text), columns: Self.columns, indent: indent, hanging: hanging)
    }

    private func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let dashes = widths.map { String(repeating: "-", count: $0) }
        return ([head, dashes] + rows).map { cells in
            "  " + zip(cells, widths).map { ScreenText.column($0, $1) }.joined(separator: "   ").trimmingTrailingBlanks
        }
    }
}
