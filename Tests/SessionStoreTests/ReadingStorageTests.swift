import SessionStore
import Testing
import VitalsModel

@Suite("Readings")
struct ReadingStorageTests {
    private func opened() throws -> (TemporaryStore, SessionStore) {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(sessions: [sessionRecord(1), sessionRecord(2)]))
        return (temporary, store)
    }

    @Test("Readings come back in order, to the nanosecond, with quality, device time and the widest sequences")
    func roundTrip() throws {
        let (_, store) = try opened()
        let time = DeviceTime(year: 2026, month: 1, day: 1, hour: 8, minute: 5, second: 9)
        let sent = [
            reading(.spo2, 97.5, at: 101.123456789, sequence: .max),
            reading(.heartRate, 72, at: 101.123456789, sequence: 0),
            reading(.spo2, 0.1, at: 101.2, sequence: 5, quality: .suspect),
            reading(.nibpSystolic, 121, at: 102, sequence: 6, source: "cuff", deviceTime: time),
            reading(.spo2, 98, at: 900_000, sequence: UInt64(Int64.max), quality: .demo),
        ]
        let skipped = [reading(.spo2, nil, quality: .invalid), reading(.spo2, .nan), reading(.spo2, .infinity)]
        _ = try store.commit(StoreBatch(readings: skipped + sent.reversed()))
        let found = try store.readings(of: "s1")
        let expected = sent.map(\.reading).sorted {
            ($0.received.boot, $0.source, $0.sequence) < ($1.received.boot, $1.source, $1.sequence)
        }
        #expect(found.map(\.reading) == expected)
        #expect(found.allSatisfy { $0.bootID == "boot-a" && $0.room == "room-2" && $0.session == "s1" })
    }

    @Test("A burst at one instant loses nothing, and the same readings sent again are stored once")
    func burst() throws {
        let (_, store) = try opened()
        let burst = (0..<100).map { reading(.spo2, Double($0), at: 101, sequence: UInt64($0)) }
        for _ in 0..<2 { _ = try store.commit(StoreBatch(readings: burst)) }
        #expect(try store.readings(of: "s1").map(\.reading) == burst.map(\.reading))
    }

    @Test("Signals and instants select, and sessions are apart")
    func selection() throws {
        let (_, store) = try opened()
        let all = (0..<10).flatMap { second in
            [reading(.spo2, 97, at: 100 + Double(second), sequence: 1), reading(.heartRate, 70, at: 100 + Double(second), sequence: 2)]
        }
        _ = try store.commit(StoreBatch(readings: all + [reading(session: "s2"), reading(session: nil)]))
        #expect(try store.readings(of: "s1").count == 20)
        let some = try store.readings(of: "s1", signals: [.spo2], from: BootInstant(seconds: 103), to: BootInstant(seconds: 105))
        #expect(some.map(\.reading.received.boot) == [103, 104, 105].map { BootInstant(seconds: $0) })
        #expect(try store.readings(of: "s2").count == 1)
        let extremes = (BootInstant(nanoseconds: .min), BootInstant(nanoseconds: .max))
        #expect(try store.readings(of: "s1", from: extremes.0, to: extremes.1).count == 20)
        #expect(try store.readings(of: "s1", from: extremes.1).isEmpty)
    }

    @Test("Wall time follows the anchors: a step of the clock moves what comes after it and nothing else")
    func clockStep() throws {
        let (_, store) = try opened()
        let stepped = Moment(boot: BootInstant(seconds: 200), wall: moment(200).wall + .seconds(3600))
        try store.recordClockAnchor(bootID: "boot-a", at: stepped)
        _ = try store.commit(StoreBatch(readings: [50.0, 150, 200, 250].map { reading(at: $0) }))
        let walls = try store.readings(of: "s1").map(\.reading.received.wall)
        #expect(walls == [moment(50).wall, moment(150).wall, stepped.wall, moment(250).wall + .seconds(3600)])
    }

    @Test("A session that goes on after a restart of the machine is one")
    func restart() throws {
        let (temporary, store) = try opened()
        _ = try store.commit(StoreBatch(readings: [reading(at: 5_000)]))
        try store.close()
        let later = Moment(boot: BootInstant(seconds: 10), wall: moment(6_000).wall)
        let reopened = try SessionStore.open(path: temporary.path, bootID: "boot-b", now: later)
        _ = try reopened.commit(StoreBatch(readings: [reading(at: 12)]))
        let found = try reopened.readings(of: "s1")
        #expect(found.map(\.bootID) == ["boot-a", "boot-b"])
        #expect(found.map(\.reading.received.wall) == [moment(5_000).wall, moment(6_002).wall])
    }

    @Test("The shell reads readings in UTC with their unit")
    func view() throws {
        let (temporary, store) = try opened()
        let time = DeviceTime(year: 2026, month: 1, day: 1, hour: 8, minute: 5, second: 9)
        _ = try store.commit(
            StoreBatch(readings: [reading(.nibpSystolic, 121, at: 61.5, sequence: 9, quality: .suspect, deviceTime: time)]))
        let lines = try temporary.shell(
            "SELECT session, room, source, signal, time_utc, value, unit, quality, device_time, boot_ns, sequence FROM reading_view")
        #expect(
            lines == ["s1|room-2|monitor|nibp_systolic|2026-01-01T00:01:01.500Z|121.0|mm[Hg]|suspect|2026-01-01T08:05:09|61500000000|9"])
    }

    @Test("A session takes over the last minutes of its room")
    func takeover() throws {
        let (temporary, store) = try opened()
        let time = DeviceTime(year: 2026, month: 1, day: 1, hour: 8, minute: 5, second: 9)
        _ = try store.commit(
            StoreBatch(readings: (0..<10).map { reading(at: 100 + Double($0), sequence: UInt64($0), session: nil, deviceTime: time) }))
        _ = try store.commit(StoreBatch(readings: [reading(at: 50, sequence: 77)]))
        let takeover = ReadingTakeover(room: "room-2", session: "s1", since: BootInstant(seconds: 106))
        _ = try store.commit(StoreBatch(takeovers: [takeover], readings: [reading(at: 111, sequence: 11)]))
        #expect(try store.readings(of: "s1").map(\.reading.sequence) == [77, 6, 7, 8, 9, 11])
        #expect(try store.readings(of: "s1").map(\.reading.received) == [50, 106, 107, 108, 109, 111].map { moment($0) })
        #expect(try store.readings(of: "s1").map(\.reading.deviceTime) == [nil, time, time, time, time, nil])
        #expect(try temporary.shell("SELECT count(*) FROM reading_view WHERE session IS NULL AND device_time IS NOT NULL") == ["6"])
        #expect(try store.integrityCheck() == [])
    }

    @Test("Room readings are deleted after their time, a session's never")
    func pruning() throws {
        let (temporary, store) = try opened()
        _ = try store.commit(StoreBatch(readings: [reading(at: 10, session: nil), reading(at: 500, session: nil), reading(at: 10)]))
        #expect(try store.pruneRoomReadings(before: moment(500)) == 1)
        try store.close()
        let reopened = try SessionStore.open(
            path: temporary.path, bootID: "boot-b", now: Moment(boot: BootInstant(seconds: 3), wall: moment(90_000).wall))
        _ = try reopened.commit(StoreBatch(readings: [reading(at: 4, session: nil)]))
        let limit = Moment(boot: BootInstant(seconds: 3), wall: moment(90_000).wall)
        #expect(try reopened.pruneRoomReadings(before: limit) == 1)
        #expect(try temporary.shell("SELECT session, boot_ns FROM reading_view ORDER BY 1, 2") == ["|4000000000", "s1|10000000000"])
        #expect(try reopened.integrityCheck() == [])
    }
}
