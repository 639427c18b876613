import ControlProtocol
import VitalsModel

/// What a request says before a session sees it: bytes from the socket are hostile until checked.
enum CheckedRequest {
    /// Longer times are a slip; beyond some 292 years they would not fit into nanoseconds.
    private static let longestSeconds = 86_400.0
    private static let longestText = 4000
    private static let longestScale = 40

    /// A time in seconds.
    static func duration(_ seconds: Double) throws(ErrorBody) -> Duration {
        guard seconds > 0, seconds <= longestSeconds else {
            throw ErrorBody(
                code: "refused", error: "\(seconds.shortText) s is no time to wait", expected: "more than 0 s, at most 1 day")
        }
        return .nanoseconds(Int64(seconds * 1e9))
    }

    /// A text that is kept in the record.
    static func text(_ text: String, named name: String) throws(ErrorBody) {
        guard text.count <= longestText else {
            throw ErrorBody(
                code: "refused", error: "\(name) has \(text.count) characters", expected: "at most \(longestText) of them")
        }
    }

    /// The name of a scale.
    static func scale(_ scale: ScaleID) throws(ErrorBody) {
        let name = scale.rawValue.utf8
        let isName = name.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isName, (1...longestScale).contains(name.count) else {
            throw ErrorBody(
                code: "refused", error: "\"\(scale.rawValue.prefix(longestScale))\" is no scale",
                expected: "a name such as moaas or nausea: lower-case letters, digits and dashes")
        }
    }
}
