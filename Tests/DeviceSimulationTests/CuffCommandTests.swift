import DeviceProtocols
import DeviceSimulation
import MonitorTesting
import Testing
import VitalsModel

/// Random starts, aborts, pulled plugs, mute and unwilling modules, at cuff modules that only the client starts.
// One case at a time: hundreds of them at once would keep every waiting test from its turn for minutes.
@Suite("Cuff modules under random commands and outages", .serialized)
struct CuffCommandTests {
    /// What may happen to a module besides commands and plugs.
    private typealias Disturbance<Device> = (inout Device, _ dice: Int) -> Void

    @Test(
        "a PAR module never gets a start while it measures, and no value that was not sent or twice",
        arguments: 1...25 as ClosedRange<UInt64>)
    func parNIBP(seed: UInt64) throws {
        let device = ParCuff(patient: patient(seed: seed), start: testStart, wall: testWall)
        let talk = try disturbed(CuffConversation(device, ParNIBP.family), seed: seed) { device, dice in
            switch dice {
            case 5: device.isMute.toggle()
            case 6: device.isIgnoringStarts.toggle()
            case 12: (device.isMute, device.isIgnoringStarts) = (false, false)
            default: break
            }
        }
        #expect(talk.device.startsWhileRunning == 0 && talk.device.startsObeyed > 0)
    }

    @Test(
        "a SunTech module never gets a start while it measures, and no value that was not sent or twice",
        arguments: 1...25 as ClosedRange<UInt64>)
    func sunTech(seed: UInt64) throws {
        let device = SunTechCuff(patient: patient(seed: seed), start: testStart, wall: testWall)
        let talk = try disturbed(CuffConversation(device, SunTech.family), seed: seed) { device, dice in
            switch dice {
            case 5: device.isMute.toggle()
            case 6: device.isIgnoringStarts.toggle()
            case 7: device.isEndUnsaid.toggle()
            case 12: (device.isMute, device.isIgnoringStarts) = (false, false)
            default: break
            }
        }
        #expect(talk.device.startsWhileRunning == 0 && talk.device.startsObeyed > 0)
    }

    /// An hour or so of random things, then quiet and one more start, which must give its measurement.
    private func disturbed<Device>(
        _ begun: CuffConversation<Device>, seed: UInt64, by disturb: Disturbance<Device>
    ) -> CuffConversation<Device> {
        var talk = begun
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let dice = Int.random(in: 0..<12, using: &random)
            switch dice {
            case 0, 1, 2: talk.command(.start)
            case 3: talk.command(.abort)
            case 4: talk.isPlugged.toggle()
            default: disturb(&talk.device, dice)
            }
            talk.run(for: .milliseconds(Int.random(in: 0..<20_000, using: &random)))
        }
        talk.isPlugged = true
        disturb(&talk.device, 12)
        talk.run(for: .seconds(200))
        check(talk, seed)
        let count = talk.values(of: .nibpMean).count
        talk.command(.start)
        talk.run(for: .seconds(60))
        #expect(talk.values(of: .nibpMean).count == count + 1, "seed \(seed): \(talk.cuff.suffix(3))")
        return talk
    }

    /// Outages may cost values; those that come were sent, in their order, each once.
    private func check<Device>(_ talk: CuffConversation<Device>, _ seed: UInt64) {
        var sent = talk.device.sent.values(of: .nibpMean)[...]
        for value in talk.values(of: .nibpMean) {
            guard let place = sent.firstIndex(of: value) else {
                Issue.record("seed \(seed): \(value as Any) was not sent, or comes twice")
                return
            }
            sent = sent[(place + 1)...]
        }
        #expect(talk.links.last == .streaming && talk.cuff.last?.hasPrefix("idle") != false, "seed \(seed)")
    }
}
