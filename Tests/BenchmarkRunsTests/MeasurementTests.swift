import DeviceProtocols
import Dispatch
import LinuxIO
import SessionStore
import Locking
import Testing
import VitalsModel

@testable import BenchmarkRuns

/// The yardsticks and loads must be what they claim; the figures themselves are asserted nowhere.
@Suite("What is measured")
struct MeasurementTests {
    @Test("every packet gives a saturation that differs from the one before, with its last byte")
    func readings() throws {
        var packets = OximeterPackets()
        let bytes = (0..<20).map { _ in packets.next() }
        let seen = try Nonin.family.decodeOffline(bytes, options: [:]).readings.filter { $0.signal == .spo2 }.compactMap(\.value)
        #expect(seen == (0..<20).map { $0 % 2 == 0 ? 97 : 96 })
        let cut = try Nonin.family.decodeOffline([bytes[0], Array(bytes[1].dropLast())]).readings.filter { $0.signal == .spo2 }
        #expect(cut.count == 1, "the reading must wait for the last byte")
    }

    @Test("every condition packet turns the sensor alarm, in its last frame")
    func conditions() throws {
        var packets = OximeterPackets()
        let pairs = (0..<6).map { _ in packets.nextCondition() }
        #expect(pairs.map(\.condition) == ["sensor_off", "measuring", "sensor_off", "measuring", "sensor_off", "measuring"])
        let seen = try Nonin.family.decodeOffline(pairs.map(\.bytes)).readings.filter { $0.signal == .spo2 }
        #expect(seen.map(\.value) == [nil, 96, nil, 96, nil, 96])
    }

    @Test("both programs of the store benchmark get the same rows")
    func rows() {
        let load = ReadingLoad(rows: 1000)
        let ours = load.batches(of: 100)
        let bare = load.bareBatches(of: 100)
        #expect(ours.map(\.readings.count) == Array(repeating: 100, count: 10))
        #expect(bare.map(\.count) == ours.map(\.readings.count))
        #expect(ours.flatMap(\.readings).compactMap(\.reading.value) == bare.flatMap { $0 }.map(\.value))
        let keys = Set(ours.flatMap(\.readings).map { "\($0.reading.source) \($0.reading.signal) \($0.reading.received.boot)" })
        #expect(keys.count == 1000, "no row may be a repetition, which the store passes over")
    }

    @Test("the relay passes each line on, and with a database commits it first", arguments: [false, true])
    func relay(commits: Bool) throws {
        let folder = try ScratchFolder()
        let cable = try PseudoTerminal.open()
        let database = commits ? folder.file("relay.db") : nil
        let relay = RunningRelay(device: cable.slavePath, socket: folder.file("relay.sock"), database: database)
        let stream = try UnixStream.connect(folder.file("relay.sock"), within: 5) { true }
        try cable.write(Array("first\nsec".utf8))
        #expect(try stream.wait(for: Array("first\n".utf8)) != nil)
        #expect(!stream.contains(Array("sec".utf8)))
        try cable.write(Array("ond\n".utf8))
        #expect(try stream.wait(for: Array("second\n".utf8)) != nil)
        cable.hangUp()
        #expect(relay.ends(within: 5), "the relay must end with its line")
        #expect((folder.size(of: "relay.db") > 0) == commits)
    }

    @Test("the store benchmark runs and reports every figure")
    func store() throws {
        let report = try StoreBenchmark(rows: 5000).run()
        #expect(report.figures.count == 7)
        #expect(report.figures.allSatisfy { ($0.values["median"] ?? 0) > 0 })
    }

    @Test("a daemon that is not there is named, with what to do")
    func missingDaemon() async {
        let failure = await #expect(throws: BenchmarkFailure.self) {
            _ = try await LatencyBenchmark(count: 1, daemon: "/nonexistent/vigild", plans: ".", plan: "p").run()
        }
        #expect(failure?.description.contains("/nonexistent/vigild is missing") ?? false)
    }
}

/// A relay on a thread of its own, as it has its own program in a benchmark.
private final class RunningRelay: Sendable {
    private let isOver = Mutex(false)

    init(device: String, socket: String, database: String?) {
        DispatchQueue(label: "relay").async {
            do { try BareRelay(device: device, socket: socket, database: database).run() } catch {
                Issue.record("the relay failed: \(error)")
            }
            self.isOver.withLock { $0 = true }
        }
    }

    /// Whether it ends within so many seconds.
    func ends(within seconds: Int64) -> Bool {
        let deadline = Stopwatch.now + seconds * 1_000_000_000
        while !isOver.withLock({ $0 }), Stopwatch.now < deadline { Stopwatch.pause(milliseconds: 2) }
        return isOver.withLock { $0 }
    }
}
