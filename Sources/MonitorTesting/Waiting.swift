import Dispatch

/// Something that did not come in time.
public struct DeadlineMissed: Error, CustomStringConvertible {
    /// What was waited for, and how long.
    public let description: String

    /// Creates an error that says so.
    public init(description: String) { self.description = description }
}

/// Asks again and again until there is an answer, and gives it.
///
/// - Parameters:
///   - what: What is waited for, in words.
///   - limit: The deadline.
///   - interval: The pause between two looks.
///   - look: The answer, or nil for not yet.
/// - Throws: `DeadlineMissed`, and whatever `look` throws.
public func eventually<Answer>(
    _ what: String, within limit: Duration = .seconds(30), every interval: Duration = .milliseconds(10),
    isolation: isolated (any _Concurrency.Actor)? = #isolation, _ look: () async throws -> Answer?
) async throws -> Answer {
    let deadline = ContinuousClock.now + limit
    while true {
        if let answer = try await look() { return answer }
        try Task.checkCancellation()
        if ContinuousClock.now > deadline { throw DeadlineMissed(description: "not within \(limit): \(what)") }
        await pass(interval)
    }
}

/// Waits until a condition holds.
///
/// - Throws: `DeadlineMissed`, and whatever `condition` throws.
public func until(
    _ what: String, within limit: Duration = .seconds(30), every interval: Duration = .milliseconds(10),
    isolation: isolated (any _Concurrency.Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(what, within: limit, every: interval) { try await condition() ? true : nil }
}

private let pauses = DispatchQueue(label: "test-pauses", attributes: .concurrent)

/// Lets time pass without holding a thread.
public func pass(_ duration: Duration) async {
    let (seconds, attoseconds) = duration.components
    let pause = DispatchTimeInterval.nanoseconds(Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    await withCheckedContinuation { continuation in
        pauses.asyncAfter(deadline: .now() + pause) { continuation.resume() }
    }
}

/// How long `body` takes.
public func measured<Answer>(
    isolation: isolated (any _Concurrency.Actor)? = #isolation, _ body: () async throws -> Answer
) async rethrows -> (Answer, Duration) {
    let start = ContinuousClock.now
    let answer = try await body()
    return (answer, ContinuousClock.now - start)
}

// MARK: For tests that hold their thread

/// Looks at a condition every millisecond until it holds; false when the deadline passes first.
public func eventually(within limit: Duration = .seconds(20), _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    let never = DispatchSemaphore(value: 0)
    while try !condition() {
        if ContinuousClock.now > deadline { return false }
        _ = never.wait(timeout: .now() + .milliseconds(1))
    }
    return true
}

/// Whether a condition holds at every look during a time.
public func always(for time: Duration, _ condition: () -> Bool) -> Bool {
    !eventually(within: time) { !condition() }
}
