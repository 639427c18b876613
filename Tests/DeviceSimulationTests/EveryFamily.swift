import DeviceProtocols
import DeviceSimulation
import MonitorTesting
import Testing
import VitalsModel

/// A device of any kind, since a protocol's existential does not conform to the protocol.
struct AnySimulatedDevice: SimulatedDevice {
    var device: any SimulatedDevice

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { device.receive(bytes, at: now) }
    mutating func advance(to now: BootInstant) -> [[UInt8]] { device.advance(to: now) }
    var nextDeadline: BootInstant? { device.nextDeadline }
    var sent: SentValues { device.sent }
}

/// One simulator in one variant, with its family.
struct SimulatedVariant: Sendable, CustomTestStringConvertible {
    var simulator: DeviceSimulator
    var family: DeviceFamily
    var options: [String: String]

    var testDescription: String { ([family.id] + options.map { "\($0.key)=\($0.value)" }).joined(separator: " ") }

    /// Every simulator as it comes, and with each option value that its family knows too.
    static let all = SimulatorCatalog.simulators.flatMap { simulator -> [SimulatedVariant] in
        guard ChosenFamily.includes(simulator.family), let family = DeviceCatalog.family(simulator.family) else { return [] }
        let shared = simulator.options.flatMap { option in
            option.values.filter { value in family.options.contains { $0.key == option.key && $0.values.contains(value) } }
                .filter { value in value != option.values.first || value != family.options.first { $0.key == option.key }?.values.first }
                .map { [option.key: $0] }
        }
        return ([[:]] + shared).map { SimulatedVariant(simulator: simulator, family: family, options: $0) }
    }

    /// How far damage can be found.
    var check: FrameCheck { .of(family.id, options: options) }

    var hasCuff: Bool { family.signals.contains { $0.cadence == .intermittent } }

    /// The device on a patient with a script, and the family's live decoder.
    func conversation(
        _ script: SimulationScript = .quiet, cuff: CuffProgram, lineSeed: UInt64 = 1
    ) throws -> Conversation<AnySimulatedDevice> {
        let terms = SimulatorTerms(
            patient: patient(script), start: testStart, wall: testWall, cuff: hasCuff ? cuff : .manual, name: "device", options: options)
        return Conversation(
            device: AnySimulatedDevice(device: simulator.make(terms)), decoder: try family.decoder(.live, options: options),
            line: SimulatedLine(script: script, device: "device", start: testStart, seed: lineSeed), start: testStart)
    }
}

/// Holds what arrived against what was said, signal by signal.
struct ArrivalCheck {
    /// While a time in here lasts, what was said may be lost.
    var mayBeLost: [Range<Duration>]
    /// What was said and what arrived before this moment does not count.
    var from: Duration = .zero

    /// Whether "missing" may come in those times though it was not said.
    var toleratesFalseMissing = false

    /// What is wrong, in words.
    func faults(in talk: Conversation<AnySimulatedDevice>, signals: [Signal]) -> [String] {
        signals.flatMap { signal in
            signal.cadence == .streaming ? streamFaults(in: talk, signal) : cuffFaults(in: talk, signal)
        }
    }

    /// A value of a stream, or one measurement of a cuff.
    private struct Word: Hashable, CustomStringConvertible {
        var value: Double?
        var time: DeviceTime?

        var description: String { (value.map(String.init(describing:)) ?? "none") + (time.map { " of \($0)" } ?? "") }
    }

    private struct Said {
        var word: Word
        var at: Duration
        var isOptional: Bool
    }

    private func streamFaults(in talk: Conversation<AnySimulatedDevice>, _ signal: Signal) -> [String] {
        let all = talk.said.filter { $0.value.signal == signal }.map { (word: Word(value: $0.value.value), at: $0.at - testStart) }
        // What was said last before the check begins is what the device goes on saying.
        let before = all.last { $0.at < from }.map { Said(word: $0.word, at: $0.at, isOptional: true) }
        let expected = [before].compactMap { $0 } + all.filter { $0.at >= from }.map { said($0.word, $0.at) }
        let arrived = talk.readings.filter { entry in
            entry.reading.signal == signal && entry.at - testStart >= from
                && !(toleratesFalseMissing && entry.reading.value == nil && isLossy(entry.at - testStart))
        }
        return match(expected, collapsed(arrived.map { Word(value: $0.reading.value) }), signal, collapsing: true)
    }

    private func cuffFaults(in talk: Conversation<AnySimulatedDevice>, _ signal: Signal) -> [String] {
        let expected = talk.said.filter { $0.value.signal == signal && $0.at - testStart >= from }
            .map { said(Word(value: $0.value.value, time: $0.value.deviceTime), $0.at - testStart) }
        let arrived = talk.readings.filter { $0.reading.signal == signal && $0.at - testStart >= from }
            .map { Word(value: $0.reading.value, time: $0.reading.deviceTime) }
        // A monitor may say that it shows no pressure; that is no measurement.
        return match(expected, arrived.filter { $0.value != nil }, signal, collapsing: false)
    }

    private func isLossy(_ at: Duration) -> Bool { mayBeLost.contains { $0.contains(at) } }

    private func said(_ word: Word, _ at: Duration) -> Said { Said(word: word, at: at, isOptional: isLossy(at)) }

    private func collapsed(_ words: [Word]) -> [Word] {
        words.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// Follows every way in which some of the optional words were lost: how many of the arrived ones each way explains.
    private func match(_ expected: [Said], _ arrived: [Word], _ signal: Signal, collapsing: Bool) -> [String] {
        var explained: Set<Int> = [0]
        for item in expected {
            var next = Set(explained.filter { $0 < arrived.count && arrived[$0] == item.word }.map { $0 + 1 })
            if collapsing { next.formUnion(explained.filter { $0 > 0 && arrived[$0 - 1] == item.word }) }
            if item.isOptional { next.formUnion(explained) }
            guard !next.isEmpty else {
                let count = explained.max() ?? 0
                let context = arrived[max(0, count - 2)..<min(arrived.count, count + 3)]
                return ["\(signal.rawValue): \(item.word) said at \(item.at) did not arrive; near: \(context), from \(max(0, count - 2))"]
            }
            explained = next
        }
        guard !explained.contains(arrived.count) else { return [] }
        return [
            "\(signal.rawValue): \(arrived.count) arrived, \(explained.max() ?? 0) were said; then: \(arrived.dropFirst(explained.max() ?? 0).prefix(5))"
        ]
    }
}
