import Locking

/// Counts the bytes that the reader has handed over and that wait for their source's queue; more than `most` pause the port.
final class WaitingBytes: Sendable {
    private static let most = 1 << 20

    private struct Counts {
        var waiting = 0
        var total = 0
        var isPaused = false
    }

    private let counts = Mutex(Counts())

    /// Bytes that have had their turn since the start.
    var taken: Int { counts.withLock { $0.total - $0.waiting } }

    /// Counts a burst that begins to wait.
    ///
    /// - Returns: whether the port must pause.
    func add(_ bytes: Int) -> Bool {
        counts.withLock { counts in
            counts.total += bytes
            counts.waiting += bytes
            if counts.waiting > Self.most { counts.isPaused = true }
            return counts.isPaused
        }
    }

    /// Counts a burst that has its turn.
    ///
    /// - Returns: whether a port that was paused may go on.
    func take(_ bytes: Int) -> Bool {
        counts.withLock { counts in
            counts.waiting -= bytes
            guard counts.isPaused, counts.waiting < Self.most / 2 else { return false }
            counts.isPaused = false
            return true
        }
    }
}
