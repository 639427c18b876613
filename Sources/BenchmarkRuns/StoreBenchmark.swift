import LinuxIO
import SessionStore
import VitalsModel

/// Durable readings a second through the store, beside the bare C calls with the same rows and commits, in turn; bytes for each
/// stored reading; entries a second.
public struct StoreBenchmark: Sendable {
    /// Readings for each batch size and program, in all rounds together.
    public var rows: Int

    private static let rounds = 5
    private static let batchSizes = [100, 1000]

    /// Creates a run.
    public init(rows: Int) { self.rows = rows }

    /// Runs it.
    public func run() throws -> BenchmarkReport {
        let load = ReadingLoad(rows: max(Self.batchSizes[1], rows / Self.rounds))
        var figures: [BenchmarkFigure] = []
        var comparisons: [BenchmarkComparison] = []
        var bytes: [Double] = []
        var bar = ProgressBar("store")
        for (place, batch) in Self.batchSizes.enumerated() {
            var (ours, bare): ([Double], [Double]) = ([], [])
            for round in 0..<Self.rounds {
                let stored = try storeRate(load, batch: batch)
                ours.append(stored.rate)
                bytes.append(stored.bytes)
                bare.append(try bareRate(load, batch: batch))
                bar.show(Double(place * Self.rounds + round + 1) / Double(Self.batchSizes.count * Self.rounds + 1))
            }
            figures.append(BenchmarkFigure(name: "vigil, readings, \(batch) a commit", unit: "/s", rounds: ours))
            figures.append(BenchmarkFigure(name: "bare SQLite, readings, \(batch) a commit", unit: "/s", rounds: bare))
            let shares = zip(ours, bare).map { $0 / $1 }.sorted()
            comparisons.append(
                BenchmarkComparison(
                    what: "readings, \(batch) a commit / bare SQLite", measured: shares.median, .atLeast, 0.7, unit: "x"))
        }
        let entries = try (0..<Self.rounds).map { _ in try entryRates(count: max(100, rows / 1000)) }
        bar.finish()
        figures.append(BenchmarkFigure(name: "vigil, entries, one a commit", unit: "/s", rounds: entries.map(\.ours)))
        figures.append(BenchmarkFigure(name: "bare SQLite, lines, one a commit", unit: "/s", rounds: entries.map(\.bare)))
        figures.append(BenchmarkFigure(name: "bytes for each stored reading", unit: "byte", rounds: bytes))
        comparisons.append(
            BenchmarkComparison(what: "bytes for each stored reading", measured: bytes.sorted().median, .atMost, 24, unit: "byte"))
        return BenchmarkReport(benchmark: "store", machine: .present, figures: figures, comparisons: comparisons)
    }

    private func storeRate(_ load: ReadingLoad, batch: Int) throws -> (rate: Double, bytes: Double) {
        let folder = try ScratchFolder()
        let empty = try emptyStoreSize(load, in: folder)
        let store = try ReadingLoad.openStore(folder.file("vigil.db"))
        let batches = load.batches(of: batch)
        let seconds = try Stopwatch.seconds { for batch in batches { _ = try store.commit(batch) } }
        try store.close()
        let bytes = folder.size(of: "vigil.db") - empty
        return (Double(load.rows) / seconds, Double(bytes) / Double(load.rows))
    }

    /// Makes the store with its sessions. Closing moves the log into the file, so that its size is that of its tables and indexes.
    private func emptyStoreSize(_ load: ReadingLoad, in folder: borrowing ScratchFolder) throws -> Int {
        let store = try ReadingLoad.openStore(folder.file("vigil.db"))
        _ = try store.commit(load.sessions)
        try store.close()
        return folder.size(of: "vigil.db")
    }

    private func bareRate(_ load: ReadingLoad, batch: Int) throws -> Double {
        let folder = try ScratchFolder()
        let table = try BareTable(path: folder.file("bare.db"))
        let batches = load.bareBatches(of: batch)
        let seconds = try Stopwatch.seconds { for batch in batches { try table.commit(batch) } }
        return Double(load.rows) / seconds
    }

    private func entryRates(count: Int) throws -> (ours: Double, bare: Double) {
        let folder = try ScratchFolder()
        let store = try ReadingLoad.openStore(folder.file("vigil.db"))
        let load = ReadingLoad(rows: 0)
        _ = try store.commit(load.sessions)
        let batches = (0..<count).map { StoreBatch(entries: [load.entry($0)]) }
        let ours = try Stopwatch.seconds { for batch in batches { _ = try store.commit(batch) } }
        try store.close()
        let table = try BareTable(path: folder.file("bare.db"))
        let line = Array(String(repeating: "-", count: 240).utf8)
        let bare = try Stopwatch.seconds { for _ in 0..<count { try table.commit(line: line) } }
        return (Double(count) / ours, Double(count) / bare)
    }
}
