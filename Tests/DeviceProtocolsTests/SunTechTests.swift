import DeviceProtocols
import Testing
import VitalsModel

@Suite("SunTech: a module that answers something else")
struct SunTechTests {
    private let startCode: [UInt8] = [0x3A, 0x20, 0xA6]
    private let resultCode: [UInt8] = [0x3A, 0x79, 0x03, 0x00, 0x4A]
    private let pressureCode: [UInt8] = [0x3A, 0x79, 0x05, 0x00, 0x48]
    private static let empty: [UInt8] = [0x3E, 0x05, 0x00, 0x00, 0xBD]
    private static let ended: [UInt8] = [0x3E, 0x04, 0x4B, 0x73]
    private static let unknown: [UInt8] = [0x3E, 0x06, 0x01, 0x02, 0x03, 0xB6]
    private static let result: [UInt8] = [
        0x3E, 0x18, 0x73, 0, 0x4A, 0, 0x1E, 0x01, 0, 0, 0, 0, 0, 0, 0x31, 0x07, 0x55, 0, 0x58, 0, 0, 0, 0, 0xE9,
    ]

    /// Answers each request 20 ms later for a minute after a start.
    ///
    /// - Returns: the requests, and when the cuff was said to rest.
    private func talk(_ answer: ([UInt8]) -> [UInt8]) throws -> (requests: [[UInt8]], failures: [(after: Duration, words: String)]) {
        let start = BootInstant(seconds: 100)
        var decoder = try SunTech.family.decoder(.live)
        var now = start
        var output = decoder.advance(to: now)
        output.append(decoder.command(.start, at: now))
        var requests: [[UInt8]] = []
        var failures: [(after: Duration, words: String)] = []
        while now < start + .seconds(60), requests.count < 1000 {
            failures += output.events.compactMap { if case .cuff(.idle, let words?) = $0 { (now - start, words) } else { nil } }
            requests += output.bytesToSend
            guard let request = output.bytesToSend.last else {
                now = max(now, decoder.nextDeadline ?? start + .seconds(60))
                output = decoder.advance(to: now)
                continue
            }
            now = now + .milliseconds(20)
            output = decoder.receive(answer(request), at: now)
        }
        return (requests, failures)
    }

    @Test("a question for the result that is never answered by one: the start fails", arguments: [empty, ended, unknown])
    func noResult(answer: [UInt8]) throws {
        let (requests, failures) = try talk { $0 == resultCode ? answer : Self.empty }
        #expect(failures.count == 1 && failures.allSatisfy { $0.after < .seconds(30) && $0.words == "the module answers something else" })
        #expect(!requests.contains(startCode) && requests.count < 120, "\(requests.count) requests in a minute")
    }

    @Test("a question for the pressure that is never answered by one: the start fails", arguments: [result, ended, unknown])
    func noPressure(answer: [UInt8]) throws {
        let (requests, failures) = try talk { $0 == pressureCode ? answer : Self.result }
        #expect(failures.count == 1 && failures.allSatisfy { $0.after <= .seconds(32) })
        #expect(!requests.contains(startCode) && requests.count < 200, "\(requests.count) requests in a minute")
    }
}
