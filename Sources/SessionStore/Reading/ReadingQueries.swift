import GRDB
import VitalsModel

extension SessionStore {
    /// A session's readings in the order of their arrival, with the wall time that the clock anchors give.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - signals: Only these, or all.
    ///   - from: Only readings at or after this instant. Each reading is held against its own boot's clock; where a session
    ///     goes on over a restart of the machine, use ``timeline(of:signals:from:to:maxPoints:)``, which goes by wall time.
    ///   - to: Only readings at or before this instant.
    public func readings(
        of session: SessionID, signals: Set<Signal>? = nil, from: BootInstant? = nil, to: BootInstant? = nil
    ) throws(StoreError) -> [TimedReading] {
        try read { database in
            var found: [(boot: Int64, reading: TimedReading)] = []
            for channel in try ChannelRow.fetch(of: session, signals: signals, in: database) {
                let clock = try ClockAnchors(boot: channel.boot, in: database)
                let times = try channel.deviceTimes(in: database)
                try ReadingScan(in: database).forEach(of: channel.channel, from: from, to: to) { row in
                    let time = times.isEmpty ? nil : times[DeviceTimeKey(at: row.at, sequence: row.sequence)]
                    found.append((channel.boot, channel.reading(row, at: clock.moment(at: row.at), deviceTime: time)))
                }
            }
            return found.sorted { Self.order($0) < Self.order($1) }.map(\.reading)
        }
    }

    private static func order(_ item: (boot: Int64, reading: TimedReading)) -> (Int64, Int64, SourceID, UInt64) {
        let reading = item.reading.reading
        return (item.boot, reading.received.boot.nanoseconds, reading.source, reading.sequence)
    }
}

extension ChannelRow {
    /// A row of this channel as a reading.
    func reading(_ row: ReadingRow, at moment: Moment, deviceTime: DeviceTime?) -> TimedReading {
        let reading = Reading(
            source: source, signal: signal, value: row.value, quality: row.quality, received: moment, deviceTime: deviceTime,
            sequence: row.sequence)
        return TimedReading(bootID: bootID, room: room, session: session, reading: reading)
    }
}
