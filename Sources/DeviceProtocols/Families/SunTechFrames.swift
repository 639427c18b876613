/// The result that a module holds.
struct SunTechResult: Sendable, Hashable {
    var systolic: Int
    var diastolic: Int
    var mean: Int
    var beats: UInt8
    var heartRate: UInt8
    var state: UInt8
    var error: UInt8

    /// The only state that was ever seen with good values.
    static let goodState: UInt8 = 0x01

    /// What tells one measurement from another.
    var numbers: [Int] { [systolic, diastolic, mean, Int(beats), Int(heartRate)] }
    var hasNumbers: Bool { systolic > 0 || diastolic > 0 || mean > 0 }
    /// Nothing was measured since power-up.
    var isNone: Bool { error == 0 && !hasNumbers }

    var isPlausible: Bool {
        (40...300).contains(systolic) && (20...200).contains(diastolic) && diastolic < mean && mean < systolic
    }
}

/// What the module held when it was last asked, so that nothing old is taken for new.
struct SunTechMemory: Sendable, Hashable {
    private(set) var isEmpty = true
    private var numbers: [Int]?
    private var error: UInt8 = 0

    /// Whether it is another result or another error than the one before.
    func isNews(_ result: SunTechResult) -> Bool {
        guard !isEmpty, !result.isNone else { return false }
        return result.error == 0 ? result.numbers != numbers : result.error != error
    }

    mutating func remember(_ result: SunTechResult) {
        isEmpty = false
        error = result.error
        if result.hasNumbers { numbers = result.numbers }
    }
}

/// One frame of the module.
enum SunTechMessage: Sendable, Hashable {
    /// The measurement is over.
    case ended
    /// Cuff pressure, mmHg.
    case pressure(Int)
    case result(SunTechResult)
    /// A good frame that says nothing of use.
    case other

    /// Reads a frame whose sum is good.
    init(_ frame: ArraySlice<UInt8>) {
        let bytes = Array(frame)
        func number(_ index: Int) -> Int { Int(bytes[index]) | Int(bytes[index + 1]) << 8 }
        switch bytes.count {
        case 4: self = bytes[2] == UInt8(ascii: "K") ? .ended : .other
        case 5: self = .pressure(number(2))
        case 24:
            self = .result(
                SunTechResult(
                    systolic: number(2), diastolic: number(4), mean: number(18), beats: bytes[6], heartRate: bytes[16], state: bytes[7],
                    error: bytes[20]))
        default: self = .other
        }
    }
}

/// Cuts a byte stream into frames; holds at most one.
struct SunTechFrames: Sendable {
    enum Step: Sendable, Hashable {
        case message(SunTechMessage, offset: Int)
        case rejected(FrameRejection)
    }

    private var held: [UInt8] = []
    /// Stream offset of the first byte held.
    private var offset = 0
    /// Bytes of a refused frame that must not be counted again as garbage.
    private var countedBytes = 0

    private static let first: UInt8 = 0x3E
    private static let lengths: ClosedRange<Int> = 4...67

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while true {
            if let step = examine() { return step }
            guard position < bytes.count else { return nil }
            held.append(bytes[position])
            position += 1
        }
    }

    /// Drops a frame that was begun; false when there is none.
    mutating func discard() -> Bool {
        guard !held.isEmpty else { return false }
        offset += held.count
        held.removeAll(keepingCapacity: true)
        countedBytes = 0
        return true
    }

    /// Looks at what is held; nil says that it is the beginning of a frame, or nothing.
    private mutating func examine() -> Step? {
        while let byte = held.first {
            guard byte == Self.first else {
                if skip() { return .rejected(.garbage) }
                continue
            }
            guard held.count >= 2 else { return nil }
            let length = Int(held[1])
            guard Self.lengths.contains(length) else {
                if skip() { return .rejected(.badLength) }
                continue
            }
            guard held.count >= length else { return nil }
            if let step = finish(length) { return step }
        }
        return nil
    }

    /// Takes the frame that is whole, or refuses it and goes on at its second byte.
    private mutating func finish(_ length: Int) -> Step? {
        let frame = held[..<length]
        guard frame.reduce(0 as UInt8, &+) == 0 else {
            let isNew = skip()
            countedBytes = max(countedBytes, length - 1)
            return isNew ? .rejected(.badChecksum) : nil
        }
        let step = Step.message(SunTechMessage(frame), offset: offset)
        held.removeFirst(length)
        offset += length
        countedBytes = 0
        return step
    }

    /// Drops one byte.
    ///
    /// - Returns: whether it was not yet counted as a part of a refused frame.
    private mutating func skip() -> Bool {
        held.removeFirst()
        offset += 1
        guard countedBytes > 0 else { return true }
        countedBytes -= 1
        return false
    }
}
