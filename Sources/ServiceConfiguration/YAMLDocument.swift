import Yams

/// Turns the text of a YAML file into nodes with places. The only file that knows Yams.
///
/// Refused beside what YAML refuses: duplicate keys (all of them are listed), anchors and aliases (a plan is reviewed line
/// by line, and each line must say what it means where it stands), tags, several documents, and files above 1 MiB.
struct YAMLDocument {
    /// The largest text, in bytes of UTF-8. A plan has about 20 KiB.
    static let largestText = 1 << 20
    /// How many duplicate keys are found before reading ends; each costs one more pass.
    static let mostDuplicates = 100

    private let log: FaultLog
    private var aliases = StandInKeys()

    private init(log: FaultLog) { self.log = log }

    /// The root of a text, or nil with the reason in `log`.
    static func root(of text: String, log: FaultLog) -> DocumentNode? {
        guard text.utf8.count <= largestText else {
            log.error(
                "the file has \(text.utf8.count) bytes, more than \(largestText); is this the right file?", at: .start, path: "")
            return nil
        }
        var document = YAMLDocument(log: log)
        return document.compose(text)
    }

    /// Composes, and where a mapping has a key twice, renames the first of them and composes again, so that the
    /// remaining faults of the file are found too.
    private mutating func compose(_ text: String) -> DocumentNode? {
        var text = text
        for _ in 0...YAMLDocument.mostDuplicates {
            do {
                // The parser is kept until the end: nodes hold their anchors only weakly.
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                let root = try parser.singleRoot()
                return withExtendedLifetime(parser) { converted(root) }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let place = TextPlace(line: context.mark.line, column: context.mark.column)
                guard let key = keys.sorted().first, let renamed = aliases.renaming(key, at: place, in: text) else {
                    log.error("the key \(keys.joined(separator: ", ")) is given twice; keep one", at: place, path: "")
                    return nil
                }
                text = renamed
            } catch {
                reportSyntax(error)
                return nil
            }
        }
        log.error("more than \(YAMLDocument.mostDuplicates) keys are given twice; correct those first", at: .start, path: "")
        return nil
    }

    private func converted(_ root: Node?) -> DocumentNode? {
        guard let root else {
            log.error("the file is empty", at: .start, path: "")
            return nil
        }
        return node(root, path: .root)
    }

    /// A node, or nil when it has an anchor or tag. Anchored nodes come before their aliases, so nothing is ever expanded.
    private func node(_ node: Node, path: FieldPath) -> DocumentNode? {
        let place = node.mark.map { TextPlace(line: $0.line, column: $0.column) } ?? .start
        guard node.anchor == nil else {
            log.error("anchors and aliases (& and *) are not taken; write the value where it is meant", at: place, path: path.text)
            return nil
        }
        // What Yams itself gives to nodes without a tag of their own.
        guard [Tag.Name.str, .seq, .map].map(\.rawValue).contains(node.tag.description) else {
            log.error("tags (!) are not taken; write the value alone", at: place, path: path.text)
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            return DocumentNode(place: place, content: .scalar(scalar.string, isQuoted: isQuoted))
        case .sequence(let sequence):
            var items: [DocumentNode] = []
            for (index, item) in sequence.enumerated() {
                guard let item = self.node(item, path: path.item(index)) else { return nil }
                items.append(item)
            }
            return DocumentNode(place: place, content: .list(items))
        case .mapping(let mapping): return mapNode(mapping, at: place, path: path)
        case .alias:
            log.error("aliases (*) are not taken; write the value where it is meant", at: place, path: path.text)
            return nil
        }
    }

    private func mapNode(_ mapping: Node.Mapping, at place: TextPlace, path: FieldPath) -> DocumentNode? {
        var entries: [DocumentEntry] = []
        var first: [String: TextPlace] = [:]
        for (keyNode, valueNode) in mapping {
            let keyPlace = keyNode.mark.map { TextPlace(line: $0.line, column: $0.column) } ?? place
            guard let written = keyNode.scalar?.string, keyNode.anchor == nil else {
                log.error("a key must be a plain word", at: keyPlace, path: path.text)
                return nil
            }
            let key = aliases.original(of: written)
            guard let value = node(valueNode, path: path.key(key)) else { return nil }
            if let earlier = first[key] {
                log.error(
                    "given twice: already on line \(earlier.line), column \(earlier.column); keep one", at: keyPlace,
                    path: path.key(key).text)
            } else {
                first[key] = keyPlace
                entries.append(DocumentEntry(key: key, keyPlace: keyPlace, value: value))
            }
        }
        return DocumentNode(place: place, content: .map(entries))
    }

    private func reportSyntax(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _), YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let from = context.map { " (\($0.text) that begins on line \($0.mark.line))" } ?? ""
            log.error(
                "not YAML: \(problem)\(from); look at indentation, colons and quotes here and on the line above",
                at: TextPlace(line: mark.line, column: mark.column), path: "")
        case YamlError.reader(let problem, let offset, _, let text):
            log.error(
                "not YAML: \(problem); save the file as plain UTF-8 text", at: TextPlace(characterOffset: offset ?? 0, in: text),
                path: "")
        default:
            log.error("not YAML: \(error)", at: .start, path: "")
        }
    }
}

extension TextPlace {
    /// The place of the character at an offset.
    fileprivate init(characterOffset offset: Int, in text: String) {
        let before = text.prefix(offset)
        let lineStart = before.lastIndex(where: \.isNewline).map(before.index(after:)) ?? before.startIndex
        self.init(line: before.count(where: \.isNewline) + 1, column: before[lineStart...].unicodeScalars.count + 1)
    }
}
