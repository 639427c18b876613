import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

@Suite("Nonin")
struct NoninTests {
    private typealias Packet = NoninStream.Packet

    private func option(_ format: NoninFormat) -> [String: String] { ["format": format == .two ? "2" : "7"] }

    private func stream(_ format: NoninFormat, _ packets: [Packet]) -> [UInt8] {
        var stream = NoninStream(format)
        return stream.bytes(of: packets)
    }

    private func readings(_ bytes: [UInt8], _ format: NoninFormat = .two) throws -> [DecodedReading] {
        try Nonin.family.decodeOffline([bytes], options: option(format)).readings
    }

    @Test("a packet of a driver's test: pulse 72, saturation 97, at the frames that complete them")
    func vector() throws {
        guard let data = try TestData.find() else { return }
        let bytes = try data.hex("captures/nonin/pufferfish_df2_vector.hex")
        let (readings, statistics) = try Nonin.family.decodeOffline([bytes])
        #expect(
            readings == [
                DecodedReading(offset: 40, signal: .spo2, value: 97, quality: .valid),
                DecodedReading(offset: 100, signal: .pulseRate, value: 72, quality: .valid),
            ])
        #expect(statistics.frames == 25 && statistics.rejected.isEmpty)
    }

    @Test("real frames of a 9560 are all good and give nothing, since no packet is whole")
    func realFrames() throws {
        guard let data = try TestData.find() else { return }
        let (readings, statistics) = try Nonin.family.decodeOffline([try data.hex("captures/nonin/nonin9560_df2_edges.hex")])
        #expect(readings.isEmpty)
        #expect(statistics.frames == 5 && statistics.rejected.isEmpty)
    }

    @Test("frames before a sync are counted and give nothing, even with the sensor off")
    func sensorOffFrames() throws {
        guard let data = try TestData.find() else { return }
        let frame = try data.hex("captures/nonin/xpod3012_df2_sensor_off.hex")
        let (readings, statistics) = try Nonin.family.decodeOffline([frame + frame + frame])
        #expect(readings.isEmpty)
        #expect(statistics.frames == 3 && statistics.rejected.isEmpty)
    }

    @Test("written examples: 142 by the 7-bit rule, 511 missing, format 7 begins with its status", arguments: NoninFormat.allCases)
    func writtenExamples(format: NoninFormat) throws {
        #expect(try readings(stream(format, [Packet(rate: 142, saturation: 98)]), format).map(\.value) == [98, 142])
        let missing = try readings(stream(format, [Packet(rate: nil, saturation: nil)]), format)
        #expect(missing.map(\.value) == [nil, nil] && missing.allSatisfy { $0.quality == .invalid })
        let example = try HexText.bytes(of: (format == .two ? "01 81 40 01 C3 01 80 40 0E CF" : "81 12 34 00 C7 81 12 34 00 C7").utf8)
        let statistics = try Nonin.family.decodeOffline([example], options: option(format)).statistics
        #expect(statistics.frames == 2)
    }

    @Test("a recording gives a value when it changes", arguments: NoninFormat.allCases)
    func offlineOnChange(format: NoninFormat) throws {
        let packets = [(70, 97), (70, 97), (71, 97), (71, 96), (71, 96)].map { Packet(rate: $0.0, saturation: $0.1) }
        let seen = try readings(stream(format, packets), format)
        #expect(seen.map(\.value) == [97, 70, 71, 96])
        #expect(seen.map(\.offset) == [40, 100, 350, 415])
    }

    @Test("every rate and every saturation in range is read back", arguments: NoninFormat.allCases)
    func allValues(format: NoninFormat) throws {
        let packets = (18...321).map { Packet(rate: $0, saturation: $0 % 101) }
        let seen = try readings(stream(format, packets), format)
        #expect(seen.filter { $0.signal == .pulseRate }.compactMap(\.value) == (18...321).map(Double.init))
        #expect(seen.filter { $0.signal == .spo2 }.compactMap(\.value) == (18...321).map { Double($0 % 101) })
    }

    @Test("values that no oximeter can mean are refused and counted")
    func implausible() throws {
        let bytes = stream(.two, [Packet(rate: 17, saturation: 101), Packet(rate: 322, saturation: 126)])
        let (readings, statistics) = try Nonin.family.decodeOffline([bytes])
        #expect(readings.isEmpty)
        #expect(statistics.rejected == [.implausible: 4])
    }

    @Test("the sensor alarm makes values invalid at its first frame though the numbers stay", arguments: NoninFormat.allCases)
    func sensorAlarm(format: NoninFormat) throws {
        let good = Packet(rate: 70, saturation: 97)
        let off = Packet(rate: 70, saturation: 97, status: [.sensorAlarm, .outOfTrack])
        var decoding = try OfflineDecoding(Nonin.family, options: option(format))
        let events = decoding.events(from: stream(format, [good, off, off, good]))
        let invalid = { (signal: Signal) in DeviceEvent.reading(DecodedReading(offset: 125, signal: signal, value: nil, quality: .invalid))
        }
        #expect(
            events == [
                .signalCondition(.spo2, .measuring), .reading(DecodedReading(offset: 40, signal: .spo2, value: 97, quality: .valid)),
                .signalCondition(.pulseRate, .measuring),
                .reading(DecodedReading(offset: 100, signal: .pulseRate, value: 70, quality: .valid)),
                .signalCondition(.spo2, .sensorOff), invalid(.spo2), .signalCondition(.pulseRate, .sensorOff), invalid(.pulseRate),
                .signalCondition(.spo2, .measuring), .reading(DecodedReading(offset: 415, signal: .spo2, value: 97, quality: .valid)),
                .signalCondition(.pulseRate, .measuring),
                .reading(DecodedReading(offset: 475, signal: .pulseRate, value: 70, quality: .valid)),
            ])
    }

    @Test("out of track is poor signal with suspect values; an artifact changes nothing")
    func doubt() throws {
        let packets = [
            Packet(rate: 70, saturation: 97), Packet(rate: 70, saturation: 97, status: .artifact),
            Packet(rate: 70, saturation: 97, status: .outOfTrack),
        ]
        var decoding = try OfflineDecoding(Nonin.family)
        let events = decoding.events(from: stream(.two, packets))
        #expect(events.count == 8)
        #expect(events.suffix(4).first == .signalCondition(.spo2, .poorSignal))
        #expect(events.last == .reading(DecodedReading(offset: 350, signal: .pulseRate, value: 70, quality: .suspect)))
    }

    @Test("bit 6 means a disconnected sensor only for the models that say so")
    func disconnect() throws {
        let bytes = stream(.two, [Packet(rate: 70, saturation: 97, status: .disconnected)])
        #expect(try readings(bytes).map(\.value) == [97, 70])
        let oem = try Nonin.family.decodeOffline([bytes], options: ["model": "oem3"]).readings
        #expect(oem.map(\.value) == [nil, nil])
    }

    @Test("a live device gives a steady value each second, and a changed one at once")
    func liveEachSecond() throws {
        var decoder = try Nonin.family.decoder(.live)
        var source = NoninStream(.two)
        var seen: [Double] = []
        _ = decoder.advance(to: BootInstant(seconds: 100))
        for packet in 0..<30 {
            let rate = packet < 16 ? 70 : 75
            let bytes = source.bytes(of: Packet(rate: rate, saturation: 97))
            let output = decoder.receive(bytes, at: BootInstant(seconds: 100 + Double(packet + 1) / 3))
            if output.readings.contains(where: { $0.signal == .pulseRate }) { seen.append(Double(packet)) }
        }
        #expect(seen == [0, 3, 6, 9, 12, 15, 16, 19, 22, 25, 28])
    }

    @Test("no packet for 3 s makes the link stale; the next packet gives its values at once")
    func silence() throws {
        var decoder = try Nonin.family.decoder(.live)
        var source = NoninStream(.two)
        let start = BootInstant(seconds: 100)
        #expect(decoder.nextDeadline == nil)
        #expect(decoder.advance(to: start).links == [.negotiating])
        #expect(decoder.receive(source.bytes(of: Packet(rate: 70, saturation: 97)), at: start + .seconds(1)).links == [.streaming])
        #expect(decoder.nextDeadline == start + .seconds(4))
        #expect(decoder.advance(to: start + .milliseconds(3999)).events.isEmpty)
        #expect(decoder.advance(to: start + .seconds(4)).links == [.stale])
        #expect(decoder.nextDeadline == nil)
        let back = decoder.receive(source.bytes(of: Packet(rate: 70, saturation: 97)), at: start + .seconds(60))
        #expect(back.links == [.streaming])
        #expect(back.readings.map(\.value) == [97, 70])
    }

    @Test("a bad frame drops its packet and no other; an early sync begins a new one")
    func resynchronising() throws {
        let packets = (0..<4).map { Packet(rate: 70 + $0, saturation: 90 + $0) }
        var bytes = stream(.two, packets)
        bytes[125 + 52] ^= 0x40
        var (readings, statistics) = try Nonin.family.decodeOffline([bytes])
        #expect(readings.compactMap(\.value) == [90, 70, 92, 72, 93, 73])
        #expect(statistics.rejected == [.badChecksum: 1])
        bytes = stream(.two, packets)
        bytes.removeSubrange(200..<225)
        (readings, statistics) = try Nonin.family.decodeOffline([bytes])
        #expect(readings.compactMap(\.value) == [90, 70, 92, 72, 93, 73])
        #expect(statistics.rejected == [.truncated: 1])
        bytes = stream(.two, packets)
        bytes.removeSubrange(200..<202)
        #expect(try self.readings(bytes).compactMap(\.value) == [90, 70, 92, 72, 93, 73])
    }

    @Test("replies to commands between frames are skipped", arguments: NoninFormat.allCases)
    func replies(format: NoninFormat) throws {
        var bytes = stream(format, [Packet(rate: 70, saturation: 97), Packet(rate: 71, saturation: 98)])
        bytes.insert(contentsOf: [0x02, 0xF2, 0x02, 0x01, 0x02, 0x03], at: 180)
        bytes.insert(contentsOf: [0x06, 0x15], at: 150)
        let (readings, statistics) = try Nonin.family.decodeOffline([bytes], options: option(format))
        #expect(readings.compactMap(\.value) == [97, 70, 98, 71])
        #expect(statistics.rejected.isEmpty)
    }

    @Test("format 8 and text: a live device gives a steady value with each packet and is missed after 3 s", arguments: ["8", "text"])
    func liveDisplay(format: String) throws {
        var decoder = try Nonin.family.decoder(.live, options: ["format": format])
        let frame = format == "8" ? [0x80, 0x4B, 0x61, 0x00] : Array("SPO2=097 HR=075\r\n".utf8)
        let start = BootInstant(seconds: 100)
        #expect(decoder.advance(to: start).links == [.negotiating])
        for second in 1...4 {
            #expect(decoder.receive(frame, at: start + .seconds(second)).readings.map(\.value) == [97, 75])
        }
        #expect(decoder.nextDeadline == start + .seconds(7))
        #expect(decoder.advance(to: start + .seconds(7)).links == [.stale])
        let back = decoder.receive(frame, at: start + .seconds(20))
        #expect(back.links == [.streaming] && back.readings.map(\.value) == [97, 75])
    }

    @Test("format 13: a live device's measurement from memory is not given, its present one is, each time")
    func memory() throws {
        let stored = try HexText.bytes(of: "00 02 00 0D 00 0E 20 24 05 17 09 30 15 00 02 10 00 48 00 62 6A 03".utf8)
        let fresh = try HexText.bytes(of: "00 02 00 0D 00 0E 20 24 05 17 09 30 15 00 02 00 00 48 00 62 5A 03".utf8)
        var decoder = try Nonin.family.decoder(.live, options: ["format": "13"])
        let start = BootInstant(seconds: 100)
        _ = decoder.advance(to: start)
        let first = decoder.receive(stored, at: start + .seconds(1))
        #expect(first.links == [.streaming] && first.readings.isEmpty)
        for second in [2, 12] {
            let readings = decoder.receive(fresh, at: start + .seconds(second)).readings
            #expect(readings.map(\.value) == [98, 72] && readings.allSatisfy { $0.deviceTime?.description == "2024-05-17T09:30:15" })
        }
        #expect(decoder.advance(to: start + .seconds(41)).links == [])
        #expect(decoder.advance(to: start + .seconds(42)).links == [.stale])
    }

    @Test("an option that is not known is refused with what is allowed")
    func options() {
        #expect(throws: DeviceOptionError.self) { try Nonin.family.decoder(.live, options: ["format": "1"]) }
        #expect(throws: DeviceOptionError.self) { try IntelliVue.family.decoder(.live, options: ["format": "7"]) }
    }
}
