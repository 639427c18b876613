import DeviceProtocols
import LinuxIO
import Locking
import ServiceConfiguration
import Testing
import VitalsModel

@testable import MonitorService

/// Who gets a port that two rules mean.
@Suite("Claims of ports")
struct PortClaimTests {
    private static let usb = SourceMatch.usb(vendor: "0403", product: "6001", serial: "A")
    private static let rules = [
        PortClaims.Rule(source: "first", match: usb), PortClaims.Rule(source: "second", match: .path("/dev/link")),
        PortClaims.Rule(source: "third", match: .path("/dev/other")),
    ]

    @Test("the first source of the configuration has it, whoever asks first")
    func order() {
        let claims = PortClaims(Self.rules) { _ in "/dev/ttyUSB0" }
        let refusal = claims.claim("/dev/ttyUSB0", for: "second")
        #expect(
            refusal?.description == "/dev/ttyUSB0 is the port of source first too (usb 0403:6001 serial A): give each source a port of its "
                + "own in vigil.yaml, by \"serial\" or by a path under /dev/serial/by-path (vigil device list shows both)")
        #expect(claims.claim("/dev/ttyUSB0", for: "first") == nil)
        #expect(claims.claim("/dev/ttyUSB0", for: "first") == nil, "the holder may ask again")
        #expect(claims.claim("/dev/ttyUSB0", for: "third")?.other.source == "first")
    }

    @Test("a port that is held is not given away, and is free once given back")
    func holding() {
        let present = Mutex<[SourceMatch: String]>([.path("/dev/link"): "/dev/ttyUSB0"])
        let claims = PortClaims(Self.rules) { match in present.withLock { $0[match] } }
        #expect(claims.claim("/dev/ttyUSB0", for: "second") == nil)
        present.withLock { $0[Self.usb] = "/dev/ttyUSB0" }
        #expect(claims.claim("/dev/ttyUSB0", for: "first")?.other.source == "second")
        claims.release("/dev/ttyUSB0", of: "first")
        #expect(claims.claim("/dev/ttyUSB0", for: "first") != nil, "only its holder gives it back")
        claims.release("/dev/ttyUSB0", of: "second")
        #expect(claims.claim("/dev/ttyUSB0", for: "first") == nil)
        #expect(claims.claim("/dev/ttyUSB1", for: "second") == nil)
    }

    @Test("two identical adapters are told apart by where they are plugged in")
    func twins() {
        func twin(_ number: Int) -> SerialPortDescription {
            let properties = [
                "ID_VENDOR_ID": "1a86", "ID_MODEL_ID": "7523",
                "DEVLINKS": "/dev/serial/by-id/usb-1a86 /dev/serial/by-path/pci-usb-0:\(number):1.0-port0",
            ]
            return SerialPortDescription(devicePath: "/dev/ttyUSB\(number)") { properties[$0] }
        }
        let socket = SourceMatch.path("/dev/serial/by-path/pci-usb-0:1:1.0-port0")
        #expect(socket.fits(twin(1)) && !socket.fits(twin(2)))
        let any = SourceMatch.usb(vendor: "1a86", product: "7523", serial: nil)
        #expect(any.fits(twin(1)) && any.fits(twin(2)))
    }
}

/// The entries of a source.
@Suite("Where a source stands")
struct SourceProgressTests {
    private static func at(_ seconds: Int64) -> Moment {
        Moment(boot: BootInstant(nanoseconds: seconds * 1_000_000_000), wall: WallInstant(nanoseconds: seconds * 1_000_000_000))
    }

    @Test("each step has its entry with the reason; the same step again has none")
    func steps() {
        var progress = SourceProgress(source: "cuff")
        let said = [
            progress.say(.absent, "no adapter", at: Self.at(1)), progress.say(.absent, "no adapter", at: Self.at(2)),
            progress.move(to: .opening, "it is there", at: Self.at(3)), progress.say(.opening, "not permitted", at: Self.at(4)),
            progress.move(to: .negotiating, "open", at: Self.at(5)), progress.move(to: .negotiating, "asking", at: Self.at(6)),
        ]
        #expect(said.map { $0?.reason } == ["no adapter", nil, "it is there", "not permitted", "open", nil])
        #expect(said.compactMap { $0?.sequence } == [1, 2, 3, 4])
        #expect(said.compactMap { $0 }.map(\.from) == [.absent, .absent, .opening, .opening])
        #expect(progress.reason == "asking")
        #expect(progress.since == Self.at(5), "a new reason is no new state")
    }

    @Test("a reading says that the device sends, before the reading itself")
    func reading() {
        var progress = SourceProgress(source: "oximeter")
        let reading = DecodedReading(offset: 0, signal: .spo2, value: 97, quality: .valid)
        let events = progress.events(of: [.reading(reading), .reading(reading), .link(.stale, reason: "silent")], at: Self.at(1))
        let words = events.map { event in
            switch event {
            case .transition(let change): "\(change.to.rawValue) \(change.sequence)"
            case .reading(let reading): "reading \(reading.sequence)"
            case .signalCondition, .cuff: "?"
            }
        }
        #expect(words == ["streaming 1", "reading 2", "reading 3", "stale 4"])
    }
}
