import DeviceProtocols
import VitalsModel

/// One worked example of a family: some bytes, and what the offline decoder must say of them.
public struct DecoderVector: Sendable, Hashable {
    /// One reading that must come. What is nil is not compared.
    public struct ExpectedReading: Sendable, Hashable {
        /// The signal.
        public var signal: Signal
        /// The value; nil for an invalid reading.
        public var value: Double?
        /// The quality.
        public var quality: ReadingQuality
        /// The first byte of its frame, counted from the first byte of the vector.
        public var offset: Int?
        /// The device's time.
        public var time: DeviceTime?

        /// Creates an expectation.
        public init(_ signal: Signal, _ value: Double?, _ quality: ReadingQuality, offset: Int? = nil, time: DeviceTime? = nil) {
            self.signal = signal
            self.value = value
            self.quality = quality
            self.offset = offset
            self.time = time
        }
    }

    /// The state of one signal, as a decoder tells it.
    public struct ToldCondition: Sendable, Hashable {
        /// The signal.
        public var signal: Signal
        /// The state.
        public var condition: SignalCondition

        /// Creates a state.
        public init(_ signal: Signal, _ condition: SignalCondition) {
            self.signal = signal
            self.condition = condition
        }
    }

    /// One begin or end of a cuff measurement.
    public struct CuffChange: Sendable, Hashable {
        /// The new state.
        public var state: CuffState
        /// Why it gave no values, in words.
        public var failure: String?

        /// Creates a change.
        public init(_ state: CuffState, failure: String? = nil) {
            self.state = state
            self.failure = failure
        }
    }

    /// What it shows, in words.
    public var name: String
    /// Where it begins in its file, counted from 1.
    public var line: Int
    /// The variant of the family.
    public var options: [String: String] = [:]
    /// What the device sends.
    public var bytes: [UInt8] = []
    /// All readings, in order.
    public var readings: [ExpectedReading] = []
    /// Conditions that must be told in this order; others may be told between them.
    public var conditions: [ToldCondition] = []
    /// All changes of the cuff in order; empty is not compared.
    public var cuffChanges: [CuffChange] = []
    /// The exact counts of refusals.
    public var rejected: [FrameRejection: Int] = [:]

    /// Creates a vector without bytes.
    public init(name: String, line: Int) {
        self.name = name
        self.line = line
    }

    /// Whether nothing of its bytes is refused, so that it may serve as a clean stream.
    public var isClean: Bool { rejected.isEmpty }
}

/// What a decoder made of some bytes.
public struct DecodedVector: Sendable, Hashable {
    /// The readings.
    public var readings: [DecodedReading] = []
    /// The states of signals.
    public var conditions: [DecoderVector.ToldCondition] = []
    /// The changes of the cuff.
    public var cuffChanges: [DecoderVector.CuffChange] = []
    /// Refusals by kind.
    public var rejected: [FrameRejection: Int] = [:]

    /// Decodes a vector with a new offline decoder, in chunks of `size` bytes.
    ///
    /// - Throws: `DeviceOptionError` for an option that the family does not have or a value that it does not take.
    public init(_ vector: DecoderVector, family: DeviceFamily, chunk size: Int) throws(DeviceOptionError) {
        var decoding = try OfflineDecoding(family, options: vector.options)
        for start in stride(from: 0, to: vector.bytes.count, by: max(1, size)) {
            for event in decoding.events(from: Array(vector.bytes[start..<min(start + max(1, size), vector.bytes.count)])) { take(event) }
        }
        rejected = decoding.statistics.rejected.filter { $0.value != 0 }
    }

    private mutating func take(_ event: DeviceEvent) {
        switch event {
        case .reading(let reading): readings.append(reading)
        case .signalCondition(let signal, let condition): conditions.append(.init(signal, condition))
        case .cuff(let state, let failure): cuffChanges.append(.init(state, failure: failure))
        case .link: break
        }
    }

    /// What is other than the vector says, a sentence each; empty is good.
    public func differences(from vector: DecoderVector) -> [String] {
        readingDifferences(vector.readings) + conditionDifferences(vector.conditions) + cuffDifferences(vector.cuffChanges)
            + rejectionDifferences(vector.rejected)
    }

    private func readingDifferences(_ expected: [DecoderVector.ExpectedReading]) -> [String] {
        (0..<max(expected.count, readings.count)).compactMap { index in
            let wanted = index < expected.count ? expected[index] : nil
            let seen = index < readings.count ? readings[index] : nil
            switch (wanted, seen) {
            case (let wanted?, let seen?):
                return wanted.isMet(by: seen) ? nil : "reading \(index + 1) is \(seen.words), not \(wanted.words)"
            case (let wanted?, nil): return "reading \(index + 1) is missing: \(wanted.words)"
            case (nil, let seen?): return "reading \(index + 1) is too much: \(seen.words)"
            case (nil, nil): return nil
            }
        }
    }

    private func conditionDifferences(_ expected: [DecoderVector.ToldCondition]) -> [String] {
        var rest = conditions[...]
        for wanted in expected {
            guard let place = rest.firstIndex(of: wanted) else {
                let told = conditions.map { "\($0.signal.rawValue) \($0.condition.rawValue)" }.joined(separator: ", ")
                return ["condition \(wanted.signal.rawValue) \(wanted.condition.rawValue) is not told in its place; told: [\(told)]"]
            }
            rest = rest[(place + 1)...]
        }
        return []
    }

    private func cuffDifferences(_ expected: [DecoderVector.CuffChange]) -> [String] {
        guard !expected.isEmpty, expected != cuffChanges else { return [] }
        let words = { (changes: [DecoderVector.CuffChange]) in
            changes.map { $0.state.rawValue + ($0.failure.map { " (\($0))" } ?? "") }.joined(separator: ", ")
        }
        return ["the cuff says [\(words(cuffChanges))], not [\(words(expected))]"]
    }

    private func rejectionDifferences(_ expected: [FrameRejection: Int]) -> [String] {
        Set(expected.keys).union(rejected.keys).sorted().compactMap { kind in
            let (wanted, seen) = (expected[kind, default: 0], rejected[kind, default: 0])
            return wanted == seen ? nil : "rejected \(kind.rawValue) \(seen), not \(wanted)"
        }
    }
}

extension DecoderVector.ExpectedReading {
    /// Whether a reading is this one.
    public func isMet(by reading: DecodedReading) -> Bool {
        reading.signal == signal && reading.value == value && reading.quality == quality && (offset == nil || reading.offset == offset)
            && (time == nil || reading.deviceTime == time)
    }

    var words: String {
        "\(signal.rawValue) \(value.map(String.init(describing:)) ?? "none") \(quality.rawValue)"
            + (offset.map { " at \($0)" } ?? "") + (time.map { " time \($0)" } ?? "")
    }
}

extension DecodedReading {
    var words: String { DecoderVector.ExpectedReading(signal, value, quality, offset: offset, time: deviceTime).words }
}
