import DeviceProtocols
import Testing
import VitalsModel

@Suite("The host's side of Contec protocol V7.0")
struct ContecCMS50Tests {
    private static let live = ContecPacket(type: ContecPacketType.live, data: [0x06, 50, 0x17, 72, 97, 0xFF, 0xFF]).frame
    private static let idle = ContecPacket(type: ContecPacketType.idle, data: []).frame

    /// A live decoder, and how far its clock is.
    private struct Host {
        var decoder: any DeviceDecoder
        var now = BootInstant(seconds: 100)

        init(_ options: [String: String] = [:]) throws { decoder = try ContecCMS50.family.decoder(.live, options: options) }

        mutating func wait(_ milliseconds: Int = 0) -> DeviceOutput {
            now = now + .milliseconds(milliseconds)
            return decoder.advance(to: now)
        }

        mutating func hear(_ bytes: [UInt8], after milliseconds: Int = 10) -> DeviceOutput {
            now = now + .milliseconds(milliseconds)
            return decoder.receive(bytes, at: now)
        }
    }

    private func words(_ output: DeviceOutput) -> [String] {
        output.events.compactMap { if case .link(let state, let reason) = $0 { "\(state.rawValue): \(reason)" } else { nil } }
    }

    @Test("commands are 9 bytes, as the maker writes them")
    func commands() {
        #expect(ContecCommand.beginLive.frame == [0x7D, 0x81, 0xA1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80])
        #expect(ContecCommand.keepAlive.frame == [0x7D, 0x81, 0xAF, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80])
    }

    @Test("stored and live data are ended before live data begin; the answers are awaited")
    func opening() throws {
        var host = try Host()
        #expect(host.wait().bytesToSend == [ContecCommand.endStored.frame])
        #expect(host.hear(Self.idle).bytesToSend == [ContecCommand.endLive.frame])
        // What was still on its way is no sign that the end was ignored.
        #expect(host.hear(Self.live).bytesToSend == [])
        #expect(host.hear(Self.idle).bytesToSend == [ContecCommand.beginLive.frame])
        let first = host.hear(Self.live)
        #expect(first.bytesToSend == [] && first.readings.map(\.value) == [97, 72])
    }

    @Test("a device without a word for the end is begun after a second each")
    func silentOpening() throws {
        var host = try Host()
        _ = host.wait()
        #expect(host.wait(999).bytesToSend == [])
        #expect(host.wait(1).bytesToSend == [ContecCommand.endLive.frame])
        #expect(host.wait(1000).bytesToSend == [ContecCommand.beginLive.frame])
    }

    @Test("a stream that runs already is left running")
    func runningStream() throws {
        var host = try Host()
        _ = host.wait()
        #expect(host.hear(Self.live).bytesToSend == [])
        #expect(host.hear(Self.idle).bytesToSend == [])
    }

    @Test("the keep-alive goes out each 5 s while packets come", arguments: [("af", ContecCommand.keepAlive), ("a1", .beginLive)])
    func keepAlive(option: String, command: ContecCommand) throws {
        var host = try Host(["keep-alive": option])
        _ = host.wait()
        _ = host.hear(Self.idle)
        _ = host.hear(Self.idle)
        var sent: [[UInt8]] = []
        for _ in 0..<160 { sent += host.hear(Self.live, after: 100).bytesToSend }
        #expect(sent == [command.frame, command.frame, command.frame])
    }

    @Test("silence of 2 s is told once; A1 is tried three times, then everything anew; the answer and the stream are told")
    func silence() throws {
        var host = try Host()
        _ = host.wait()
        _ = host.hear(Self.idle)
        _ = host.hear(Self.idle)
        _ = host.hear(Self.live + Self.live)
        let silent = host.wait(2000)
        #expect(words(silent) == ["stale: no live values for 2 s"])
        #expect(silent.bytesToSend == [ContecCommand.beginLive.frame])
        #expect(host.wait(2000).bytesToSend == [ContecCommand.beginLive.frame])
        #expect(host.wait(2000).bytesToSend == [ContecCommand.beginLive.frame])
        let anew = host.wait(2000)
        #expect(anew.events == [] && anew.bytesToSend == [ContecCommand.endStored.frame])
        #expect(words(host.hear(Self.idle)) == ["negotiating: the oximeter answers again"])
        _ = host.hear(Self.idle)
        let again = host.hear(Self.live + Self.live)
        #expect(words(again) == ["streaming: the oximeter sends"])
        // The same values as before the silence are news.
        #expect(again.readings.map(\.value) == [97, 72])
    }

    @Test("a device that ends the connection, or refuses, says why")
    func refusals() throws {
        var host = try Host()
        _ = host.wait()
        _ = host.hear(Self.idle)
        _ = host.hear(Self.idle)
        _ = host.hear(Self.live)
        let end = host.hear(ContecPacket(type: ContecPacketType.disconnect, data: [1]).frame)
        #expect(words(end) == ["negotiating: the oximeter ends the connection: it shuts down"])
        #expect(host.wait(1999).bytesToSend == [])
        #expect(host.wait(1).bytesToSend == [ContecCommand.endStored.frame])
        _ = host.hear(Self.live)
        let refusal = host.hear(ContecPacket(type: ContecPacketType.feedback, data: [0xA1, 3]).frame)
        #expect(words(refusal) == ["negotiating: the oximeter refuses live values: it is recording"])
    }

    @Test("live, a value that one packet alone says is not believed, and one that two say is")
    func agreement() throws {
        var host = try Host()
        _ = host.wait()
        #expect(host.hear(Self.live).readings == [])
        #expect(host.hear(Self.live).readings.map(\.value) == [97, 72])
        var damaged = Self.live
        damaged[6] ^= 0x20
        var otherwise = Self.live
        otherwise[6] ^= 0x10
        // Every second packet damaged, in different ways.
        for bytes in [damaged, Self.live, otherwise, Self.live, damaged, Self.live, Self.live] { #expect(host.hear(bytes).readings == []) }
        #expect(host.hear(damaged).readings == [])
        #expect(host.hear(damaged).readings.map(\.value) == [65])
    }

    @Test("live, a device whose values change with each packet is believed at the third")
    func restlessValues() throws {
        var host = try Host()
        _ = host.wait()
        let seen = (0..<9).flatMap { place in
            host.hear(ContecPacket(type: ContecPacketType.live, data: [6, 50, 0x17, 70 + UInt8(place), 97, 0xFF, 0xFF]).frame).readings
        }
        #expect(seen.filter { $0.signal == .pulseRate }.map(\.value) == [72, 73, 74, 75, 76, 77, 78])
    }

    @Test("a packet is written as it was read, and data after the seventh byte are left out")
    func packets() {
        let packet = ContecPacket(type: 0x09, data: [97, 200, 0x80, 0x02])
        #expect(packet.frame == [0x09, 0x86, 0xE1, 0xC8, 0x80, 0x82])
        #expect(ContecPacket(type: 0x04, data: Array(1...9)).data == Array(1...7))
        var framing = ContecFraming()
        var position = 0
        #expect(framing.step(packet.frame, from: &position) == .packet(packet))
        #expect(framing.step(packet.frame, from: &position) == nil)
    }
}

@Suite("The host's side of the older Contec stream")
struct ContecCMS50ClassicTests {
    private static let live: [UInt8] = [0x85, 0x32, 0x06, 0x4B, 0x62]

    @Test("nothing is sent to a unit unless option wake asks for it")
    func wake() throws {
        var quiet = try ContecCMS50Classic.family.decoder(.live)
        #expect(quiet.advance(to: BootInstant(seconds: 100)).bytesToSend == [])
        #expect(quiet.advance(to: BootInstant(seconds: 103)).bytesToSend == [])
        var waking = try ContecCMS50Classic.family.decoder(.live, options: ["wake": "yes"])
        #expect(waking.advance(to: BootInstant(seconds: 100)).bytesToSend == [ContecCMS50Classic.endStored])
        #expect(waking.advance(to: BootInstant(seconds: 103)).bytesToSend == [ContecCMS50Classic.endStored])
        _ = waking.receive(Self.live, at: BootInstant(seconds: 105))
        #expect(waking.advance(to: BootInstant(seconds: 107)).bytesToSend == [])
        #expect(waking.advance(to: BootInstant(seconds: 108)).bytesToSend == [ContecCMS50Classic.endStored])
    }

    @Test("3 s without a whole packet are silence, whatever else comes; afterwards the same value is news")
    func silence() throws {
        var decoder = try ContecCMS50Classic.family.decoder(.live)
        _ = decoder.advance(to: BootInstant(seconds: 100))
        #expect(decoder.receive(Self.live + Self.live, at: BootInstant(seconds: 101)).readings.map(\.value) == [98, 75])
        #expect(decoder.receive([0x85, 0x32], at: BootInstant(seconds: 103)).events == [])
        let silent = decoder.advance(to: BootInstant(seconds: 104)).events
        #expect(silent == [.link(.stale, reason: "nothing whole from the oximeter for 3 s")])
        let again = decoder.receive([0x06, 0x4B, 0x62] + Self.live, at: BootInstant(seconds: 105))
        #expect(again.events.first == .link(.streaming, reason: "the oximeter sends"))
        #expect(again.readings.map(\.value) == [98, 75])
    }
}
