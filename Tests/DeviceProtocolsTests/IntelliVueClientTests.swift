import DeviceProtocols
import Testing
import VitalsModel

@Suite("IntelliVue dialogue")
struct IntelliVueClientTests {
    @Test("release first, then the request; accept, create event, poll, values")
    func association() throws {
        var monitor = try ScriptedMonitor()
        monitor.run(20)
        #expect(monitor.heard.prefix(4).map(\.what) == ["release", "request", "created", "poll"])
        #expect(monitor.links == [.negotiating, .negotiating, .streaming])
        let heart = monitor.readings.filter { $0.signal == .heartRate }
        #expect((17...20).contains(heart.count))
        #expect(heart.allSatisfy { $0.value == 72 && $0.quality == .valid })
        #expect(monitor.readings.filter { $0.signal == .nibpSystolic }.count == 1)
        #expect(monitor.lateDeadlines == 0)
    }

    @Test("the request is repeated about every second until it is answered")
    func repeatedRequest() throws {
        var monitor = try ScriptedMonitor()
        monitor.requestsIgnored = 4
        monitor.run(10)
        let requests = monitor.heard.filter { $0.what == "request" }.map(\.seconds)
        #expect(requests.count == 5)
        #expect(zip(requests, requests.dropFirst()).allSatisfy { abs($1 - $0 - 1) < 0.11 })
        #expect(monitor.links.last == .streaming)
    }

    @Test("without an answer the release request is repeated each ten seconds, and no deadline is in the past")
    func nobodyThere() throws {
        var monitor = try ScriptedMonitor()
        monitor.isSilent = true
        monitor.run(35)
        #expect(monitor.count("release") == 4)
        #expect((35...36).contains(monitor.count("request")))
        #expect(monitor.links == [.negotiating])
        #expect(monitor.lateDeadlines == 0)
    }

    @Test("keep-alives come within 5 s, the poll is renewed before it ends, and cycles do not stop")
    func keepsAlive() throws {
        var monitor = try ScriptedMonitor()
        monitor.run(300)
        let sent = monitor.heard.dropFirst(4).map(\.seconds)
        #expect(zip(sent, sent.dropFirst()).allSatisfy { $1 - $0 <= 5 })
        #expect((11...13).contains(monitor.count("poll")))
        let heart = monitor.readings.filter { $0.signal == .heartRate }.count
        #expect((260...300).contains(heart))
        #expect(monitor.links == [.negotiating, .negotiating, .streaming])
        #expect(monitor.readings.filter { $0.signal == .nibpSystolic }.count == 1)
    }

    @Test("a lost accept is made good by the create event")
    func lostAccept() throws {
        var monitor = try ScriptedMonitor()
        monitor.isAcceptLost = true
        monitor.run(10)
        #expect(monitor.links.last == .streaming)
        #expect(monitor.readings.isEmpty == false)
    }

    @Test("each repeated create event is answered, and the poll sent again")
    func repeatedCreateEvent() throws {
        var monitor = try ScriptedMonitor()
        monitor.createResultsLost = 2
        monitor.run(10)
        #expect(monitor.count("created") == 3)
        #expect(monitor.count("poll") >= 3)
        #expect(monitor.links.last == .streaming)
        #expect(monitor.readings.isEmpty == false)
    }

    @Test("after an abort the client pauses, then associates again; the cuff value is not given twice")
    func abort() throws {
        var monitor = try ScriptedMonitor()
        monitor.run(10)
        let before = monitor.count("request")
        monitor.abort()
        #expect(monitor.links.last == .negotiating)
        #expect(monitor.reasons.last == "the monitor broke the association off; asking again")
        monitor.run(1.5)
        #expect(monitor.count("request") == before)
        monitor.run(8.5)
        #expect(monitor.count("request") == before + 1)
        #expect(monitor.links.last == .streaming)
        #expect(monitor.readings.filter { $0.signal == .nibpSystolic }.count == 1)
    }

    @Test("a refusal is told and asked again after a pause")
    func refusal() throws {
        var monitor = try ScriptedMonitor()
        monitor.refuses = true
        monitor.run(9)
        #expect((4...5).contains(monitor.count("request")))
        #expect(monitor.reasons.last?.hasPrefix("the monitor refused") == true)
        monitor.refuses = false
        monitor.run(6)
        #expect(monitor.links.last == .streaming)
        #expect(monitor.lateDeadlines == 0)
    }

    @Test("a release by the monitor is answered, and the association made again")
    func release() throws {
        var monitor = try ScriptedMonitor()
        monitor.run(5)
        monitor.send(IntelliVueAssociation.releaseRequest)
        #expect(monitor.heard.last?.what == "releaseResponse")
        #expect(monitor.links.last == .negotiating)
        monitor.run(6)
        #expect(monitor.links.last == .streaming)
    }

    @Test("silence makes the link stale, then the association is given up; values come again when the monitor is back")
    func silence() throws {
        var monitor = try ScriptedMonitor()
        monitor.run(10)
        let values = monitor.readings.count
        monitor.isSilent = true
        monitor.run(6.5)
        #expect(monitor.links.last == .stale)
        monitor.run(60)
        #expect(monitor.links.suffix(2) == [.stale, .stale])
        #expect(monitor.reasons.last == "nothing from the monitor for 10 s; asking again")
        #expect(monitor.readings.count == values)
        #expect(monitor.lateDeadlines == 0)
        monitor.isSilent = false
        monitor.run(15)
        #expect(monitor.links.last == .streaming)
        #expect(monitor.readings.count > values)
    }

    @Test("a monitor that stops sending values is polled again, then left")
    func noValues() throws {
        var monitor = try ScriptedMonitor()
        monitor.run(5)
        monitor.servesPolls = false
        let polls = monitor.count("poll")
        monitor.run(9)
        #expect(monitor.count("poll") > polls)
        #expect(monitor.links.last == .stale)
        monitor.servesPolls = true
        monitor.run(10)
        #expect(monitor.links.last == .streaming)
    }

    @Test("results before an accept or a create event are not decoded, afterwards whatever invoke id they carry")
    func foreignResults() throws {
        let start = BootInstant(seconds: 5)
        var client = try IntelliVue.family.decoder(.live)
        let cycle = IntelliVueStream.cycle([[IntelliVueStream.object(IntelliVuePhysio.heartRate, 66)]])
        _ = client.advance(to: start)
        #expect(client.receive(cycle, at: start + .milliseconds(10)).readings.isEmpty)
        let accept = IntelliVueFrame.encode(IntelliVueAssociation.accept(.client))
        let output = client.receive(accept + cycle, at: start + .milliseconds(20))
        #expect(output.readings.map(\.value) == [66])
        #expect(output.links.last == .streaming)
    }

    @Test("a cuff that was running when the link was lost is not left running")
    func cuffAndLink() throws {
        let start = BootInstant(seconds: 5)
        var client = try IntelliVue.family.decoder(.live)
        _ = client.advance(to: start)
        let running = IntelliVueStream.cycle([[IntelliVueStream.cuff(120, 80, 93, state: .ongoing, minute: 1)]])
        _ = client.receive(IntelliVueFrame.encode(IntelliVueAssociation.accept(.client)) + running, at: start)
        let output = client.receive(IntelliVueFrame.encode(IntelliVueMonitorMessages.abort), at: start + .seconds(1))
        #expect(output.events.first == .cuff(.idle, failure: "the link was lost during the measurement"))
    }

    @Test("nothing is asked before the port is open, and patient data never")
    func asksLittle() throws {
        let client = try IntelliVue.family.decoder(.live)
        #expect(client.nextDeadline == nil)
        var monitor = try ScriptedMonitor()
        monitor.run(60)
        #expect(Set(monitor.heard.map(\.what)) == ["release", "request", "created", "poll", "keep-alive"])
    }
}
