import ControlClient
import ControlProtocol
import DeviceSimulation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

/// One cuff measurement, as it was sent or as it is stored.
struct CuffValues: Hashable, Sendable {
    var systolic: Double
    var diastolic: Double
    var mean: Double
    var deviceTime: String

    init(_ sent: SentCuffMeasurement) {
        (systolic, diastolic, mean, deviceTime) = (sent.systolic, sent.diastolic, sent.mean, sent.deviceTime?.description ?? "")
    }

    /// Three stored points in the order systolic, diastolic, mean; nil when they do not belong together.
    init?(_ points: ArraySlice<TimelinePoint>) {
        let points = Array(points)
        guard points.map(\.signal) == [.nibpSystolic, .nibpDiastolic, .nibpMean], Set(points.map(\.deviceTime)).count == 1 else {
            return nil
        }
        (systolic, diastolic, mean, deviceTime) = (points[0].value, points[1].value, points[2].value, points[0].deviceTime ?? "")
    }

    /// The measurements of a timeline; a point that belongs to none makes a test fail.
    static func stored(in timeline: Timeline) throws -> [CuffValues] {
        let points = timeline.points.filter { $0.signal.cadence == .intermittent }
        return try stride(from: 0, to: points.count, by: 3).map { start in
            try #require(CuffValues(points[start..<min(start + 3, points.count)]), "cuff values that do not belong together")
        }
    }
}

extension EndToEnd {
    @Suite("A simulated monitor and the daemon")
    struct CuffTests {
        @Test("cuff measurements on a monitor in real time are stored, each once", .timeLimit(.minutes(2)))
        func realTime() async throws {
            let clinic = try Clinic(sources: [("monitor", "intellivue", "")])
            let start = BootClock.now()
            let monitor = IntelliVueMonitor(
                .init(
                    patient: .demonstration(seed: 7), start: start.boot, wall: start.wall,
                    cuff: CuffProgram(steps: [], measurementTime: .milliseconds(1200))))
            let device = try RunningDevice(monitor, link: clinic.link("monitor"), start: start.boot)
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await until("the monitor sends") { try await clinic.status(of: "monitor")?.state == .streaming }
            for count in 1...4 {
                _ = device.port.withDevice(as: IntelliVueMonitor.self) { $0.startCuff(at: BootClock.now().boot) }
                try await until("measurement \(count) is sent") { Self.sent(by: device).count == count }
            }
            // The last one is sent again with each cycle; two further cycles must add nothing.
            await pass(.milliseconds(2200))
            let timeline = try await clinic.finish(session)
            let sent = Self.sent(by: device)
            #expect(sent.count == 4 && Set(sent).count == 4)
            #expect(try CuffValues.stored(in: timeline) == sent)
            #expect(timeline.points.contains { $0.signal == .heartRate && $0.quality == .valid })
            #expect(timeline.points.contains { $0.signal == .spo2 && $0.quality == .valid })
            #expect(try await clinic.stop(daemon) == 0)
        }

        private static func sent(by device: RunningDevice) -> [CuffValues] {
            device.port.withDevice(as: IntelliVueMonitor.self) { $0.sentCuffMeasurements.map(CuffValues.init) } ?? []
        }
    }
}
