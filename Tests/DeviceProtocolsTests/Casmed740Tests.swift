import DeviceProtocols
import Testing
import VitalsModel

/// A live client whose monitor is written by hand: each answer comes a second after the one before it.
private struct CasmedListener {
    var decoder: any DeviceDecoder
    private(set) var now = BootInstant(seconds: 100)
    /// Cuff changes and systolic pressures.
    private(set) var words: [String] = []
    /// Commands, other than X09.
    private(set) var commands: [String] = []
    private(set) var polls = 0

    init() throws {
        decoder = try Casmed740.family.decoder(.live)
        take(decoder.advance(to: now))
    }

    mutating func hear(_ lines: String...) {
        for line in lines {
            wait(.seconds(1))
            take(decoder.receive(Array("\(line)\r".utf8), at: now))
        }
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let next = decoder.nextDeadline, next <= end {
            now = max(now, next)
            take(decoder.advance(to: now))
        }
        now = end
    }

    mutating func command(_ command: CuffCommand) { take(decoder.command(command, at: now)) }

    private mutating func take(_ output: DeviceOutput) {
        for event in output.events {
            switch event {
            case .cuff(let state, let failure): words.append(state.rawValue + (failure.map { ": \($0)" } ?? ""))
            case .reading(let reading) where reading.signal == .nibpSystolic: words.append("\(Int(reading.value ?? 0))")
            case .link(let state, _): words.append(state.rawValue)
            default: break
            }
        }
        for bytes in output.bytesToSend {
            let command = String(decoding: bytes, as: UTF8.self).dropLast()
            if command == "X09" { polls += 1 } else { commands.append(String(command)) }
        }
    }
}

@Suite("CASMED 740: the live client")
struct Casmed740Tests {
    private let first = "X09118076090072098368C"
    private let other = "X09131080097072098368C"
    private let blank = "X09---------072098368C"

    @Test("it polls once a second, also a silent monitor, and says when the monitor is silent")
    func polls() throws {
        var client = try CasmedListener()
        client.wait(.seconds(10))
        #expect(client.polls == 11 && client.words == ["negotiating", "stale"])
        client.hear(blank)
        #expect(client.words.last == "streaming" && client.commands.isEmpty)
    }

    @Test("values that were there before are not a measurement; the next others are, when seen twice")
    func lingering() throws {
        var client = try CasmedListener()
        client.hear(first, first, first, blank, first, first)
        #expect(client.words == ["negotiating", "streaming"])
        client.hear(other, first, other, other, other)
        #expect(client.words == ["negotiating", "streaming", "131"])
    }

    @Test("after a silence the first values are of unknown age again")
    func silence() throws {
        var client = try CasmedListener()
        client.hear(first, first)
        client.wait(.seconds(20))
        client.hear(other, other, other)
        #expect(client.words == ["negotiating", "streaming", "stale", "streaming"])
        client.hear(first, first)
        #expect(client.words.last == "118")
    }

    @Test("a start is repeated until the cuff works, three times in all")
    func startUnheard() throws {
        var client = try CasmedListener()
        client.hear(blank)
        client.command(.start)
        for _ in 0..<10 { client.hear(blank) }
        #expect(client.commands == ["X131", "X131", "X131", "X130"])
        #expect(client.words.last == "idle: the monitor did not start the cuff")
    }

    @Test("a start that is refused is not repeated", arguments: ["X??", "X**"])
    func startRefused(answer: String) throws {
        var client = try CasmedListener()
        client.command(.start)
        client.hear(answer, answer, blank, blank, blank)
        #expect(client.commands == ["X131", "X130"])
        #expect(client.words == ["negotiating", "idle: the monitor refused to start the cuff", "streaming"])
    }

    @Test("a started measurement ends with its values; the last pressures behind them begin nothing")
    func started() throws {
        var client = try CasmedListener()
        client.hear(first, first)
        client.command(.start)
        client.hear("X130010", "X130150", first, "X130090", other, "X130030", other, "X130000", other, other, other, other)
        #expect(client.commands == ["X131"])
        #expect(client.words == ["negotiating", "streaming", "measuring", "idle", "131"])
        client.command(.start)
        client.hear("X130010")
        #expect(client.words.last == "measuring")
        client.command(.start)
        #expect(client.commands == ["X131", "X131"])
    }

    @Test("a stop is repeated while the cuff works, and ends without values")
    func stopped() throws {
        var client = try CasmedListener()
        client.hear(first, first)
        client.command(.start)
        client.hear("X130010", "X130150")
        client.command(.abort)
        client.hear("X130120", "X130110", "X130000", first, first, first, first, first)
        #expect(client.commands.filter { $0 == "X130" }.count >= 2 && client.commands.first == "X131")
        #expect(client.words == ["negotiating", "streaming", "measuring", "idle: stopped"])
    }

    @Test("the former values, hidden while the cuff worked, are no result when they come back after a stop")
    func formerValuesAfterStop() throws {
        for blanks in 1...4 {
            var client = try CasmedListener()
            client.hear(first, first)
            client.command(.start)
            client.hear("X130010", blank, "X130150", blank)
            client.command(.abort)
            client.hear("X130000")
            for _ in 0..<blanks { client.hear(blank) }
            client.hear(first, first, first, first, first, first)
            #expect(client.words == ["negotiating", "streaming", "measuring", "idle: stopped"], "\(blanks)")
        }
    }

    @Test("values that a stop brings back are no result either when they were hidden from the beginning; the next ones are")
    func hiddenValuesAfterStop() throws {
        var client = try CasmedListener()
        client.hear(blank, "X130150", blank)
        client.command(.abort)
        client.hear("X130000", blank, blank, first, first, first, other, other)
        #expect(client.words == ["negotiating", "streaming", "measuring", "idle: stopped", "131"])
    }

    @Test("the former values, hidden while the cuff worked, are no result when they come back after a failure")
    func formerValuesAfterFailure() throws {
        for blanks in 0...1 {
            var client = try CasmedListener()
            client.hear(first, first)
            client.command(.start)
            client.hear("X130010", blank, "X130150", blank, blank, "X130020")
            for _ in 0..<blanks { client.hear(blank) }
            client.hear(first, first, first, first, first, first)
            #expect(client.words == ["negotiating", "streaming", "measuring", "idle: the monitor gave no new values"], "\(blanks)")
        }
    }

    @Test("equal values are a result when they were missing behind the last X13")
    func equalValues() throws {
        var client = try CasmedListener()
        client.hear(first, first)
        client.command(.start)
        client.hear("X130010", blank, "X130150", blank, "X130020", blank, blank, first, first, first)
        #expect(client.words == ["negotiating", "streaming", "measuring", "idle", "118"])
    }

    @Test("a stop at rest is sent once, and its answer begins nothing")
    func stopAtRest() throws {
        var client = try CasmedListener()
        client.hear(blank)
        client.command(.abort)
        client.hear("X130000", blank, blank, blank, blank, blank)
        #expect(client.commands == ["X130"] && client.words == ["negotiating", "streaming"])
    }

    @Test("a stop takes back a start that was not obeyed")
    func startTakenBack() throws {
        var client = try CasmedListener()
        client.command(.start)
        client.command(.abort)
        client.hear(blank, blank, blank, blank, blank, blank, blank)
        #expect(client.commands == ["X131", "X130"])
        #expect(client.words == ["negotiating", "streaming"])
    }

    @Test("a start that is taken up after its stop was sent is stopped again, until X13 lines end")
    func lateStart() throws {
        var client = try CasmedListener()
        client.hear(blank)
        client.command(.start)
        client.command(.abort)
        client.hear("X130000", blank, "X130050", "X130100", "X130120", "X130060", blank, blank, blank, blank, blank, blank)
        #expect(client.commands == ["X131", "X130", "X130", "X130"])
        #expect(client.words == ["negotiating", "streaming", "measuring", "idle: stopped"])
    }

    @Test("a start that was given up and is taken up later is stopped")
    func startGivenUp() throws {
        var client = try CasmedListener()
        client.command(.start)
        for _ in 0..<7 { client.hear(blank) }
        client.hear("X130000", "X130020", "X130040", "X130060")
        #expect(client.commands == ["X131", "X131", "X131", "X130", "X130", "X130"] && client.words.last == "measuring")
    }

    @Test("a stop that is not obeyed is sent without end, and told once")
    func stopNotObeyed() throws {
        var client = try CasmedListener()
        client.hear(blank, "X130010")
        client.command(.abort)
        for _ in 0..<30 { client.hear("X130120") }
        #expect(client.commands.count >= 14 && Set(client.commands) == ["X130"])
        #expect(client.words == ["negotiating", "streaming", "measuring", "measuring: the monitor does not obey the stop"])
    }

    @Test("a stop is owed over a silence, and sent while nothing is heard")
    func stopOverSilence() throws {
        var client = try CasmedListener()
        client.hear(blank, "X130010")
        client.command(.abort)
        client.wait(.seconds(30))
        #expect(client.commands.count >= 14)
        client.hear("X130120", "X130120", "X130120", "X130120")
        #expect(client.words.suffix(3) == ["idle: the monitor fell silent during the measurement", "streaming", "measuring"])
        #expect(client.commands.count >= 17)
    }

    @Test("a monitor that falls silent while the cuff works leaves no open measurement")
    func silentCuff() throws {
        var client = try CasmedListener()
        client.hear(blank, "X130100")
        client.wait(.seconds(10))
        #expect(client.words.suffix(3) == ["measuring", "stale", "idle: the monitor fell silent during the measurement"])
    }

    @Test("a recording is not answered, and takes no command")
    func offline() throws {
        var decoder = try Casmed740.family.decoder(.offline)
        #expect(decoder.advance(to: BootInstant(seconds: 1)) == DeviceOutput())
        #expect(decoder.command(.start, at: BootInstant(seconds: 1)) == DeviceOutput() && decoder.nextDeadline == nil)
    }
}
