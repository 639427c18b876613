import VitalsModel

extension SourceConfiguration {
    /// The source as it stands in vigil.yaml, on one line: what a probe prints to be pasted.
    public var yaml: String {
        let given = options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let own = baud.map { ["baud: \($0)"] } ?? line.map { ["line: \($0)"] } ?? []
        let all = own + given
        let text = all.isEmpty ? "" : ", options: {\(all.joined(separator: ", "))}"
        return "- {id: \(id), family: \(family), match: \(match.yaml)\(text)}"
    }
}

extension SourceMatch {
    /// The match as it stands in vigil.yaml.
    public var yaml: String {
        switch self {
        case .path(let path): "{path: \(Self.quoted(path))}"
        case .usb(let vendor, let product, let serial):
            "{usb: \"\(vendor):\(product)\"" + (serial.map { ", serial: \(Self.quoted($0))" } ?? "") + "}"
        }
    }

    /// Always in quotes: a serial number may be digits alone, and a path may hold a colon.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
