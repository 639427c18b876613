/// Where a value stands in the structure of a file: `rules[3].above`.
struct FieldPath: Hashable {
    let text: String

    static let root = FieldPath(text: "")

    func key(_ key: String) -> FieldPath { FieldPath(text: text.isEmpty ? key : "\(text).\(key)") }

    func item(_ index: Int) -> FieldPath { FieldPath(text: "\(text)[\(index)]") }
}
