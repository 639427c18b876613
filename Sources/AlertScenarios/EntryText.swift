import VitalsModel

/// What an entry says, as words for a scenario: the names of its fields with their values, `from acute to recovery`.
///
/// Made by looking at the fields, so that a new kind of entry needs nothing here.
enum EntryText {
    static func words(of content: EntryContent) -> String {
        // The payload is the one child of the case.
        Mirror(reflecting: content).children.first.map { words(ofValue: $0.value) } ?? ""
    }

    private static func words(ofValue value: Any) -> String {
        switch value {
        case let text as String: return text
        case let number as Double: return number.shortText
        case let word as any RawRepresentable<String>: return word.rawValue
        default: break
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { words(ofValue: $0.value) } ?? ""
        case .collection, .set: return mirror.children.map { words(ofValue: $0.value) }.joined(separator: ", ")
        case .struct where !mirror.children.isEmpty:
            let fields = mirror.children.map { (name: $0.label ?? "", words: words(ofValue: $0.value)) }
            return fields.filter { !$0.words.isEmpty }.map { "\($0.name) \($0.words)" }.joined(separator: " ")
        default: return "\(value)"
        }
    }
}
