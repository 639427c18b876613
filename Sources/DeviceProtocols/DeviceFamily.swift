import VitalsModel

/// One wire protocol and the devices that speak it. A driver is a value: adding one adds a file and a line of `DeviceCatalog`.
public struct DeviceFamily: Sendable {
    /// The id in configuration and on the command line: `intellivue`.
    public var id: String
    /// Maker and devices, for people.
    public var displayName: String
    /// How far it has been proven.
    public var maturity: Maturity
    /// The line that the maker prescribes.
    public var line: LineSettings
    /// Other lines that devices of the family are known to use; a configuration that names neither is flagged.
    public var otherLines: [LineSettings]
    /// Who speaks first: a probe listens before it speaks.
    public var initiative: Initiative
    /// Whether its cuff can be started and aborted from outside.
    public var obeysCuffCommands: Bool
    /// What it can measure.
    public var signals: [Signal]
    /// The options that `makeDecoder` understands; any other is refused.
    public var options: [DeviceOption]
    /// Makes the client's side. The options were checked against `options`.
    public var makeDecoder: @Sendable (DecoderMode, [String: String]) -> any DeviceDecoder

    /// Creates a family.
    public init(
        id: String, displayName: String, maturity: Maturity, line: LineSettings, signals: [Signal], options: [DeviceOption] = [],
        otherLines: [LineSettings] = [], initiative: Initiative = .device, obeysCuffCommands: Bool = false,
        makeDecoder: @escaping @Sendable (DecoderMode, [String: String]) -> any DeviceDecoder
    ) {
        self.id = id
        self.displayName = displayName
        self.maturity = maturity
        self.line = line
        self.otherLines = otherLines
        self.initiative = initiative
        self.obeysCuffCommands = obeysCuffCommands
        self.signals = signals
        self.options = options
        self.makeDecoder = makeDecoder
    }

    /// Every line that devices of the family are known to use, the prescribed one first.
    public var knownLines: [LineSettings] { [line] + otherLines.filter { $0 != line } }

    /// Makes a decoder after checking `options`.
    ///
    /// - Throws: `DeviceOptionError` that names the option and what is allowed.
    public func decoder(_ mode: DecoderMode, options given: [String: String] = [:]) throws(DeviceOptionError) -> any DeviceDecoder {
        for (key, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let option = options.first(where: { $0.key == key }) else {
                throw DeviceOptionError(family: id, key: key, value: value, allowed: options.map(\.key), isKeyUnknown: true)
            }
            guard option.values.contains(value) else {
                throw DeviceOptionError(family: id, key: key, value: value, allowed: option.values, isKeyUnknown: false)
            }
        }
        return makeDecoder(mode, given)
    }
}

/// How far a family has been proven.
public enum Maturity: String, Sendable, Hashable, CaseIterable {
    /// On real bytes of a device.
    case proven
    /// From the maker's document only.
    case specified
    /// From other people's code only.
    case reported
}

/// Who begins the dialogue.
public enum Initiative: String, Sendable, Hashable, CaseIterable {
    /// The device sends by itself as soon as it is on.
    case device
    /// The device is silent until it is asked.
    case client
}

/// What a decoder is made for.
public enum DecoderMode: Sendable, Hashable {
    /// A device at the other end: associate, poll, keep alive.
    case live
    /// Recorded bytes: decode from the first whole frame on, send nothing.
    case offline
}

/// One variant of a family.
public struct DeviceOption: Sendable, Hashable {
    /// The key: `format`.
    public var key: String
    /// The values allowed; the first is the default.
    public var values: [String]
    /// What it chooses, in a sentence.
    public var summary: String

    /// Creates an option.
    public init(key: String, values: [String], summary: String) {
        self.key = key
        self.values = values
        self.summary = summary
    }
}

/// An option that a family does not have, or a value that it does not take.
public struct DeviceOptionError: Error, Hashable, CustomStringConvertible {
    /// The family.
    public var family: String
    /// The key that was given.
    public var key: String
    /// The value that was given.
    public var value: String
    /// The keys, or the values, that are allowed.
    public var allowed: [String]
    /// Whether the key is at fault, and not the value.
    public var isKeyUnknown: Bool

    /// As people read it.
    public var description: String {
        let choice = allowed.isEmpty ? "it takes no options" : "allowed: \(allowed.joined(separator: ", "))"
        return isKeyUnknown
            ? "family \(family) has no option \"\(key)\"; \(choice)"
            : "option \(key) of family \(family) does not take \"\(value)\"; \(choice)"
    }
}
