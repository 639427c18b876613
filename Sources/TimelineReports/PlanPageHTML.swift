import VitalsModel

/// A plan's page as one HTML file that needs nothing else: for a screen, light or dark, and for A4 paper.
public struct PlanPageHTML {
    private let page: PlanPage

    /// The file.
    public static func text(_ page: PlanPage) -> String {
        let html = PlanPageHTML(page: page)
        let title = "\(HTMLText.escaped(page.title)), version \(page.version)"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            \(PlanPageStyle.sheet)
            </style>
            </head>
            <body>
            <main>
            \(html.parts.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    private var parts: [String] {
        [
            head, phases, streams, cuff, sentences("Baseline", page.baseline.words), sentences("Response", page.response.words), rules,
            signature,
        ]
    }

    private var head: String {
        return """
            <header>
            <h1>\(HTMLText.escaped(page.title))</h1>
            \(list(page.facts))
            <p class="position">\(HTMLText.escaped(PlanPage.position))</p>
            </header>
            """
    }

    private var phases: String {
        let items = page.phases.map { "<li>\($0.rawValue)</li>" }.joined()
        return section("Phases", "<ol class=\"phases\">\(items)</ol>")
    }

    private var streams: String {
        return section("Expected streams", table(PlanPage.Stream.head, page.expected.map(\.cells)))
    }

    private var cuff: String {
        let note = page.cuffRepeat.map { "\n<p>\(HTMLText.escaped($0))</p>" } ?? ""
        return section("Cuff schedule", table(PlanPage.CuffStep.head, page.cuff.map(\.cells)) + note)
    }

    private func sentences(_ title: String, _ sentences: [String]) -> String {
        section(title, "<ul>\n" + sentences.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n") + "\n</ul>")
    }

    private var rules: String {
        let groups = page.groups.map { group in
            // The heading stays with its first rule.
            let articles = group.rules.map(article)
            return "<div class=\"together\">\n<h3>\(HTMLText.escaped(group.heading))</h3>\n\(articles.first ?? "")\n</div>\n"
                + articles.dropFirst().joined(separator: "\n")
        }
        let notes = page.rulesNote.map { "<p>\(HTMLText.escaped($0))</p>" }.joined(separator: "\n")
        return "<section>\n<h2>Rules</h2>\n\(notes)\n\(groups.joined(separator: "\n"))\n</section>"
    }

    private func article(_ rule: PlanPage.Rule) -> String {
        let name = "\(HTMLText.escaped(rule.title)) <code>\(HTMLText.escaped(rule.id.rawValue))</code>"
        return """
            <article class="\(rule.priority.rawValue)">
            <h4><span class="priority">\(rule.priorityText)</span> \(name)</h4>
            \(list(rule.facts.map { ($0.label, $0.text) }))
            </article>
            """
    }

    private var signature: String {
        let lines = (page.review == nil ? PlanPage.signatureFields : []).map { "<div><span>\($0)</span><span class=\"line\"></span></div>" }
        let file = "\(HTMLText.escaped(page.plan)), version \(page.version), SHA-256 <code>\(HTMLText.escaped(page.sha256))</code>"
        return """
            <section class="signature">
            <h2>Signature</h2>
            <p>\(HTMLText.escaped(page.signatureNote))</p>
            \(lines.joined(separator: "\n"))
            <p class="small">\(file)</p>
            </section>
            """
    }

    // MARK: Elements

    private func section(_ title: String, _ content: String) -> String {
        "<section class=\"together\">\n<h2>\(title)</h2>\n\(content)\n</section>"
    }

    private func list(_ facts: [(label: String, text: String)]) -> String {
        let items = facts.map { "<dt>\(HTMLText.escaped($0.label))</dt><dd>\(HTMLText.escaped($0.text))</dd>" }
        return "<dl>\n\(items.joined(separator: "\n"))\n</dl>"
    }

    private func table(_ head: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "<p>none</p>" }
        let heads = head.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
        let lines = rows.map { row in "<tr>\(row.map { "<td>\(HTMLText.escaped($0))</td>" }.joined())</tr>" }
        return "<table>\n<thead><tr>\(heads)</tr></thead>\n<tbody>\n\(lines.joined(separator: "\n"))\n</tbody>\n</table>"
    }
}

/// Text inside HTML.
enum HTMLText {
    /// A text in which nothing is markup, also inside an attribute.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in TextWrapping.glued(ScreenText.plain(text)) {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
