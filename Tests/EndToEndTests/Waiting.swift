import Dispatch
import LinuxIO
import VitalsModel

/// Something that did not come in time.
struct DeadlineMissed: Error, CustomStringConvertible {
    let description: String
}

/// Asks again and again until there is an answer, and gives it.
///
/// - Parameters:
///   - what: What is waited for, in words.
///   - limit: The deadline.
///   - interval: The pause between two looks.
///   - look: The answer, or nil for not yet.
/// - Throws: `DeadlineMissed`, and whatever `look` throws.
func eventually<Answer>(
    _ what: String, within limit: Duration = .seconds(30), every interval: Duration = .milliseconds(10),
    isolation: isolated (any _Concurrency.Actor)? = #isolation, _ look: () async throws -> Answer?
) async throws -> Answer {
    let deadline = BootClock.now().boot + limit
    while true {
        if let answer = try await look() { return answer }
        try Task.checkCancellation()
        if BootClock.now().boot > deadline { throw DeadlineMissed(description: "not within \(limit): \(what)") }
        await pass(interval)
    }
}

/// Waits until a condition holds.
func until(
    _ what: String, within limit: Duration = .seconds(30), every interval: Duration = .milliseconds(10),
    isolation: isolated (any _Concurrency.Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    _ = try await eventually(what, within: limit, every: interval) { try await condition() ? true : nil }
}

private let pauses = DispatchQueue(label: "test-pauses", attributes: .concurrent)

/// Lets time pass without holding a thread.
func pass(_ duration: Duration) async {
    await withCheckedContinuation { continuation in
        pauses.asyncAfter(deadline: .now() + .nanoseconds(Int(duration.nanoseconds))) { continuation.resume() }
    }
}

/// How long `body` takes.
func measured<Answer>(isolation: isolated (any _Concurrency.Actor)? = #isolation, _ body: () async throws -> Answer) async rethrows -> (
    Answer, Duration
) {
    let start = BootClock.now().boot
    let answer = try await body()
    return (answer, BootClock.now().boot - start)
}
