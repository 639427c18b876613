import VitalsModel

/// The pauses between attempts to open a port where udev does not tell of it: doubled each time.
struct ReopeningPause: Sendable {
    private static let shortest = Duration.milliseconds(250)
    private static let longest = Duration.seconds(5)

    private var next = ReopeningPause.shortest
    /// When the next attempt is due; nil while none is planned.
    private(set) var due: BootInstant?

    /// Plans the next attempt.
    mutating func begin(at now: BootInstant) {
        due = now + next
        next = min(next * 2, Self.longest)
    }

    /// The attempt is made.
    mutating func end() { due = nil }

    /// Something was heard of the port: the next pause is a short one again.
    mutating func shorten() { next = Self.shortest }
}
