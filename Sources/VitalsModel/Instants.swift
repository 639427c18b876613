/// A point on the boot clock (Linux `CLOCK_BOOTTIME`): it advances while the machine sleeps and never jumps.
///
/// All decisions and all durations use this clock; wall time is only written down beside it.
public struct BootInstant: Sendable, Hashable, Comparable, Codable {
    /// Nanoseconds since the machine booted.
    public var nanoseconds: Int64

    /// Creates an instant from nanoseconds since boot.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Creates an instant from seconds since boot.
    public init(seconds: Double) { nanoseconds = Int64(seconds * 1e9) }

    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Encodes it as `init(from:)` reads it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }

    /// Orders from the lesser to the greater.
    public static func < (left: BootInstant, right: BootInstant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later.
    public static func + (instant: BootInstant, duration: Duration) -> BootInstant {
        BootInstant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
    }

    /// The instant `duration` earlier.
    public static func - (instant: BootInstant, duration: Duration) -> BootInstant {
        BootInstant(nanoseconds: instant.nanoseconds - duration.nanoseconds)
    }

    /// The time from `earlier` to `later`; negative when they are the other way round.
    public static func - (later: BootInstant, earlier: BootInstant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

/// A point in UTC, for people and for other systems; never used to decide.
public struct WallInstant: Sendable, Hashable, Comparable, Codable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public var nanoseconds: Int64

    /// Creates an instant from nanoseconds since 1970 in UTC.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Encodes it as `init(from:)` reads it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }

    /// Orders from the lesser to the greater.
    public static func < (left: WallInstant, right: WallInstant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later.
    public static func + (instant: WallInstant, duration: Duration) -> WallInstant {
        WallInstant(nanoseconds: instant.nanoseconds + duration.nanoseconds)
    }

    /// The time from `earlier` to `later`.
    public static func - (later: WallInstant, earlier: WallInstant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

/// One moment on both clocks, as every stored line carries it.
public struct Moment: Sendable, Hashable, Codable {
    /// The clock that decides.
    public var boot: BootInstant
    /// The clock that people read.
    public var wall: WallInstant

    /// Creates a moment from its two readings.
    public init(boot: BootInstant, wall: WallInstant) {
        self.boot = boot
        self.wall = wall
    }

    /// The moment on the same pair of clocks at another boot instant (wall time moves by the same distance).
    public func moved(to boot: BootInstant) -> Moment {
        Moment(boot: boot, wall: wall + (boot - self.boot))
    }
}

extension Duration {
    /// The whole duration in nanoseconds, cut toward zero below one nanosecond; good for 292 years.
    public var nanoseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }

    /// The duration in seconds.
    public var inSeconds: Double { Double(nanoseconds) / 1e9 }
}

/// A device's own date and time: no zone, often wrong; for display and for telling measurements apart.
public struct DeviceTime: Sendable, Hashable, Codable, CustomStringConvertible {
    /// ISO 8601 without zone, `2017-11-04T14:45:00`, with `.ff` hundredths only when the device gave them.
    public var description: String

    /// Creates a device time from its parts, or nil when a part is out of its range.
    public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, hundredths: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second), (0...99).contains(hundredths) else {
            return nil
        }
        var text = "\(year.filled(4))-\(month.filled(2))-\(day.filled(2))T\(hour.filled(2)):\(minute.filled(2)):\(second.filled(2))"
        if hundredths > 0 { text += ".\(hundredths.filled(2))" }
        description = text
    }

    /// Creates a device time from text that the store or the wire holds; not checked again.
    public init(stored text: String) { description = text }

    /// Seconds since 1970 on the device's own clock, as if it ran in UTC; nil for a text of another shape.
    public var secondsSince1970: Double? {
        WallInstant(utcText: description + "Z").map { Double($0.nanoseconds) / 1e9 }
    }

    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    /// Encodes it as `init(from:)` reads it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
