import Dispatch
import GRDB
import MonitorTesting
import SessionStore
import Testing
import VitalsModel

/// What a writer told its observer and its senders.
struct WriterWitness: Sendable {
    let troubles = Recorder<StoreTrouble>()
    let recoveries = Recorder<Duration>()
    let own = Recorder<[Entry]>()
    let results = Recorder<Result<[Entry], StoreError>>()

    var observer: StoreWriterObserver {
        StoreWriterObserver(
            onLate: { troubles.add($0) }, onRecovered: { recoveries.add($0) }, onOwnEntries: { own.add($0) })
    }

    /// The numbers of all entries that were completed, in the order of completion.
    var numbers: [Int64] { results.all.flatMap { (try? $0.get()) ?? [] }.compactMap(\.number) }  // refusals have no numbers
}

/// Another program that holds the database for writing.
final class StrangerLock {
    private let queue: DatabaseQueue

    init(path: String) throws {
        queue = try Self.connect(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    func release() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try queue.close()
    }

    /// A connection that may leave a transaction open.
    static func connect(path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}

@Suite("The writer")
struct StoreWriterTests {
    private let temporary: TemporaryStore
    private let store: SessionStore
    private let witness = WriterWitness()

    init() throws {
        temporary = try TemporaryStore()
        store = try temporary.open()
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()]))
    }

    private func writer(_ limits: StoreWriterLimits = StoreWriterLimits()) -> StoreWriter {
        StoreWriter(store: store, limits: limits, now: { moment(500) }, observer: witness.observer)
    }

    private func storedReadings() throws -> Int { try store.readings(of: "s1").count }

    @Test("Entries are durable when they are completed, in the order of submission, with the readings before them")
    func order() throws {
        let writer = writer(StoreWriterLimits(gatherTime: .seconds(3600)))
        writer.submitReadings([reading()])
        for index in 1...200 { writer.submitEntries(StoreBatch(entries: [note("e\(index)")])) { witness.results.add($0) } }
        #expect(witness.results.wait(for: 200).count == 200)
        #expect(witness.numbers == Array(1...200))
        #expect(try storedReadings() == 1)
        #expect(try temporary.shell("SELECT count(*) FROM entry") == ["200"])
        #expect(try store.verifyChain() == [])
    }

    @Test("Readings alone become durable by themselves, gathered for less than a second")
    func gathering() throws {
        #expect(StoreWriterLimits().gatherTime < .seconds(1))
        let writer = writer()
        writer.submitReadings([reading()])
        #expect(try eventually { try storedReadings() == 1 })
        // The rows can be read a moment before the writer has counted them as written.
        #expect(eventually { writer.backlog.readings == 0 })
    }

    @Test("Many readings do not wait for the time to pass")
    func gatherRows() throws {
        let writer = writer(StoreWriterLimits(gatherTime: .seconds(3600), gatherRows: 50))
        for index in 0..<50 { writer.submitReadings([reading(sequence: UInt64(index))]) }
        #expect(try eventually { try storedReadings() == 50 })
    }

    @Test("A flush ends after everything before it")
    func flush() throws {
        let writer = writer(StoreWriterLimits(gatherTime: .seconds(3600)))
        let done = Recorder<Bool>()
        writer.submitReadings((0..<30_000).map { reading(sequence: $0) })
        writer.flush { done.add(true) }
        #expect(done.wait(for: 1) == [true])
        #expect(try storedReadings() == 30_000)
    }

    @Test("A held database is reported while it hangs; what waits is written in order once it is free")
    func lateAndRecovered() throws {
        // Longer than a commit of a busy machine, shorter than SQLite's own patience of 2 s.
        let writer = writer(StoreWriterLimits(lateAfter: .seconds(1)))
        let lock = try StrangerLock(path: temporary.path)
        writer.submitEntries(StoreBatch(entries: [note("a")])) { witness.results.add($0) }
        #expect(witness.troubles.wait(for: 1).map(\.error) == [nil])
        #expect(writer.backlog.isLate)
        writer.submitReadings([reading()])
        writer.submitEntries(StoreBatch(entries: [note("b")])) { witness.results.add($0) }
        // Beyond that patience, so that the retry is needed.
        let failed = eventually(within: .milliseconds(2600)) { false }
        #expect(!failed && witness.results.all.isEmpty)
        try lock.release()
        #expect(witness.results.wait(for: 2).count == 2)
        #expect(witness.numbers == [1, 2])
        #expect(witness.recoveries.wait(for: 1).count == 1)
        #expect(try storedReadings() == 1)
        #expect(!writer.backlog.isLate)
        #expect(witness.troubles.all.count == 1)
    }

    @Test("The reserve is bounded; what is dropped is counted and becomes an entry")
    func bounds() throws {
        let writer = writer(StoreWriterLimits(maximumReadings: 10, maximumEntries: 2))
        let lock = try StrangerLock(path: temporary.path)
        for event in ["a", "b", "c"] { writer.submitEntries(StoreBatch(entries: [note(event)])) { witness.results.add($0) } }
        let refused = witness.results.wait(for: 1)
        #expect(throws: StoreError.self) { try refused.first?.get() }
        for index in 0..<25 { writer.submitReadings([reading(sequence: UInt64(index))]) }
        #expect(writer.backlog.readings == 10)
        #expect(writer.backlog.droppedReadings == 15)
        #expect(writer.backlog.droppedEntries == 1)
        try lock.release()
        #expect(witness.results.wait(for: 3).count == 3)
        #expect(eventually { witness.own.all.joined().count == 2 })
        let told = witness.own.all.joined().map(\.draft.content)
        #expect(
            Set(told) == [
                .dropped(DroppedCount(queue: "store.readings", count: 15)), .dropped(DroppedCount(queue: "store.entries", count: 1)),
            ])
        #expect(try eventually { try storedReadings() == 10 })
        #expect(writer.backlog.entries == 0)
        #expect(try store.verifyChain() == [])
    }

    @Test("A refused batch costs its neighbours nothing")
    func isolation() throws {
        let writer = writer(StoreWriterLimits(gatherTime: .seconds(3600)))
        let lock = try StrangerLock(path: temporary.path)
        // The first keeps the queue busy, so that the others come together.
        for event in ["first", "a"] { writer.submitEntries(StoreBatch(entries: [note(event)])) { witness.results.add($0) } }
        writer.submitReadings([reading(sequence: 1), reading(sequence: 2, session: "unknown"), reading(sequence: 3)])
        writer.submitEntries(StoreBatch(entries: [note("bad", session: "unknown")])) { witness.results.add($0) }
        writer.submitEntries(StoreBatch(entries: [note("b")])) { witness.results.add($0) }
        try lock.release()
        let results = witness.results.wait(for: 4)
        #expect(results.map { (try? $0.get())?.first?.draft.event } == ["first", "a", nil, "b"])  // the refusal has no entry
        #expect(throws: StoreError.self) { try results[2].get() }
        #expect(try storedReadings() == 2)
        // The entry that was refused and the reading are told in one entry each, in either order.
        #expect(
            eventually {
                witness.own.all.joined().map(\.draft.content).contains(.dropped(DroppedCount(queue: "store.readings", count: 1)))
            })
        #expect(witness.numbers == witness.numbers.sorted())
        #expect(try store.verifyChain() == [])
    }

    @Test("A reader neither waits for the writer nor holds it up, and sees whole batches")
    func concurrentReading() throws {
        let writer = writer()
        let holder = try StrangerLock.connect(path: temporary.path)
        try holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN; SELECT count(*) FROM entry;") }
        for index in 0..<300 {
            let pair = [reading(sequence: UInt64(2 * index)), reading(sequence: UInt64(2 * index + 1))]
            writer.submitEntries(StoreBatch(readings: pair, entries: [note("e\(index)")])) { witness.results.add($0) }
        }
        var last = 0
        let finished = try eventually {
            let count = try storedReadings()
            #expect(count >= last && count.isMultiple(of: 2))
            last = count
            #expect(try store.verifyChain() == [])
            return witness.results.all.count == 300
        }
        #expect(finished)
        #expect(try storedReadings() == 600)
        #expect(try holder.writeWithoutTransaction { try Int.fetchOne($0, sql: "SELECT count(*) FROM entry") } == 0)
        try holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}
