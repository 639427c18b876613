import ControlProtocol
import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    /// Bytes that real devices have sent go through pty, daemon and database, and come back as readings.
    @Suite("Recorded bytes through the daemon")
    struct RecordingTests {
        private static let folder = "captures/intellivue/"

        /// The signals of the physiological identifiers in the tables (protocols page, intellivue).
        private static let signals: [UInt16: Signal] = [
            0x4182: .heartRate, 0x4822: .pulseRate, 0x4BB8: .spo2, 0x500A: .respRate, 0x4BB0: .perfusionIndex, 0x4A05: .nibpSystolic,
            0x4A06: .nibpDiastolic, 0x4A07: .nibpMean,
        ]

        /// A stored value, without its time.
        struct Value: Hashable, CustomStringConvertible {
            var signal: Signal
            var value: Double
            var quality: ReadingQuality

            init(_ signal: Signal, _ value: Double, _ quality: ReadingQuality = .valid) {
                (self.signal, self.value, self.quality) = (signal, value, quality)
            }

            init(_ point: TimelinePoint) { self.init(point.signal, point.value, point.quality) }

            var description: String { "\(signal.rawValue) \(value) \(quality.rawValue)" }
        }

        /// Plays bytes into a daemon with one source and gives what it has stored, and how the source did.
        private func recorded(
            _ bytes: [UInt8], family: DeviceFamily, options: String = "", chunk: Int
        ) async throws -> (timeline: Timeline, status: SourceStatus) {
            let clinic = try Clinic(sources: [("device", family.id, options)])
            let cable = try Cable(link: clinic.link("device"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await clinic.waitForPort(of: "device")
            try await cable.play(bytes, chunk: chunk)
            let status = try await eventually("all \(bytes.count) bytes are taken", within: .seconds(60)) {
                try await clinic.status(of: "device").flatMap { $0.bytes == bytes.count ? $0 : nil }
            }
            let timeline = try await clinic.finish(session)
            #expect(try await clinic.stop(daemon) == 0)
            return (timeline, status)
        }

        @Test("the RS232 session: 180 heart rates of 60, and nothing else", .timeLimit(.minutes(3)), arguments: [1, 7, 4096])
        func serialSession(chunk: Int) async throws {
            guard let data = try TestData.find() else { return }
            let bytes = try data.bytes(Self.folder + "mp_rs232_session_part1.raw")
            let expected = try data.expectedNumerics(Self.folder + "mp_rs232_session_part1.expected.csv")
                .compactMap { row in
                    Self.signals[row.physio].flatMap { signal in signal.cadence == .streaming ? row.value.map { Value(signal, $0) } : nil }
                }
            #expect(expected == Array(repeating: Value(.heartRate, 60), count: 180))
            let (played, took) = try await measured { try await recorded(bytes, family: IntelliVue.family, chunk: chunk) }
            #expect(played.timeline.points.map(Value.init) == expected)
            #expect(played.status.rejected.isEmpty)
            print("mp_rs232_session_part1.raw in chunks of \(chunk): \(bytes.count) bytes in \(took)")
        }

        @Test("the LAN session in serial frames: every mapped row, all of it demo, the cuff once", .timeLimit(.minutes(2)))
        func dialogue() async throws {
            guard let data = try TestData.find() else { return }
            let (bytes, _) = try data.intelliVueStream(Self.folder + "mp_lan_session_a.hexlog")
            let rows = try data.expectedNumerics(Self.folder + "mp_lan_session_a.expected.csv")
            let streaming = rows.compactMap { row in
                Self.signals[row.physio].flatMap { signal in
                    signal.cadence == .streaming ? row.value.map { Value(signal, $0, .demo) } : nil
                }
            }
            #expect(streaming.count > 10)
            for chunk in [1, 7, 4096] {
                let (timeline, status) = try await recorded(bytes, family: IntelliVue.family, chunk: chunk)
                let stored = timeline.points
                #expect(stored.filter { $0.signal.cadence == .streaming }.map(Value.init) == streaming)
                let cuff = stored.filter { $0.signal.cadence == .intermittent }
                #expect(
                    cuff.map(Value.init) == [
                        Value(.nibpSystolic, 120, .demo), Value(.nibpDiastolic, 80, .demo), Value(.nibpMean, 90, .demo),
                    ])
                #expect(cuff.allSatisfy { $0.deviceTime == "2017-11-04T14:45:00" })
                #expect(status.rejected.isEmpty)
                #expect(!timeline.entries.contains { $0.entry.draft.content.kind == .alert }, "demo values never alert")
            }
        }

        @Test("Nonin's bytes: a packet of a driver's test, real frames without a whole packet, a sensor off", .timeLimit(.minutes(2)))
        func noninVectors() async throws {
            guard let data = try TestData.find() else { return }
            let vector = try data.hex("captures/nonin/pufferfish_df2_vector.hex")
            let (timeline, status) = try await recorded(vector, family: Nonin.family, chunk: 7)
            #expect(timeline.points.map(Value.init) == [Value(.spo2, 97), Value(.pulseRate, 72)])
            #expect(status.frames == 25 && status.rejected.isEmpty)
            let frames = try data.hex("captures/nonin/nonin9560_df2_edges.hex") + data.hex("captures/nonin/xpod3012_df2_sensor_off.hex")
            let (none, edges) = try await recorded(frames, family: Nonin.family, chunk: 1)
            #expect(none.points.isEmpty)
            #expect(edges.frames == 6 && edges.rejected.isEmpty)
        }

        @Test("computed Nonin streams give every value", .timeLimit(.minutes(2)), arguments: NoninFormat.allCases, [1, 7, 4096])
        func noninStreams(format: NoninFormat, chunk: Int) async throws {
            var stream = NoninStream(format)
            // Each packet differs from the one before in both values, so that each is given once.
            let packets = (0..<150).map { NoninStream.Packet(rate: 45 + $0, saturation: 75 + $0 % 25) }
            let bytes = stream.bytes(of: packets)
            let options = "format: \(format == .two ? 2 : 7)"
            let (timeline, status) = try await recorded(bytes, family: Nonin.family, options: options, chunk: chunk)
            func stored(_ signal: Signal) -> [Double] { timeline.points.filter { $0.signal == signal }.map(\.value) }
            #expect(stored(.pulseRate) == packets.map { Double($0.rate ?? 0) })
            #expect(stored(.spo2) == packets.map { Double($0.saturation ?? 0) })
            // Every 25th packet saturation falls by 24, which no body does.
            #expect(timeline.points.filter { $0.quality != .valid }.map(\.value) == Array(repeating: 75, count: 5))
            #expect(status.frames == 150 * NoninStream.framesPerPacket && status.rejected.isEmpty)
        }
    }
}
