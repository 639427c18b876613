import VitalsModel

/// The line between a device and the computer, with the faults that the script gives it.
public struct SimulatedLine: Sendable, Hashable {
    private let script: SimulationScript
    private let device: String
    private let start: BootInstant
    private var random: SeededRandom

    /// Creates a line.
    ///
    /// - Parameters:
    ///   - script: its events with the incidents of lines count.
    ///   - device: the device's name in the script.
    ///   - start: the boot instant of the session's clock 0.
    ///   - seed: chooses noise and flipped bits.
    public init(script: SimulationScript = .quiet, device: String = "", start: BootInstant, seed: UInt64 = 1) {
        self.script = script
        self.device = device
        self.start = start
        random = SeededRandom(seed: seed)
    }

    /// Whether the plug is in.
    public func isConnected(at now: BootInstant) -> Bool { !incidents(at: now).contains(.cablePulled) }

    /// Whether bytes pass: the plug is in and the line does not stall.
    public func passes(at now: BootInstant) -> Bool { !incidents(at: now).contains { $0 == .cablePulled || $0 == .stall } }

    /// The next begin or end of an event of the script after `now`, or nil.
    public func nextChange(after now: BootInstant) -> BootInstant? { script.nextChange(after: now - start).map { start + $0 } }

    /// What arrives of `frame`, sent at `now`: nothing, all of it, or all with flipped bits and noise before it.
    public mutating func transmit(_ frame: [UInt8], at now: BootInstant) -> [UInt8] {
        guard passes(at: now) else { return [] }
        var bytes = frame
        for incident in incidents(at: now) {
            switch incident {
            case .noiseBurst: bytes.insert(contentsOf: noise(), at: 0)
            case .bitFlips(let oneInBytes): flipBits(in: &bytes, oneInBytes: oneInBytes)
            case .lostBytes(let oneInBytes): bytes.removeAll { _ in Int.random(in: 0..<max(1, oneInBytes), using: &random) == 0 }
            default: break
            }
        }
        return bytes
    }

    private func incidents(at now: BootInstant) -> [ScriptIncident] {
        script.active(at: now - start, device: device).map(\.incident)
    }

    private mutating func noise() -> [UInt8] {
        (0..<Int.random(in: 1...24, using: &random)).map { _ in .random(in: .min ... .max, using: &random) }
    }

    private mutating func flipBits(in bytes: inout [UInt8], oneInBytes: Int) {
        for index in bytes.indices where Int.random(in: 0..<max(1, oneInBytes), using: &random) == 0 {
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
    }
}
