import DeviceProtocols
import Testing
import VitalsModel

@Suite("PAR cuff module: what the client does with what the module says")
struct ParNIBPTests {
    private static let startCode: [UInt8] = Array("\u{2}01;;D7\u{3}".utf8)
    private static let manualCode: [UInt8] = Array("\u{2}03;;D9\u{3}".utf8)
    private static let statusCode: [UInt8] = Array("\u{2}18;;DF\u{3}".utf8)
    private static let abortCode: [UInt8] = [0x58]

    /// A live client at second 100, its first status answered.
    private struct Host {
        var decoder: any DeviceDecoder
        var now = BootInstant(seconds: 100)
        var sent: [[UInt8]] = []
        var events: [DeviceEvent] = []

        init(_ first: String) throws {
            decoder = try ParNIBP.family.decoder(.live)
            take(decoder.advance(to: now))
            hear(first)
        }

        mutating func take(_ output: DeviceOutput) {
            sent += output.bytesToSend
            events += output.events
        }

        /// A message: a status, whose sum is added, a pressure, or the end.
        mutating func hear(_ text: String) {
            let sum = text.utf8.reduce(0 as UInt8, &+)
            let digits = String(sum, radix: 16, uppercase: true)
            let tail = text.hasSuffix(";;") ? String(repeating: "0", count: 2 - digits.count) + digits : ""
            take(decoder.receive([0x02] + Array((text + tail).utf8) + [0x03, 0x0D], at: now))
        }

        mutating func command(_ command: CuffCommand) { take(decoder.command(command, at: now)) }

        /// Lets time pass and calls when asked to.
        mutating func wait(_ milliseconds: Int) {
            let end = now + .milliseconds(milliseconds)
            while let due = decoder.nextDeadline, due <= end {
                now = max(now, due)
                take(decoder.advance(to: now))
            }
            now = end
        }

        var cuff: [String] {
            events.compactMap { event in
                guard case .cuff(let state, let failure) = event else { return nil }
                return failure.map { "\(state.rawValue): \($0)" } ?? state.rawValue
            }
        }

        var systolic: [String] {
            events.compactMap { event in
                guard case .reading(let reading) = event, reading.signal == .nibpSystolic else { return nil }
                return "\(Int(reading.value ?? 0)) \(reading.quality.rawValue)"
            }
        }
    }

    private let rest = "S1;A0;C00;M00;P122078093;R070;T    ;;"

    /// A measurement of some pressures and its result.
    private func measure(_ host: inout Host, _ pressures: [String], _ result: String) {
        for pressure in pressures {
            host.hear(pressure)
            host.wait(250)
        }
        host.hear("999")
        host.hear(result)
    }

    @Test("a module that makes cycles is told not to before a start", arguments: ["S6;A0;C05;M00", "S1;A0;C05;M00", "S6;A0;C00;M00"])
    func cycleBeforeStart(head: String) throws {
        let cycle = "\(head);P122078093;R070;T0200;;"
        var host = try Host(cycle)
        host.command(.start)
        host.hear(cycle)
        #expect(host.sent.last == Self.manualCode && !host.sent.contains(Self.startCode))
        host.wait(500)
        #expect(host.sent.last == Self.statusCode)
        host.hear(rest)
        #expect(host.sent.last == Self.startCode)
        measure(&host, ["035C0S3", "180C0S3"], "S1;A0;C00;M00;P182110134;R070;T    ;;")
        #expect(host.cuff == ["measuring", "idle"] && host.systolic == ["182 valid"])
        #expect(host.sent.filter { $0 == Self.startCode }.count == 1)
    }

    @Test("a module that stays in its cycles is never started, and that is told")
    func stubbornCycle() throws {
        let cycle = "S6;A0;C05;M00;P122078093;R070;T0200;;"
        var host = try Host(cycle)
        host.command(.start)
        for _ in 0..<20 {
            host.hear(cycle)
            host.wait(1000)
        }
        #expect(!host.sent.contains(Self.startCode) && host.sent.filter { $0 == Self.manualCode }.count == 3)
        #expect(host.cuff == ["idle: the module is busy: cycle"])
    }

    @Test("results of the module's own cycles are given once, and a state 6 alone gives none and hides none")
    func cycleResults() throws {
        var host = try Host(rest)
        for _ in 0..<2 {
            measure(&host, ["035C0S3", "180C0S3"], "S6;A0;C05;M00;P182110134;R070;T0299;;")
            host.wait(5000)
            host.hear("S6;A0;C05;M00;P182110134;R070;T0200;;")
        }
        #expect(host.systolic == ["182 valid", "182 valid"] && host.cuff == ["measuring", "idle", "measuring", "idle"])
        // Not seen running: it waits until the module says that it rests.
        host.hear("S6;A0;C05;M00;P150090110;R070;T0100;;")
        #expect(host.systolic.count == 2)
        host.hear("S1;A0;C00;M00;P150090110;R070;T    ;;")
        host.hear("S1;A0;C00;M00;P150090110;R070;T    ;;")
        #expect(host.systolic == ["182 valid", "182 valid", "150 valid"])
    }

    @Test("an error in a cycle is told once")
    func cycleError() throws {
        var host = try Host("S6;A0;C05;M00;P122078093;R070;T0299;;")
        measure(&host, ["035C0S3"], "S6;A0;C05;M07;P122078093;R070;T0299;;")
        for _ in 0..<3 {
            host.wait(5000)
            host.hear("S6;A0;C05;M07;P122078093;R070;T0200;;")
        }
        #expect(host.cuff == ["measuring", "idle: air leak"] && host.systolic.isEmpty)
    }

    @Test("an abort right after the start is sent again to a cuff that begins to run after all")
    func abortOfAStart() throws {
        var host = try Host(rest)
        host.command(.start)
        host.hear(rest)
        #expect(host.sent.last == Self.startCode)
        host.wait(100)
        host.command(.abort)
        #expect(host.sent.last == Self.abortCode)
        host.wait(500)
        host.hear(rest)
        #expect(host.cuff == ["idle: aborted"])
        host.wait(1000)
        host.hear("035C0S3")
        #expect(host.sent.filter { $0 == Self.abortCode }.count == 2 && host.sent.last == Self.abortCode)
        host.wait(500)
        host.hear(rest)
        #expect(host.cuff == ["idle: aborted", "measuring", "idle: aborted"] && host.systolic.isEmpty)
        // What begins later is another measurement, and a new start takes the abort back.
        host.wait(3000)
        measure(&host, ["035C0S3", "180C0S3"], rest)
        #expect(host.systolic == ["122 valid"] && host.sent.filter { $0 == Self.abortCode }.count == 2)
    }

    @Test("a wrong cuff that two pressures speak of is told once, and the values are suspect; the next measurement is free of it")
    func wrongCuff() throws {
        var host = try Host(rest)
        measure(&host, ["035C0S3", "120C1S3", "150C1S3", "140C1S3", "090C0S3"], rest)
        #expect(host.cuff == ["measuring", "measuring: the module says: wrong cuff for an adult", "idle"])
        #expect(host.systolic == ["122 suspect"])
        measure(&host, ["035C2S3", "150C2S3"], rest)
        #expect(host.cuff.suffix(2) == ["measuring: the module says: wrong cuff for a neonate", "idle"])
        measure(&host, ["035C0S3", "150C1S3", "140C0S3"], rest)
        #expect(host.cuff.suffix(2) == ["measuring", "idle"] && host.systolic == ["122 suspect", "122 suspect", "122 valid"])
    }
}
