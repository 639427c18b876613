import CZlib
import Glibc
import MonitorTesting
import Testing

@testable import LinuxIO

@Suite struct LineReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func lines(_ path: String) throws -> [String] {
        var lines: [String] = []
        try LineReader(path: path).forEachLine { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    private func writeGzip(_ bytes: [UInt8], as name: String) -> String {
        let file = gzopen(folder.path(name), "wb1")
        bytes.withUnsafeBytes { _ = gzwrite(file, $0.baseAddress, UInt32($0.count)) }
        _ = gzclose(file)
        return folder.path(name)
    }

    @Test(arguments: [
        ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb\r\n", ["a", "b"]), ("a\n\nb", ["a", "", "b"]), ("a\rb\n", ["a\rb"]),
        ("a\r", ["a"]), ("\r\n\r\n", ["", ""]),
    ])
    func lineEndsAreTakenOff(text: String, expected: [String]) throws {
        #expect(try lines(folder.write(Array(text.utf8), as: "plain.csv")) == expected)
        #expect(try lines(writeGzip(Array(text.utf8), as: "packed.csv.gz")) == expected)
    }

    @Test func longAndShortLinesComeWholeAcrossAllBuffers() throws {
        var random = SeededRandom.announced(for: "longAndShortLinesComeWholeAcrossAllBuffers")
        let expected = (0..<400).map { number in
            String(repeating: "\(number),", count: Int.random(in: 0..<(number % 50 == 0 ? 200_000 : 300), using: &random))
        }
        let bytes = Array(expected.map { $0 + "\n" }.joined().utf8)
        #expect(try lines(folder.write(bytes, as: "plain")) == expected)
        #expect(try lines(writeGzip(bytes, as: "packed")) == expected)
    }

    @Test func aLineOfTheGreatestLengthComesAndALongerOneIsRefused() throws {
        let longest = [UInt8](repeating: 65, count: LineReader.longestLine)
        var lengths: [Int] = []
        try LineReader(path: folder.write(longest + [10] + longest, as: "fits")).forEachLine { lengths.append($0.count) }
        #expect(lengths == [longest.count, longest.count])
        let endless = try folder.write([UInt8](repeating: 65, count: 3 * LineReader.longestLine), as: "endless")
        #expect(#expect(throws: SystemError.self) { try lines(endless) }?.code == EMSGSIZE)
    }

    @Test func damagedAndBrokenGzipIsToldApart() throws {
        let whole = try readWholeFile(writeGzip(Array("time_s,signal,value\n".utf8), as: "whole.gz"))
        let broken = try folder.write(Array(whole.dropLast(10)), as: "broken.gz")
        var bytes = whole
        bytes[bytes.count - 6] ^= 0xff
        let damaged = try folder.write(bytes, as: "damaged.gz")
        for (path, word) in [(broken, "broken off"), (damaged, "damaged")] {
            let failure = #expect(throws: SystemError.self) { try lines(path) }
            #expect(failure?.code == EBADMSG)
            #expect(failure?.description.contains(word) == true)
        }
    }

    @Test func missingFilesAndFoldersAreToldApart() {
        for (path, code) in [(folder.path("none"), ENOENT), (folder.path, EISDIR)] {
            #expect(#expect(throws: SystemError.self) { try lines(path) }?.code == code)
            #expect(#expect(throws: SystemError.self) { try readWholeFile(path) }?.code == code)
            #expect(#expect(throws: SystemError.self) { try readWholeGzipFile(path) }?.code == code)
        }
    }

    @Test func anErrorOfTheReceiverEndsTheReading() throws {
        struct Enough: Error {}
        var count = 0
        let path = try folder.write(Array("1\n2\n3\n".utf8), as: "three")
        #expect(throws: Enough.self) {
            try LineReader(path: path).forEachLine { _ in
                count += 1
                if count == 2 { throw Enough() }
            }
        }
        #expect(count == 2)
    }

    @Test func wholeFilesAreReadPackedOrNotUpToALimit() throws {
        var random = SeededRandom.announced(for: "wholeFilesAreReadPackedOrNotUpToALimit")
        let bytes = random.bytes(300_000)
        let (plain, packed) = (try folder.write(bytes, as: "plain"), writeGzip(bytes, as: "packed"))
        #expect(try readWholeFile(plain) == bytes)
        #expect(try readWholeGzipFile(plain) == bytes)
        #expect(try readWholeGzipFile(packed) == bytes)
        #expect(try readWholeFile(plain, limit: 300_000) == bytes)
        #expect(#expect(throws: SystemError.self) { try readWholeFile(plain, limit: 299_999) }?.code == EFBIG)
        #expect(#expect(throws: SystemError.self) { try readWholeGzipFile(packed, limit: 299_999) }?.code == EFBIG)
    }
}
