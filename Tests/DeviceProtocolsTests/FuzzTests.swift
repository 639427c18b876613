import DeviceProtocols
import Foundation
import MonitorTesting
import Testing
import VitalsModel

/// One variant of a family.
struct FuzzedVariant: Sendable, CustomTestStringConvertible {
    var family: DeviceFamily
    var options: [String: String]

    var testDescription: String { ([family.id] + options.map { "\($0.key)=\($0.value)" }).joined(separator: " ") }

    /// Every family as it is, and with each value of each option.
    static let all = DeviceCatalog.families.filter { ChosenFamily.includes($0.id) }.flatMap { family in
        [FuzzedVariant(family: family, options: [:])]
            + family.options.flatMap { option in
                option.values.dropFirst().map { FuzzedVariant(family: family, options: [option.key: $0]) }
            }
    }
}

/// Random bytes, mutated vectors, commands and times, at both decoders of every family.
// One case at a time: hundreds of them at once would keep every waiting test from its turn for minutes.
@Suite("Fuzz", .serialized)
struct FuzzTests {
    /// Rounds for each variant and mode; the nightly run sets more.
    private static let rounds = ProcessInfo.processInfo.environment["VIGIL_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 40

    @Test("no bytes, commands or times crash a decoder, fill it, or send it in circles", arguments: FuzzedVariant.all)
    func fuzz(variant: FuzzedVariant) throws {
        var random = SeededRandom.announced(for: "fuzz of \(variant.testDescription)")
        let vectors = VectorFolder.ours.files.first { $0.family == variant.family.id }?.vectors.map(\.bytes) ?? []
        for round in 0..<Self.rounds {
            for mode in [DecoderMode.live, .offline] {
                var subject = FuzzSubject(try variant.family.decoder(mode, options: variant.options), mode: mode)
                for _ in 0..<60 where subject.faults.isEmpty { subject.step(vectors, using: &random) }
                subject.finish()
                #expect(subject.faults == [], "\(variant.testDescription), \(mode), round \(round)")
                if !subject.faults.isEmpty { return }
            }
        }
    }

    @Test("however much has come, a decoder holds little", arguments: FuzzedVariant.all)
    func memory(variant: FuzzedVariant) throws {
        var random = SeededRandom.announced(for: "memory of \(variant.testDescription)")
        let vectors = VectorFolder.ours.files.first { $0.family == variant.family.id }?.vectors.map(\.bytes) ?? []
        for mode in [DecoderMode.live, .offline] {
            var subject = FuzzSubject(try variant.family.decoder(mode, options: variant.options), mode: mode)
            while subject.bytesTaken < 3 * FuzzSubject.mostHeld, subject.faults.isEmpty { subject.step(vectors, using: &random) }
            subject.finish()
            #expect(subject.faults == [], "\(variant.testDescription), \(mode)")
        }
    }
}

/// One decoder under random treatment, with what was seen to be wrong.
struct FuzzSubject {
    private(set) var faults: [String] = []
    private var decoder: any DeviceDecoder
    private let mode: DecoderMode
    private var now = BootInstant(seconds: 1000)
    private(set) var bytesTaken = 0

    /// A frame, a few messages that wait, tables by signal: whatever a decoder holds is smaller, and does not grow.
    static let mostHeld = 16_000

    init(_ decoder: any DeviceDecoder, mode: DecoderMode) {
        (self.decoder, self.mode) = (decoder, mode)
        if mode == .live { check(self.decoder.advance(to: now), after: "advance to the opening", bytes: 0) }
    }

    /// Does one random thing.
    mutating func step(_ vectors: [[UInt8]], using random: inout SeededRandom) {
        now = now + .nanoseconds(Self.times.randomElement(using: &random).map { Int64.random(in: 0...$0, using: &random) } ?? 0)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3: receive(random.bytes(Int.random(in: 0...400, using: &random)), using: &random)
        case 3..<8: receive(vectors.randomElement(using: &random) ?? [], using: &random)
        case 8..<15: receive(Self.mutated(vectors, using: &random), using: &random)
        case 15: check(decoder.advance(to: now), after: "advance to a time", bytes: 0)
        // The clock never goes back; a decoder must stand it none the less.
        case 16: check(decoder.advance(to: now - .seconds(Int.random(in: 0...100, using: &random))), after: "advance back", bytes: 0)
        case 17: check(decoder.command(CuffCommand.allCases.randomElement(using: &random) ?? .start, at: now), after: "command", bytes: 0)
        default: followDeadlines()
        }
    }

    /// What holds at the end: every count stands for something that came, and little is held.
    mutating func finish() {
        let counts = decoder.statistics
        let refused = counts.rejected.values.reduce(0, +)
        if counts.frames > bytesTaken || refused > 2 * bytesTaken + 1 || counts.frames < 0
            || counts.rejected.values.contains(where: { $0 < 0 })
        {
            faults.append("counts that \(bytesTaken) bytes cannot have: \(counts)")
        }
        let held = Self.elements(in: decoder, depth: 0)
        if held > Self.mostHeld { faults.append("\(held) elements are held after \(bytesTaken) bytes") }
    }

    /// From none at all to a day.
    private static let times: [Int64] = [0, 1_000_000, 300_000_000, 5_000_000_000, 60_000_000_000, 86_400_000_000_000]

    private mutating func receive(_ bytes: [UInt8], using random: inout SeededRandom) {
        let size = Int.random(in: 1...max(1, bytes.count), using: &random)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let chunk = Array(bytes[start..<min(start + size, bytes.count)])
            bytesTaken += chunk.count
            check(decoder.receive(chunk, at: now), after: "receive", bytes: chunk.count)
        }
    }

    /// A decoder that wants to be called must, when it is, want something later or nothing.
    private mutating func followDeadlines() {
        for _ in 0..<20 {
            guard let deadline = decoder.nextDeadline else { return }
            now = max(now, deadline)
            check(decoder.advance(to: now), after: "advance to its deadline", bytes: 0)
        }
    }

    private mutating func check(_ output: DeviceOutput, after act: String, bytes: Int) {
        let unsound = output.events.compactMap { if case .reading(let reading) = $0, !reading.isSound { reading } else { nil } }
        if !unsound.isEmpty { faults.append("after \(act): \(unsound)") }
        let sent = output.bytesToSend.reduce(0) { $0 + $1.count }
        if sent > 4096 + 16 * bytes { faults.append("after \(act) with \(bytes) bytes: \(sent) bytes to send") }
        if output.bytesToSend.contains(where: \.isEmpty) { faults.append("after \(act): nothing as bytes to send") }
        if output.events.count > 64 + 8 * bytes { faults.append("after \(act) with \(bytes) bytes: \(output.events.count) events") }
        if mode == .offline, sent > 0 { faults.append("after \(act): an offline decoder sends") }
        // Between a command or a chunk and the next `advance` a deadline may be due; `advance` itself must move it on.
        if act.hasPrefix("advance to"), let deadline = decoder.nextDeadline, deadline <= now {
            faults.append("after \(act): it wants to be called at \(deadline), and it is \(now) already")
        }
    }

    /// A vector, or two run together, with bytes changed, lost, doubled or put in.
    private static func mutated(_ vectors: [[UInt8]], using random: inout SeededRandom) -> [UInt8] {
        var bytes = vectors.randomElement(using: &random) ?? random.bytes(100)
        if Bool.random(using: &random) { bytes += vectors.randomElement(using: &random) ?? [] }
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            default: bytes.insert(contentsOf: bytes[place..<min(place + 12, bytes.count)], at: place)
            }
        }
        return bytes
    }

    /// How many elements stand in all collections inside a value.
    private static func elements(in value: Any, depth: Int) -> Int {
        guard depth < 12 else { return 0 }
        if let bytes = value as? [UInt8] { return bytes.count }
        if let text = value as? String { return text.utf8.count }
        let mirror = Mirror(reflecting: value)
        let isCollection = mirror.displayStyle == .collection || mirror.displayStyle == .dictionary || mirror.displayStyle == .set
        return mirror.children.reduce(isCollection ? mirror.children.count : 0) { $0 + elements(in: $1.value, depth: depth + 1) }
    }
}
