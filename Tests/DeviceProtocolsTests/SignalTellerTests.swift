import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

@Suite("How often a steady value is given")
struct SignalTellerTests {
    private let start = BootInstant(seconds: 100)

    /// After how many seconds a value of 97 % was given, told at some milliseconds.
    private func given(_ pace: SignalTeller.Pace, at milliseconds: some Sequence<Int>) -> [Double] {
        var teller = SignalTeller(.spo2, pace: pace)
        var statistics = DecoderStatistics()
        return milliseconds.flatMap { millisecond in
            var events: [DeviceEvent] = []
            let now = start + .milliseconds(millisecond)
            teller.tell(.value(97, .valid), offset: millisecond, at: now, &events, &statistics)
            return events.compactMap { if case .reading = $0 { Double(millisecond) / 1000 } else { nil } }
        }
    }

    @Test("a line that loses nothing: each second, counted in frames, however the frames arrive")
    func whole() {
        #expect(given(.changesAndEvery(60), at: (0..<180).map { $0 * 1000 / 60 }) == [0, 1, 2])
        // In pieces of half a second: the same frames.
        #expect(given(.changesAndEvery(60), at: (0..<180).map { $0 / 30 * 500 }) == [0, 1, 2])
    }

    @Test("a line that loses 29 frames of 30: 2 s after the last one")
    func lossy() {
        #expect(given(.changesAndEvery(60), at: stride(from: 0, through: 7000, by: 500)) == [0, 2, 4, 6])
        #expect(given(.changes, at: stride(from: 0, through: 7000, by: 500)) == [0])
        #expect(given(.each, at: stride(from: 0, through: 1000, by: 500)) == [0, 0.5, 1])
    }

    @Test("a steady value of each stream of many frames a second arrives each 2 s though most of them are lost")
    func families() throws {
        var nonin = NoninStream(.two)
        let packets: [(family: DeviceFamily, bytes: [UInt8])] = [
            (BerryBCI.family, [0x85, 0x32, 0x06, 0x4B, 0x62]), (ContecCMS50Classic.family, [0x85, 0x32, 0x06, 0x4B, 0x62]),
            (ContecCMS50.family, ContecPacket(type: ContecPacketType.live, data: [0x06, 50, 0x17, 72, 97, 0xFF, 0xFF]).frame),
            (Nonin.family, nonin.bytes(of: NoninStream.Packet(rate: 70, saturation: 97))),
        ]
        for (family, bytes) in packets {
            var decoder = try family.decoder(.live)
            _ = decoder.advance(to: start)
            // A packet each 1.25 s: no link counts as silent.
            let instants = (0..<16).map { start + .milliseconds(1250 * $0) }
            let given = instants.filter { instant in decoder.receive(bytes, at: instant).readings.contains { $0.signal == .spo2 } }
            let gaps = zip(given, given.dropFirst()).map { $1 - $0 }
            #expect(given.count >= 7 && gaps.allSatisfy { $0 <= .milliseconds(2500) }, "\(family.id): \(gaps)")
        }
    }
}
