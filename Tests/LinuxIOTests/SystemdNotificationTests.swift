import Glibc
import MonitorTesting
import Testing

@testable import LinuxIO

@Suite struct SystemdNotificationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aStateReachesAPathAndAnAbstractName() throws {
        let abstract = "@vigil-linuxio-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        for name in [folder.path("notify"), abstract] {
            let systemd = try #require(BoundSocket(name, type: SOCK_DGRAM))
            #expect(try SystemdNotification.send("READY=1\nSTATUS=up", to: name))
            #expect(systemd.receive() == "READY=1\nSTATUS=up")
        }
    }

    @Test func nothingIsSentWhereNobodyAsked() throws {
        #expect(try !SystemdNotification.send("READY=1", to: nil))
        #expect(try !SystemdNotification.send("READY=1", to: ""))
    }

    @Test func aSocketThatIsNotThereIsAnError() {
        let cases = [(folder.path("none"), ENOENT), ("relative", EINVAL), ("/" + String(repeating: "x", count: 200), EINVAL)]
        for (path, code) in cases {
            let failure = #expect(throws: SystemError.self) { try SystemdNotification.send("READY=1", to: path) }
            #expect(failure?.code == code, "\(path)")
        }
    }

    @Test func theWatchdogCountsForItsOwnProcessOnly() {
        func interval(_ microseconds: String?, _ process: String?) -> Duration? {
            SystemdNotification.watchdogInterval(microseconds: microseconds, process: process, own: 7)
        }
        #expect(interval("30000000", "7") == .seconds(30))
        #expect(interval("30000000", nil) == .seconds(30))
        #expect(interval("30000000", "8") == nil)
        #expect(interval(nil, "7") == nil)
        #expect(interval("0", "7") == nil)
        #expect(interval("soon", "7") == nil)
    }
}
