import DeviceProtocols
import Foundation
import MonitorTesting
import Testing
import VitalsModel

extension VectorFolder {
    /// Those of Tests/DeviceProtocolsTests/Vectors.
    static let ours = VectorFolder(URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors"))
}

extension VectorFile: CustomTestStringConvertible {
    /// The family and how many there are.
    public var testDescription: String { "\(family), \(vectors.count) vectors" }
}

// One case at a time: hundreds of them at once would keep every waiting test from its turn for minutes.
@Suite("Vectors", .serialized)
struct VectorTests {
    @Test("every file of vectors can be read")
    func syntax() { #expect(VectorFolder.ours.faults == []) }

    @Test("every family has a file of vectors, and every file a family")
    func families() {
        #expect(VectorFolder.ours.files.map(\.family).sorted() == DeviceCatalog.families.map(\.id).sorted())
        #expect(VectorFolder.ours.files.filter(\.vectors.isEmpty).map(\.family) == [])
    }

    @Test("every vector gives exactly what it says, however it is cut", arguments: VectorFolder.ours.files)
    func vectors(file: VectorFile) throws {
        guard let family = DeviceCatalog.family(file.family) else { return }
        var differences: [String] = []
        for vector in file.vectors {
            for size in [vector.bytes.count, 1, 7] {
                let seen = try DecodedVector(vector, family: family, chunk: size).differences(from: vector)
                let place = "\(file.family).vectors:\(vector.line): \(vector.name), chunks of \(size): "
                differences += seen.map { place + $0 }
            }
        }
        #expect(differences == [], "\(differences.joined(separator: "\n"))")
    }

    @Test("every signal of a family has a value in its vectors", arguments: VectorFolder.ours.files)
    func signals(file: VectorFile) throws {
        guard let family = DeviceCatalog.family(file.family) else { return }
        let shown = Set(file.vectors.flatMap(\.readings).filter { $0.value != nil }.map(\.signal))
        #expect(family.signals.filter { !shown.contains($0) } == [], "\(file.family).vectors shows no value of these")
        #expect(shown.subtracting(family.signals) == [], "the family does not name these")
    }
}

@Suite("The reader of vectors")
struct VectorFileTests {
    private static let sample = #"""
        # a comment, then a vector
        vector all that a file can say   # its name has no comment
        option format=7
        option model=oem3
        bytes 01 80 7f 00
        bytes 0A0B                       # run together
        text "NELL \"97\" #1\\\t\x7E\r\n"
        expect spo2 97
        expect pulse_rate none at 12
        expect nibp_mean 92.5 demo at 3 time 2017-11-04T14:45:00
        expect heart_rate 60 suspect time 2017-11-04T14:45:00.07
        condition spo2 sensor_off
        cuff measuring
        cuff idle the cuff leaks
        rejected bad_checksum 2
        vector a clean one
        bytes FF
        """#

    @Test("everything that a file can say is read")
    func reading() throws {
        let file = try VectorFile(Self.sample, family: "nonin")
        #expect(file.vectors.map(\.name) == ["all that a file can say", "a clean one"])
        let vector = try #require(file.vectors.first)
        #expect(vector.line == 2 && !vector.isClean && file.vectors[1].isClean)
        #expect(vector.options == ["format": "7", "model": "oem3"])
        #expect(vector.bytes == [0x01, 0x80, 0x7F, 0x00, 0x0A, 0x0B] + Array("NELL \"97\" #1\\\t~\r\n".utf8))
        let time = DeviceTime(year: 2017, month: 11, day: 4, hour: 14, minute: 45, second: 0)
        let precise = DeviceTime(year: 2017, month: 11, day: 4, hour: 14, minute: 45, second: 0, hundredths: 7)
        #expect(
            vector.readings == [
                .init(.spo2, 97, .valid), .init(.pulseRate, nil, .invalid, offset: 12),
                .init(.nibpMean, 92.5, .demo, offset: 3, time: time), .init(.heartRate, 60, .suspect, time: precise),
            ])
        #expect(vector.conditions == [.init(.spo2, .sensorOff)])
        #expect(vector.cuffChanges == [.init(.measuring), .init(.idle, failure: "the cuff leaks")])
        #expect(vector.rejected == [.badChecksum: 2])
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            "bytes 01 8G", "bytes 0", "bytes", "text NELL", #"text "a\q""#, #"text "a\x7""#, #"text "a"b""#, "text \"\u{E9}\"",
            "expect spo3 97", "expect spo2", "expect spo2 97%", "expect spo2 nan", "expect spo2 none demo", "expect spo2 97 valid",
            "expect spo2 97 at", "expect spo2 97 at -1", "expect spo2 97 at 1 at 2", "expect spo2 97 time 2017-11-04",
            "expect spo2 97 time 2017-13-04T14:45:00", "condition spo2 off", "condition spo2", "cuff", "cuff off", "cuff measuring now",
            "rejected bad_sum 1", "rejected bad_checksum 0", "rejected bad_checksum", "option format", "option =7", "frame 01",
            "vector", "vector first",
        ])
    func faults(line: String) {
        let text = "vector first\nbytes 00\n\n\(line)\nbytes 00\n"
        let error = #expect(throws: VectorFaults.self) { try VectorFile(text, family: "nonin") }
        #expect(error?.faults.first?.line == 4, "\(String(describing: error))")
        #expect(error?.description.hasPrefix("nonin.vectors:4: ") == true)
    }

    @Test("words before the first vector, vectors without bytes and doubled words are faults too; all are told at once")
    func moreFaults() {
        let text = "option a=b\nvector first\nvector second\nbytes 00\noption a=b\noption a=c\nrejected garbage 1\nrejected garbage 2\n"
        let error = #expect(throws: VectorFaults.self) { try VectorFile(text, family: "nonin") }
        #expect(Set(error?.faults.map(\.line) ?? []) == [1, 2, 6, 8])
    }

    @Test("each kind of difference is told in words")
    func differences() throws {
        let text = """
            vector wrong on purpose
            bytes 01 81 40 01 C3 01 80 40 0E CE
            expect spo2 97 at 3
            condition spo2 sensor_off
            cuff idle the cuff leaks
            rejected garbage 3
            """
        let vector = try #require(VectorFile(text, family: "nonin").vectors.first)
        let seen = try DecodedVector(vector, family: Nonin.family, chunk: 3).differences(from: vector)
        #expect(seen.contains("reading 1 is missing: spo2 97.0 valid at 3"))
        #expect(seen.contains { $0.hasPrefix("condition spo2 sensor_off is not told") })
        #expect(seen.contains("the cuff says [], not [idle (the cuff leaks)]"))
        #expect(seen.contains { $0.hasPrefix("rejected garbage ") && $0.hasSuffix(", not 3") })
    }
}
