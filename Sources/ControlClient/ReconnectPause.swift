import AsyncHTTPClient
import NIOCore

/// The pause before the next attempt to connect: it doubles from the first to the longest.
struct ReconnectPause: Sendable {
    private let timing: ControlTiming
    private var length: Duration

    /// Creates the pause of a first attempt.
    init(timing: ControlTiming) {
        self.timing = timing
        length = timing.firstPause
    }

    /// Waits on the network's timer, and makes the next pause longer. False when the task was cancelled.
    mutating func wait() async -> Bool {
        let timer = HTTPClient.defaultEventLoopGroup.any().scheduleTask(in: TimeAmount(length)) {}
        length = min(length * 2, timing.longestPause)
        do {
            try await withTaskCancellationHandler {
                try await timer.futureResult.get()
            } onCancel: {
                timer.cancel()
            }
            return true
        } catch {
            // The only error of an empty task is its cancellation.
            return false
        }
    }

    /// Begins again with the first pause.
    mutating func reset() { length = timing.firstPause }
}
