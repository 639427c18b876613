import LinuxIO
import SessionStore
import VitalsModel

/// Readings as 16 oximeters in 16 rooms give them: pulse rate and SpO2 once a second each, in the order of their arrival.
struct ReadingLoad {
    private static let rooms = 16
    private static let signals = [Signal.pulseRate, .spo2]
    private static let start = Moment(boot: BootInstant(seconds: 1000), wall: WallInstant(nanoseconds: 1_767_225_600_000_000_000))

    /// How many readings.
    let rows: Int

    static func openStore(_ path: String) throws -> SessionStore { try SessionStore.open(path: path, bootID: "bench", now: start) }

    /// The sessions that the readings belong to.
    var sessions: StoreBatch {
        StoreBatch(
            sessions: (1...Self.rooms).map { number in
                SessionRecord(
                    id: SessionID("s\(number)"), ordinal: number, room: RoomID("room-\(number)"), plan: "bench", planHash: "00",
                    planText: "id: bench\n", patient: "BENCH", startedBoot: "bench", started: Self.start, phase: .acute)
            })
    }

    /// The readings, cut into batches.
    func batches(of size: Int) -> [StoreBatch] {
        stride(from: 0, to: rows, by: size).map { first in
            StoreBatch(readings: (first..<min(rows, first + size)).map(reading))
        }
    }

    /// The same rows as the store writes them.
    func bareBatches(of size: Int) -> [[BareTable.Row]] {
        stride(from: 0, to: rows, by: size).map { first in
            (first..<min(rows, first + size)).map { index in
                let place = place(of: index)
                return BareTable.Row(
                    channel: Int64(index % (Self.rooms * Self.signals.count)), at: place.second * 1_000_000_000, sequence: place.second * 2,
                    value: place.value)
            }
        }
    }

    /// An entry such as the log is full of.
    func entry(_ index: Int) -> EntryDraft {
        let change = SignalConditionChange(source: "oximeter-1", signal: .spo2, condition: .sensorOff, sequence: UInt64(index))
        return EntryDraft(
            event: EventID("s1@\(index)"), session: "s1", room: "room-1", at: Self.start.moved(to: Self.start.boot + .seconds(index)),
            actor: .engine, content: .signalCondition(change))
    }

    private func reading(_ index: Int) -> StoredReading {
        let place = place(of: index)
        let at = Self.start.moved(to: Self.start.boot + .seconds(place.second))
        return StoredReading(
            room: RoomID("room-\(place.room)"), session: SessionID("s\(place.room)"),
            reading: Reading(
                source: SourceID("oximeter-\(place.room)"), signal: place.signal, value: place.value, quality: .valid, received: at,
                sequence: UInt64(place.second * 2)))
    }

    private func place(of index: Int) -> (second: Int64, room: Int, signal: Signal, value: Double) {
        let channel = index % (Self.rooms * Self.signals.count)
        let second = Int64(index / (Self.rooms * Self.signals.count))
        let signal = Self.signals[channel % Self.signals.count]
        // Values that move a little, as those of people do; whole numbers, as devices give them.
        let wave = Double((second + Int64(channel) * 7) % 11)
        return (second, channel / Self.signals.count + 1, signal, signal == .spo2 ? 94 + (wave / 3).rounded() : 68 + wave)
    }
}
