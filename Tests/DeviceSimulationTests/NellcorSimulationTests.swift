import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("The simulated Nellcor oximeter")
struct NellcorSimulationTests {
    private func lines(_ events: [ScriptEvent], seconds: Int) -> [String] {
        var device = NellcorOximeter(patient: patient(SimulationScript(events: events)), start: testStart, wall: testWall)
        return device.advance(to: testStart + .seconds(seconds)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a heading of three lines when it is switched on and every 25 lines; the columns of a real line")
    func columns() {
        let lines = lines([], seconds: 120)
        #expect(lines.indices.filter { lines[$0].contains("VERSION") } == [0, 28, 56])
        #expect(lines.count == 61 + 9)
        for line in lines where line.contains("-Mar-26 09:0") {
            let characters = Array(line)
            #expect(characters[20] == " " && characters[23].isNumber && characters[24] == " ")
            #expect(characters[31].isNumber && characters[32] == " " && characters[39].isNumber && characters[40] == " ")
        }
    }

    @Test("the finger goes: the code says so at once while the numbers stay; it comes back: a search, then values")
    func sensorOff() throws {
        let event = ScriptEvent(.sensorOff(.spo2), at: .seconds(10), for: .seconds(20))
        let script = SimulationScript(events: [event])
        let lines = lines([event], seconds: 40).filter { $0.contains("-Mar-26") }
        #expect(lines[5].contains("SO") && !lines[5].hasPrefix("01-Mar-26 09:00:10   ---"))
        #expect(lines[7].hasPrefix("01-Mar-26 09:00:14   ---     ---     ---") && lines[7].contains("SO"))
        #expect(lines[15].contains("---") && lines[15].contains("PS"))
        #expect(!lines[18].contains("---") && !lines[18].contains("PS"))
        var talk = Conversation(
            device: NellcorOximeter(patient: patient(script), start: testStart, wall: testWall),
            decoder: try Nellcor.family.decoder(.live), line: SimulatedLine(script: script, start: testStart), start: testStart)
        talk.run(for: .seconds(40))
        let off = talk.readings.filter { (testStart + .seconds(10)..<testStart + .seconds(36)).contains($0.at) }
        #expect(off.count == 26 && off.allSatisfy { $0.reading.value == nil })
        #expect(talk.readings.last?.reading.quality == .valid)
        #expect(talk.decoder.statistics.rejected.isEmpty)
    }

    @Test("a value outside the monitor's own limits has a mark and a code, and is given")
    func limits() throws {
        let script = SimulationScript(events: [ScriptEvent(.desaturation(to: 80), at: .seconds(10), for: .seconds(200))])
        let lines = lines(script.events, seconds: 120)
        #expect(lines.contains { $0.contains("80*") && $0.contains("SL") })
        let bytes = lines.map { Array($0.utf8) }
        let (readings, statistics) = try Nellcor.family.decodeOffline(bytes)
        #expect(readings.contains { $0.signal == .spo2 && $0.value == 80 && $0.quality == .valid })
        #expect(statistics.rejected.isEmpty && statistics.frames == 61)
    }
}
