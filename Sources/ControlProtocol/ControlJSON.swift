import FoundationEssentials

/// JSON as it goes over the socket and out of `--json`: keys sorted, slashes plain, one line.
public enum ControlJSON {
    /// Encodes one value as one line.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Encodes one value as one line of text.
    public static func text(_ value: some Encodable) throws -> String { String(decoding: try encode(value), as: UTF8.self) }

    /// Decodes one value.
    ///
    /// - Throws: `DecodingError`, whose text `explanation(of:)` makes readable.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// What is wrong with a JSON text, in words: which key, and what was expected of it.
    public static func explanation(of error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case DecodingError.keyNotFound(let key, _): "the key \"\(key.stringValue)\" is missing"
        case DecodingError.typeMismatch(let type, let context): "\"\(path(context))\" is not of type \(type)"
        case DecodingError.valueNotFound(_, let context): "\"\(path(context))\" is null"
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty ? "the body is not JSON" : "\"\(path(context))\": \(context.debugDescription)"
        default: "\(error)"
        }
    }
}
