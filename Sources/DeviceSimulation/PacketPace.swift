import VitalsModel

/// When a device sends that sends so many packets a second.
struct PacketPace: Sendable {
    private let packetsPerSecond: Int64
    private let start: BootInstant
    private var index: Int64 = 0

    init(packetsPerSecond: Int64, start: BootInstant) { (self.packetsPerSecond, self.start) = (packetsPerSecond, start) }

    private var clock: Duration { .nanoseconds(index * 1_000_000_000 / packetsPerSecond) }

    /// When the next packet is due.
    var due: BootInstant { start + clock }

    /// Goes on to the next packet.
    ///
    /// - Returns: the session's clock of this one.
    mutating func next() -> Duration {
        defer { index += 1 }
        return clock
    }

    /// Leaves out all packets up to `now`.
    mutating func skip(past now: BootInstant) {
        index = max(index, (now - start).nanoseconds / 1_000_000_000 * packetsPerSecond)
        while due <= now { index += 1 }
    }
}
