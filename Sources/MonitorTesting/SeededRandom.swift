import Foundation

/// A random source that repeats: the same seed gives the same numbers on every machine (SplitMix64).
///
/// A test makes one with `SeededRandom.announced(for:)`, which prints the seed, so that a failure can be run again with
/// `VIGIL_TEST_SEED`.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a source.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A source with the seed in `VIGIL_TEST_SEED`, else a fresh one; prints the seed beside the name of the test.
    public static func announced(for test: String = #function) -> SeededRandom {
        let given = ProcessInfo.processInfo.environment["VIGIL_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 1...UInt64(UInt32.max))
        print("seed of \(test): VIGIL_TEST_SEED=\(seed)")
        return SeededRandom(seed: seed)
    }

    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
