import Synchronization

/// `Synchronization.Mutex`, made visible to the thread sanitizer.
///
/// The standard library takes a contended mutex in code that the sanitizer cannot see, so that every contended mutex looks
/// like a race to it (seen with Swift 6.3 on Linux). The atomic here is written before the mutex is released and read after it
/// is taken, in code that the sanitizer sees; on x86 both are plain moves. Nothing depends on its value.
public struct Mutex<Value: ~Copyable>: ~Copyable, Sendable {
    private let mutex: Synchronization.Mutex<Value>
    private let handover = Atomic<Int>(0)

    /// Creates a mutex that protects a value.
    public init(_ value: consuming sending Value) { mutex = Synchronization.Mutex(value) }

    /// Runs `body` alone.
    ///
    /// - Throws: What `body` throws.
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { (value: inout sending Value) throws(Failure) -> sending Result in
            _ = handover.load(ordering: .acquiring)
            defer { handover.store(1, ordering: .releasing) }
            return try body(&value)
        }
    }
}
