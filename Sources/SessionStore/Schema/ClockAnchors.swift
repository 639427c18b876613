import GRDB
import VitalsModel

/// Pairs of both clocks, from which the wall time of every reading is derived.
struct ClockAnchors {
    /// Pairs of one boot, by rising boot instant.
    private let pairs: [Moment]

    /// Reads the anchors of one boot.
    init(boot: Int64, in database: Database) throws {
        pairs = try Row.fetchAll(database, sql: "SELECT boot_ns, wall_ns FROM clock WHERE boot = ? ORDER BY boot_ns", arguments: [boot])
            .map { Moment(boot: BootInstant(nanoseconds: $0[0]), wall: WallInstant(nanoseconds: $0[1])) }
    }

    /// Both clocks at a boot instant: by the last anchor at or before it, or by the first anchor where all are later.
    func moment(at instant: BootInstant) -> Moment {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].boot <= instant { low = middle + 1 } else { high = middle }
        }
        guard let anchor = low > 0 ? pairs[low - 1] : pairs.first else {
            return Moment(boot: instant, wall: WallInstant(nanoseconds: 0))
        }
        return anchor.moved(to: instant)
    }

    /// Both clocks' last anchor, or nil where the boot has none.
    var last: Moment? { pairs.last }

    /// Writes an anchor, and the boot where it is new; returns the boot's row.
    static func write(bootID: String, moment: Moment, in database: Database) throws -> Int64 {
        try database.execute(sql: "INSERT INTO boot (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [bootID])
        guard let boot = try Int64.fetchOne(database, sql: "SELECT id FROM boot WHERE name = ?", arguments: [bootID]) else {
            throw DatabaseError(message: "the boot \(bootID) cannot be stored")
        }
        try database.execute(
            sql: "INSERT INTO clock (boot, boot_ns, wall_ns) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET wall_ns = excluded.wall_ns",
            arguments: [boot, moment.boot.nanoseconds, moment.wall.nanoseconds])
        return boot
    }
}

extension SessionStore {
    /// Writes down where both clocks stand, to be called at each step of the wall clock: readings from `moment` on take
    /// their wall time from it, earlier ones keep theirs.
    public func recordClockAnchor(bootID: String, at moment: Moment) throws(StoreError) {
        _ = try write { try ClockAnchors.write(bootID: bootID, moment: moment, in: $0) }
    }
}
