import Foundation
import Testing
import TimelineReports
import VitalsModel

@Suite struct ReadingSeriesTests {
    @Test func readsValuesExactly() throws {
        let text = "time_s,signal,value\n0,heart_rate,72\n0.1,spo2,97.25\r\n\n1e1,resp_rate,-0\n12.345678901234567,nibp_mean,0.1\n"
        let series = try ReadingSeries(bytes: Array(text.utf8))
        #expect(
            series.values == [
                RecordedValue(time: 0, signal: .heartRate, value: 72), RecordedValue(time: 0.1, signal: .spo2, value: 97.25),
                RecordedValue(time: 10, signal: .respRate, value: 0),
                RecordedValue(time: 12.345678901234567, signal: .nibpMean, value: 0.1),
            ])
        #expect(series.length == 12.345678901234567)
        #expect(series.signals == [.heartRate, .spo2, .respRate, .nibpMean])
    }

    @Test func readsNumbersAsTheStandardLibraryDoes() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var state = seed
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let digits = Int64(state >> 33) % 1_000_000_000
            let text = "\(state % 2 == 0 ? "-" : "")\(digits / 100_000).\(digits % 100_000)"
            let series = try ReadingSeries(bytes: Array("time_s,signal,value\n0,spo2,\(text)\n".utf8))
            #expect(series.values.first?.value == Double(text))
        }
    }

    @Test(arguments: [
        ("", 1, "the file is empty; its first line must be \"time_s,signal,value\""),
        ("time,signal,value\n", 1, "the header is \"time,signal,value\"; expected \"time_s,signal,value\""),
        ("time_s,signal,value\n0,spo2\n", 2, "\"0,spo2\" has not three columns; expected time_s,signal,value"),
        ("time_s,signal,value\n0,spo2,97,x\n", 2, "\"0,spo2,97,x\" has not three columns; expected time_s,signal,value"),
        ("time_s,signal,value\n0,spo2,97\nx,spo2,97\n", 3, "time_s is \"x\"; expected a number of seconds"),
        ("time_s,signal,value\n0,spo2,\n", 2, "value is \"\"; expected a number"),
        ("time_s,signal,value\n0,spo2,nan\n", 2, "value is \"nan\"; expected a number"),
        ("time_s,signal,value\n0,spo2,0x1p3\n", 2, "value is \"0x1p3\"; expected a number"),
        ("time_s,signal,value\n0,spo2,1e999\n", 2, "value is \"1e999\"; expected a number"),
        ("time_s,signal,value\n0,spo2,.\n", 2, "value is \".\"; expected a number"),
        ("time_s,signal,value\n\n5,spo2,97\n4.5,spo2,97\n", 4, "time_s goes back from 5 to 4.5; sort the file by time"),
    ])
    func saysWhichLineIsWrong(text: String, line: Int, message: String) {
        #expect(throws: ReadingSeriesFault(line: line, message: message)) { try ReadingSeries(bytes: Array(text.utf8)) }
    }

    @Test func namesTheSignalsWhenOneIsUnknown() {
        let error = #expect(throws: ReadingSeriesFault.self) { try ReadingSeries(bytes: Array("time_s,signal,value\n0,SpO2,97\n".utf8)) }
        #expect(error?.message.hasPrefix("there is no signal \"SpO2\"; expected one of heart_rate, ") == true)
    }

    @Test func readsRealRecordings() throws {
        guard let folder = try TestData.folder("vitals/bidmc_1hz") else { return }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter {
            $0.hasSuffix(".csv") && !$0.contains("annotations")
        }
        #expect(!files.isEmpty)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
            let series = try ReadingSeries(bytes: bytes)
            let lines = bytes.count { $0 == UInt8(ascii: "\n") }
            #expect(series.values.count == lines - 1, "\(file)")
        }
    }
}

/// The recordings beside the project (DESIGN, section 6).
enum TestData {
    /// A folder of them; nil, with a word, where there are none and nobody promised any.
    static func folder(_ name: String) throws -> URL? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["VIGIL_TEST_DATA"]
        let data = named.map { URL(filePath: $0) } ?? root.deletingLastPathComponent().appending(path: "shared/data")
        let folder = data.appending(path: name)
        if FileManager.default.fileExists(atPath: folder.path()) { return folder }
        if named != nil { throw MissingFolder(path: folder.path()) }
        print("skipped: there is no \(folder.path())")
        return nil
    }

    /// VIGIL_TEST_DATA names a folder that is not there.
    struct MissingFolder: Error {
        var path: String
    }
}
