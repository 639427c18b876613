import ControlClient
import ControlProtocol
import Hummingbird
import Testing
import VitalsModel

@Suite struct ControlClientTests {
    @Test func asksEachRouteAsItIsWrittenDown() async throws {
        let summary = SessionSummary(session: "s1", room: "r", patient: "K", plan: "p", phase: .checkin, startedAt: "a", endedAt: nil)
        let detail = SessionDetail(summary: summary, sinceFirstDose: nil, baseline: nil, episodes: [], notEvaluable: [], cuffDue: nil)
        let timeline = Timeline(session: summary, firstDose: nil, points: [], isThinned: false, entries: [])
        let done = ActionResult(recorded: false, entries: [Sample.entry(1, numbered: false)])
        let daemon = ScriptedDaemon(answers: { method, target, body in
            switch (method, target.prefix { $0 != "?" }) {
            case ("GET", "/v1/health"): Sample.answer(Health(version: "0", status: "ready"))
            case ("GET", "/v1/state"): Sample.answer(Sample.state(7))
            case ("GET", "/v1/sessions"): Sample.answer(SessionList(sessions: [summary]))
            case ("POST", "/v1/sessions"): Sample.answer(summary, if: body == #"{"patient":"K","plan":"p","room":"r"}"#)
            case ("GET", "/v1/sessions/s1"): Sample.answer(detail)
            case ("GET", "/v1/sessions/s1/timeline"): Sample.answer(timeline)
            case ("POST", "/v1/sessions/s1/phase"): Sample.answer(done, if: body == #"{"phase":"dosing"}"#)
            case ("POST", "/v1/sessions/s1/acknowledgements"):
                Sample.answer(done, if: body == #"{"bulk":false,"episode":"s1-2","note":"seen"}"#)
            case ("POST", "/v1/sessions/s1/notes"): Sample.answer(done, if: body == #"{"text":"calm"}"#)
            default: Sample.refusal
            }
        })
        try await daemon.serving {
            try await ControlClient.connected(to: daemon.socket, timing: .test(silence: .seconds(20))) {
                (client: ControlClient) async throws -> Void in
                #expect(try await client.health().status == "ready")
                #expect(try await client.state() == Sample.state(7))
                #expect(try await client.sessions(onlyOpen: true) == [summary])
                #expect(try await client.startSession(StartSession(room: "r", plan: "p", patient: "K")) == summary)
                #expect(try await client.session("s1") == detail)
                let query = TimelineQuery(from: 1.5, to: 60, signals: [.spo2, .nibpMean], maximumPoints: 100)
                #expect(try await client.timeline(of: "s1", query) == timeline)
                #expect(try await client.changePhase(ChangePhase(phase: .dosing), of: "s1") == done)
                #expect(try await client.acknowledge(Acknowledge(episode: "s1-2", note: "seen"), in: "s1") == done)
                #expect(try await client.writeNote(WriteNote(text: "calm"), in: "s1") == done)
            }
        }
        #expect(daemon.requests.contains("GET /v1/sessions?open=true"))
        #expect(daemon.requests.contains("GET /v1/sessions/s1/timeline?from=1.5&to=60.0&signals=spo2%2Cnibp_mean&max_points=100"))
    }

    @Test func aTypedSessionCannotLeaveItsPlaceInThePath() async throws {
        let daemon = ScriptedDaemon(answers: { _, _, _ in Sample.refusal })
        try await daemon.serving {
            try await ControlClient.connected(to: daemon.socket, timing: .test(silence: .seconds(20))) {
                (client: ControlClient) async throws -> Void in
                await #expect(throws: ControlClientError.self) { try await client.session("../state?x=1") }
            }
        }
        #expect(daemon.requests == ["GET /v1/sessions/..%2Fstate%3Fx%3D1"])
    }

    @Test func aRefusalKeepsItsWords() async throws {
        let body = ErrorBody(code: "room_busy", error: "room-2 has session s12", expected: "end it first: vigil session end s12")
        let daemon = ScriptedDaemon(answers: { _, _, _ in
            (.conflict, #"{"code":"room_busy","error":"room-2 has session s12","expected":"end it first: vigil session end s12"}"#)
        })
        try await daemon.serving {
            try await ControlClient.connected(to: daemon.socket, timing: .test(silence: .seconds(20))) {
                (client: ControlClient) async throws -> Void in
                let error = await #expect(throws: ControlClientError.self) { try await client.state() }
                #expect(error == .refused(body, status: 409))
                #expect(error?.description == "room-2 has session s12; end it first: vigil session end s12")
            }
        }
    }

    @Test func anAnswerOfAnotherVersionIsSaidToBeOne() async throws {
        let daemon = ScriptedDaemon(answers: { _, target, _ in target == "/v1/health" ? (.ok, "{}") : (.badGateway, "<html>") })
        try await daemon.serving {
            try await ControlClient.connected(to: daemon.socket, timing: .test(silence: .seconds(20))) {
                (client: ControlClient) async throws -> Void in
                let missing = await #expect(throws: ControlClientError.self) { try await client.health() }
                #expect(missing == .unintelligible(request: "GET /v1/health", why: "the key \"version\" is missing"))
                let foreign = await #expect(throws: ControlClientError.self) { try await client.state() }
                #expect(foreign == .unintelligible(request: "GET /v1/state", why: "HTTP status 502, and the body is not JSON"))
            }
        }
    }

    @Test func nobodyThereIsToldAtOnceWithWhatToType() async throws {
        let error = await #expect(throws: ControlClientError.self) {
            try await ControlClient.connected(to: "/tmp/vigil-test-nobody.sock") { try await $0.health() }
        }
        #expect(error?.description.contains("systemctl status vigild") == true)
        #expect(error?.category == .unavailable)
    }

    @Test(arguments: [
        ("unknown_session", 404, ControlClientError.Category.badData), ("refused", 422, .badData), ("room_busy", 409, .badData),
        ("wrong_json", 400, .badData), ("not_permitted", 403, .notPermitted), ("store_unavailable", 503, .unavailable),
        ("unknown_route", 404, .unavailable), ("invented", 403, .notPermitted), ("invented", 418, .badData),
        ("invented", 500, .unavailable),
    ])
    func everyRefusalHasItsCategory(code: String, status: Int, category: ControlClientError.Category) {
        #expect(ControlClientError.refused(ErrorBody(code: code, error: "", expected: ""), status: status).category == category)
    }
}
