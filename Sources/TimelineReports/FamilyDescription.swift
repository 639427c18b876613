import DeviceProtocols
import VitalsModel

/// A device family as `vigil device families` prints it.
public struct FamilyDescription: Sendable, Hashable, Encodable {
    /// The id.
    public var family: String
    /// Maker and devices.
    public var name: String
    /// How far it has been proven.
    public var maturity: String
    /// The line: `115200 8N1`.
    public var line: String
    /// What it can measure.
    public var signals: [Signal]
    /// The values of each option; the first is the default.
    public var options: [String: [String]]

    /// Describes a family.
    public init(_ family: DeviceFamily) {
        self.family = family.id
        name = family.displayName
        maturity = family.maturity.rawValue
        line = family.line.description
        signals = family.signals
        options = Dictionary(family.options.map { ($0.key, $0.values) }, uniquingKeysWith: { first, _ in first })
    }

    /// Two or three lines for people.
    public var lines: [String] {
        let choices = options.sorted { $0.key < $1.key }.map { "--option \($0.key)=\($0.value.joined(separator: "|"))" }
        return ["\(family): \(name) (\(maturity), \(line))", "  \(signals.map(\.rawValue).joined(separator: " "))"]
            + (choices.isEmpty ? [] : ["  \(choices.joined(separator: " "))"])
    }
}
