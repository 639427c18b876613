import LinuxIO
import Locking
import ServiceConfiguration
import VitalsModel

/// Which source holds which port, so that two rules that come to mean one port are told so, and not that "another program" has it.
///
/// Which of them gets the port must not depend on which was faster, since the other would then speak its protocol to the wrong
/// device after a replug: the source that stands first in the configuration has it.
final class PortClaims: Sendable {
    /// A source and the rule by which it finds its port.
    struct Rule: Sendable {
        var source: SourceID
        var match: SourceMatch
    }

    /// Why a source may not have a port.
    struct Refusal: Sendable, Hashable, CustomStringConvertible {
        var path: String
        var other: Rule

        static func == (left: Refusal, right: Refusal) -> Bool { left.description == right.description }
        func hash(into hasher: inout Hasher) { hasher.combine(description) }

        var description: String {
            "\(path) is the port of source \(other.source) too (\(other.match)): give each source a port of its own in vigil.yaml, "
                + "by \"serial\" or by a path under /dev/serial/by-path (vigil device list shows both)"
        }
    }

    private let rules: [Rule]
    private let find: @Sendable (SourceMatch) -> String?
    private let holders = Mutex<[String: SourceID]>([:])

    /// Creates the claims of a clinic.
    ///
    /// - Parameters:
    ///   - rules: in the order of the configuration.
    ///   - find: the device that a rule means now, such as `/dev/ttyUSB0`; nil while there is none, or several.
    init(_ rules: [Rule], find: @escaping @Sendable (SourceMatch) -> String? = { try? PortMatching.device(of: $0) }) {
        self.rules = rules
        self.find = find
    }

    /// Takes a device for a source, or says who has it.
    func claim(_ path: String, for source: SourceID) -> Refusal? {
        for rule in rules.prefix(while: { $0.source != source }) where find(rule.match) == path { return Refusal(path: path, other: rule) }
        let holder = holders.withLock { holders in
            if holders[path] == nil { holders[path] = source }
            return holders[path]
        }
        guard holder != source, let rule = rules.first(where: { $0.source == holder }) else { return nil }
        return Refusal(path: path, other: rule)
    }

    /// Gives back what a source has taken.
    func release(_ path: String, of source: SourceID) {
        holders.withLock { holders in
            if holders[path] == source { holders[path] = nil }
        }
    }
}
