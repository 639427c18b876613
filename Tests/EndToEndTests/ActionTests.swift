import ControlClient
import ControlProtocol
import DeviceSimulation
import Glibc
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    /// What people do to alerts and limits, by the commands that they type, against the real daemon.
    @Suite("Shelves, limits, second persons")
    struct ActionTests {
        /// A session with a patient whose saturation is always low and whose pulse is high every other second.
        private final class Ward: Sendable {
            let clinic: Clinic
            let daemon: ChildProcess
            let device: RunningDevice
            let session: SessionID

            init() async throws {
                let plan = TestPlan.quick.replacing("above: 120\n", with: "above: 120\n    bounds: {limit: [110, 138], for: [0 s, 60 s]}\n")
                clinic = try Clinic(plan: plan)
                device = try RunningDevice(PulsingOximeter(start: BootClock.now().boot), link: clinic.link("oximeter"))
                daemon = try await clinic.start()
                session = try await clinic.startSession()
            }

            /// Types `vigil WORDS`, as another login where one is named.
            func vigil(_ words: [String], as login: OtherLogin? = nil) async throws -> (status: Int32, text: String) {
                let output = clinic.folder.path("output-\(UInt32.random(in: 0 ... .max))")
                let line = [try BuiltProgram.path("vigil")] + words + ["--socket", clinic.socket]
                let full = (login?.prefix ?? []) + line
                let process = try ChildProcess(full[0], Array(full.dropFirst()), output: output)
                return (try await process.end(within: .seconds(60)), process.text)
            }

            /// Expects an exit code and words in the output.
            func expect(
                _ line: String, as login: OtherLogin? = nil, status: Int32 = 0, _ words: String...,
                sourceLocation: SourceLocation = #_sourceLocation
            ) async throws {
                let result = try await vigil(line.split(separator: " ").map { String($0).replacing("_", with: " ") }, as: login)
                #expect(result.status == status, "\(line): \(result.text)", sourceLocation: sourceLocation)
                for word in words { #expect(result.text.contains(word), "\(line): \(result.text)", sourceLocation: sourceLocation) }
            }

            var detail: SessionDetail {
                get async throws { try await clinic.ask { try await $0.session(session) } }
            }
        }

        @Test("a rule is shelved and heard again, a bell is silenced, and what is wrong is refused with its bound", .timeLimit(.minutes(5)))
        func shelvesAndSilence() async throws {
            let ward = try await Ward()
            let alert = try await eventually("the saturation alert") { try await ward.detail.episodes.first { $0.rule == "spo2-low" } }
            try await ward.expect(
                "shelve s1 pulse-high --for 10m --reason probe_moves", "pulse-high shelved for 10 min by root: probe moves")
            try await ward.expect("session show s1", "shelved: pulse-high by root, ", "vigil unshelve s1 pulse-high")
            #expect(try await ward.detail.shelves.map(\.rule) == ["pulse-high"])
            try await ward.expect("shelve s1 pulse-high --for 31min --reason x", status: 65, "at most 30 min, not 31 min")
            try await ward.expect("shelve s1 pulse-hihg --for 1m --reason x", status: 65, "the plan has no rule pulse-hihg")
            try await ward.expect("shelve s1 pulse-high --for 10 --reason x", status: 64, "has no unit")
            try await ward.expect("shelve s1 pulse-high --for 10m --reason _", status: 65, "needs a reason")
            try await ward.expect("unshelve s1 pulse-high", "pulse-high no longer shelved by root")
            try await ward.expect("unshelve s1 pulse-high", status: 65, "is not shelved")
            try await ward.expect("silence \(alert.episode) --for 3m", status: 65, "not 180 s")
            try await ward.expect("silence \(alert.episode)", "bell silent for 60 s, by root; the alert stays")
            #expect(try await ward.detail.episodes.first { $0.rule == "spo2-low" }?.handling == .audioPaused)
            try await ward.expect("session show s1", "silent")
            #expect(try await ward.clinic.stop(ward.daemon) == 0)
        }

        @Test("limits change inside the plan's bounds, scores and calls are checked, and a tail shows it all", .timeLimit(.minutes(5)))
        func limitsAndScores() async throws {
            let ward = try await Ward()
            let tail = try ChildProcess(
                try BuiltProgram.path("vigil"), ["tail", "--socket", ward.clinic.socket], output: ward.clinic.folder.path("tail"))
            try await until("the tail shows the state") { tail.text.contains("room-1: s1") }
            try await ward.expect("limit s1 spo2-low --to 85 --reason x", status: 65, "the plan gives no bounds for its limit")
            try await ward.expect("limit s1 pulse-high --to 139 --reason x", status: 65, "the limit 139 is not between 110 and 138")
            try await ward.expect("limit s1 pulse-high --after 2min --reason x", status: 65, "is not between 0 s and 60 s")
            try await ward.expect("limit s1 pulse-high --reason x", status: 64, "say what is to change")
            try await ward.expect("limit s1 pulse-high --priority low --reason known", "pulse-high low, before as in the plan (looser)")
            try await ward.expect("session show s1", "1 limit changed", "limit changed: pulse-high low")
            #expect(try await ward.detail.limits == [StandingLimit(rule: "pulse-high", change: RuleOverride(priority: .low), version: 1)])
            // What is not named stays as it was.
            try await ward.expect(
                "limit s1 pulse-high --to 130 --after 5s --reason sits_up", "pulse-high limit 130, after 5 s, low, before low")
            try await ward.expect("limit s1 pulse-high --off --reason scan", "pulse-high off, before limit 130, after 5 s, low (looser)")
            try await ward.expect("limit s1 pulse-high --plan --reason over", "pulse-high as in the plan, before off")
            #expect(try await ward.detail.limits == [])
            try await ward.expect("scale s1 moaas 3 --note drowsy", "moaas 3 by root: drowsy")
            try await ward.expect("scale s1 moaas 3 --json", #""recorded":true"#, #""kind":"scale""#)
            try await ward.expect("scale s1 Mo/aas 3", status: 65, "is no scale")
            try await ward.expect("scale s1 moaas 4000", status: 65, "scores lie between")
            try await ward.expect("call s1 distress he_panics", status: 65, "no alert distress can be called now")
            try await ward.expect("call s1 distress", status: 64, "say what you see")
            try await ward.expect("baseline s1", status: 65, "no baseline can be taken yet")
            let shown = ["pulse-high low, before as in the plan (looser) by root: known", "moaas 3 by root: drowsy"]
            try await until("the tail shows them: \(tail.text)") { shown.allSatisfy(tail.text.contains) }
            tail.send(SIGINT)
            _ = try await tail.end()
            #expect(try await ward.clinic.stop(ward.daemon) == 0)
        }

        @Test("to switch a high rule off needs a second person from another login", .timeLimit(.minutes(5)))
        func secondPerson() async throws {
            let ward = try await Ward()
            let nobody = OtherLogin(folder: ward.clinic.folder.path)
            guard try await nobody.canRun({ try await ward.vigil(["--help"], as: nobody).status }) else { return }
            try await ward.expect("limit s1 spo2-low --off --reason scan", "NOT YET CHANGED", "vigil countersign s1 1: spo2-low: off")
            try await ward.expect(
                "session show s1", "WAITS for a second person", "vigil countersign s1 1: spo2-low: off, asked by root: scan")
            try await ward.expect("countersign s1 1", status: 65, "another person must countersign it from another login")
            let waiting = try await ward.detail
            #expect(waiting.limits == [] && waiting.requests.map(\.request) == [1])
            try await ward.expect(
                "countersign s1 1", as: nobody, "countersigned", "spo2-low off, before as in the plan (looser), countersigned by nobody")
            #expect(try await ward.detail.limits.map(\.rule) == ["spo2-low"])
            try await ward.expect("countersign s1 1", as: nobody, status: 65, "no request 1 waits for a second person; waiting: none")
            try await ward.expect("limit s1 spo2-low --plan --reason back", "as in the plan, before off")
            try await ward.expect("limit s1 spo2-low --off --reason scan", "vigil countersign s1 2")
            try await ward.expect("countersign s1 2 --withdraw", "request 2 withdrawn")
            let limits = try await ward.clinic.finish(ward.session).entries.compactMap { line in
                if case .limit(let change) = line.entry.draft.content { (change, line.entry.draft.actor.name) } else { nil }
            }
            #expect(limits.map(\.0.witness) == ["nobody", nil] && limits.map(\.1) == ["root", "root"])
            #expect(try await ward.clinic.stop(ward.daemon) == 0)
        }

        @Test("numbers that no clock can hold are refused, and the daemon lives", .timeLimit(.minutes(5)), arguments: [1e300, -1, 0, 1e10])
        func hostileNumbers(seconds: Double) async throws {
            let clinic = try Clinic()
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await clinic.ask { client in
                await #expect(throws: ControlClientError.self) {
                    try await client.shelve(ShelveRule(rule: "spo2-low", duration: seconds, reason: "x"), in: session)
                }
                await #expect(throws: ControlClientError.self) {
                    try await client.pauseAudio(PauseAudio(episode: "s1-1", duration: seconds), in: session)
                }
                await #expect(throws: ControlClientError.self) {
                    let change = RuleOverride(limit: seconds, onDelay: seconds)
                    _ = try await client.changeLimits(ChangeLimits(rule: "spo2-low", change: change, reason: "x"), in: session)
                }
            }
            #expect(try await clinic.answers())
            #expect(try await clinic.stop(daemon) == 0)
        }
    }
}

/// Another login than the one that runs the tests; only root can take one.
struct OtherLogin {
    /// The words before a command: `nobody`, in the group that may use the socket.
    let prefix = ["/usr/bin/setpriv", "--reuid=nobody", "--regid=\(getgid())", "--clear-groups"]

    /// Lets the login reach the socket in a test's folder.
    init(folder: String) { chmod(folder, 0o711) }

    /// Whether it could run `vigil`, with a word where it could not.
    func canRun(_ status: () async throws -> Int32) async throws -> Bool {
        guard geteuid() == 0, access(prefix[0], X_OK) == 0 else {
            print("skipped: only root with setpriv can act as another login")
            return false
        }
        guard try await status() == 0 else {
            print("skipped: the build folder is closed to other logins")
            return false
        }
        return true
    }
}
