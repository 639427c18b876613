import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

/// What a probe does, in which order, and what it takes for an answer.
@Suite struct ProbeTests {
    /// A family with nothing to decode.
    private static func family(
        _ id: String, _ lines: [LineSettings] = [LineSettings(baud: 9600)], asks request: [UInt8]? = nil,
        startsCuffWith start: [UInt8]? = nil
    ) -> DeviceFamily {
        DeviceFamily(
            id: id, displayName: id, maturity: .reported, line: lines[0], signals: [], otherLines: Array(lines.dropFirst()),
            initiative: request == nil ? .device : .client, obeysCuffCommands: start != nil
        ) { _, _ in MuteDecoder(request: request ?? [], start: start ?? []) }
    }

    private static let long: [UInt8] = Array(repeating: 7, count: 20)

    @Test func itListensAtEveryLineOfThoseWhoSpeakByThemselves() {
        let families = [
            Self.family("a", [LineSettings(baud: 115_200), LineSettings(baud: 4800)]), Self.family("b"), Self.family("c"),
            Self.family("asked", [LineSettings(baud: 9600), LineSettings(baud: 19200)], asks: Self.long),
        ]
        let plan = ProbePlan(families)
        #expect(plan.listenings.map(\.line.description) == ["9600 8N1", "4800 8N1", "115200 8N1"])
        #expect(plan.listenings.map { $0.families.map(\.id) } == [["b", "c", "asked"], ["a"], ["a"]])
        #expect(plan.askings.map(\.line.description) == ["9600 8N1", "19200 8N1"])
    }

    @Test func itAsksThoseFirstWhoCanDoLeast() {
        let families = [
            Self.family("cuff-short", asks: [1], startsCuffWith: [2]), Self.family("cuff-long", asks: Self.long, startsCuffWith: [3]),
            Self.family("short", asks: [4, 5]), Self.family("long", [LineSettings(baud: 9600), LineSettings(baud: 300)], asks: Self.long),
            Self.family("long-2", asks: Self.long),
        ]
        let plan = ProbePlan(families)
        #expect(plan.askings.map(\.family.id) == ["long", "long-2", "long", "short", "cuff-long", "cuff-short"])
        #expect(plan.askings[0].reason == "nothing it could set off; requests of 20 bytes")
        #expect(plan.askings[5].reason == "its cuff can be told to start, which is never done; requests of 1 bytes, short ones")
    }

    @Test func whatStartsACuffIsNeverSent() {
        let plan = ProbePlan([Self.family("cuff", asks: [1], startsCuffWith: [2, 3]), Self.family("other", asks: [2, 3])])
        #expect(plan.isForbidden([2, 3]), "not by another family either")
        #expect(!plan.isForbidden([1]))
        for asking in ProbePlan().askings {
            var decoder = asking.family.makeDecoder(.live, [:])
            for frame in decoder.advance(to: BootInstant(nanoseconds: 0)).bytesToSend {
                #expect(!ProbePlan().isForbidden(frame), "\(asking.family.id) opens with what starts a cuff")
            }
        }
    }

    @Test func onlyListeningSendsNothingAndOneFamilyIsTriedAtItsLines() {
        #expect(ProbePlan(listensOnly: true).askings.isEmpty)
        let one = ProbePlan(only: "intellivue")
        #expect(one.listenings.map(\.line) == IntelliVue.family.knownLines)
        #expect(one.askings.map(\.family.id) == ["intellivue"])
        #expect(ProbePlan(only: "nonin").askings.isEmpty)
    }

    // MARK: Evidence

    @Test func anOximetersBytesAreItsOwnInTheRightVariant() throws {
        var stream = NoninStream(.seven)
        let bytes = stream.bytes(of: (0..<12).map { NoninStream.Packet(rate: 60 + $0, saturation: 90 + $0 % 9) })
        let found = FamilyListener.families(in: Array(bytes.dropFirst(3)), among: [IntelliVue.family, Nonin.family])
        let best = try #require(found.first)
        #expect(found.map(\.family) == ["nonin"])
        #expect(best.options == ["format": "7"])
        #expect(best.lastReadings.map(\.signal) == [.pulseRate, .spo2])
        #expect(best.frames > 250 && best.readings >= 20)
    }

    @Test func noiseIsNobodys() {
        var random = SeededRandom.announced()
        for _ in 0..<20 { #expect(FamilyListener.families(in: random.bytes(4096)).map(\.family) == []) }
        #expect(FamilyListener.families(in: []).isEmpty)
    }

    @Test func moreOfTheBytesIsTheBetterExplanation() {
        var (whole, part) = (FamilyEvidence(family: "whole"), FamilyEvidence(family: "part"))
        (whole.bytes, whole.frames, whole.readings) = (1000, 10, 2)
        (part.bytes, part.frames, part.readings, part.garbage) = (1000, 200, 90, 400)
        #expect(part.isConvincing && whole.isConvincing)
        #expect(FamilyListener.convincing([part, whole]).map(\.family) == ["whole", "part"])
        whole.frames = 2
        #expect(!whole.isConvincing, "chance makes two frames")
        part.garbage = 501
        #expect(!part.isConvincing)
    }
}

/// A client that says one thing, and another to start a cuff.
private struct MuteDecoder: DeviceDecoder {
    var request: [UInt8]
    var start: [UInt8]
    var nextDeadline: BootInstant? { nil }
    var statistics: DecoderStatistics { DecoderStatistics() }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput { DeviceOutput() }
    mutating func advance(to now: BootInstant) -> DeviceOutput { DeviceOutput(bytesToSend: request.isEmpty ? [] : [request]) }
    mutating func command(_ command: CuffCommand, at now: BootInstant) -> DeviceOutput {
        DeviceOutput(bytesToSend: command == .start ? [start] : [])
    }
}
