import GRDB
import VitalsModel

extension SessionStore {
    /// Deletes readings of rooms without a session that were received before `limit`; a session's readings stay.
    ///
    /// Readings of the present boot are judged by the boot clock, those of earlier boots by their wall time. Each channel is a
    /// transaction of its own, so that commits come in between.
    ///
    /// - Returns: How many readings were deleted.
    public func pruneRoomReadings(before limit: Moment) throws(StoreError) -> Int {
        let channels = try read { database in
            try Row.fetchAll(database, sql: "SELECT id, boot, origin_ns FROM channel WHERE ifnull(session, '') = ''")
                .map { RoomChannel(id: $0[0], boot: $0[1], originNanoseconds: $0[2]) }
        }
        var deleted = 0
        for channel in channels { deleted += try write { try self.prune(channel, before: limit, in: $0) } }
        return deleted
    }

    private func prune(_ channel: RoomChannel, before limit: Moment, in database: Database) throws -> Int {
        let isPresent = channel.boot == boot
        let first = try isPresent ? limit.boot : Self.instant(of: limit.wall, boot: channel.boot, in: database)
        try database.execute(
            sql: "DELETE FROM reading WHERE channel = ? AND at_ns < ?",
            arguments: [channel.id, first.nanoseconds - channel.originNanoseconds])
        let deleted = database.changesCount
        if !isPresent {
            try database.execute(
                sql: "DELETE FROM channel WHERE id = ? AND NOT EXISTS (SELECT 1 FROM reading WHERE channel = channel.id)",
                arguments: [channel.id])
        }
        return deleted
    }

    /// A wall time on an earlier boot's clock, by that boot's last anchor: days do not ask for more.
    private static func instant(of wall: WallInstant, boot: Int64, in database: Database) throws -> BootInstant {
        guard let anchor = try ClockAnchors(boot: boot, in: database).last else { return BootInstant(nanoseconds: 0) }
        return anchor.boot + (wall - anchor.wall)
    }

    private struct RoomChannel {
        var id: Int64
        var boot: Int64
        var originNanoseconds: Int64
    }
}
