import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

/// A device that speaks another protocol than its source is configured for.
@Suite struct ForeignProtocolTests {
    private static func at(_ seconds: Double) -> BootInstant { BootInstant(nanoseconds: Int64(seconds * 1e9)) }

    private static func oximeterSeconds(_ count: Int) -> [[UInt8]] {
        var stream = NoninStream(.two)
        return (0..<count).map { second in
            stream.bytes(of: (0..<3).map { NoninStream.Packet(rate: 60 + (second + $0) % 40, saturation: 95) })
        }
    }

    @Test func theFamilyThatItSpeaksIsNamedOnce() throws {
        var watch = ForeignProtocolWatch(family: "intellivue")
        var news: [Int] = []
        for (second, bytes) in Self.oximeterSeconds(180).enumerated() {
            if watch.take(bytes, frames: 0, at: Self.at(Double(second))) { news.append(second) }
        }
        #expect(news == [5], "after 5 s, and never again the same")
        let words = try #require(watch.words)
        #expect(words.contains("hardly a whole frame of intellivue; they look like nonin"))
        #expect(words.contains("correct `family` of this source in vigil.yaml"))
    }

    @Test func noiseNamesNobodyAndSaysWhatToCheck() throws {
        var random = SeededRandom.announced()
        var watch = ForeignProtocolWatch(family: "intellivue")
        var news = 0
        for second in 0..<20 where watch.take(random.bytes(1000), frames: 0, at: Self.at(Double(second))) { news += 1 }
        #expect(news == 1)
        #expect(watch.words?.contains("nor of another family: check the device's output setting, the line (baud, parity)") == true)
    }

    @Test func aDeviceThatIsUnderstoodIsNeverFlagged() {
        var watch = ForeignProtocolWatch(family: "nonin")
        for second in 0..<60 {
            let isNews = watch.take(Array(repeating: 1, count: 375), frames: 75 * (second + 1), at: Self.at(Double(second)))
            #expect(!isNews && watch.words == nil)
        }
    }

    @Test func aFlagGoesWithTheFirstWholeFrames() {
        var watch = ForeignProtocolWatch(family: "intellivue")
        for (second, bytes) in Self.oximeterSeconds(8).enumerated() { _ = watch.take(bytes, frames: 0, at: Self.at(Double(second))) }
        #expect(watch.words != nil)
        _ = watch.take([1, 2, 3], frames: 2, at: Self.at(8))
        #expect(watch.words != nil, "two may be chance")
        _ = watch.take([1, 2, 3], frames: 3, at: Self.at(8.1))
        #expect(watch.words == nil)
    }

    @Test func aFewBytesOfAnUnpluggedCableAreNothing() {
        var watch = ForeignProtocolWatch(family: "nonin")
        var news = 0
        for second in 0..<60 where watch.take([0xFF], frames: 0, at: Self.at(Double(second))) { news += 1 }
        #expect(news == 0)
        #expect(watch.words == nil)
    }
}
