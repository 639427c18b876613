import Glibc
import LinuxIO
import Testing
import VitalsModel

@Suite struct BootClockTests {
    @Test func theBootClockAdvancesAndAgreesWithTheKernel() throws {
        let first = BootClock.now()
        let uptime = Double(String(decoding: try readWholeFile("/proc/uptime").prefix { $0 != 32 }, as: UTF8.self)) ?? 0
        let second = BootClock.now()
        #expect(first.boot <= second.boot)
        #expect(abs(Double(first.boot.nanoseconds) / 1e9 - uptime) < 1)
        #expect(abs(first.wall.nanoseconds / 1_000_000_000 - Int64(time(nil))) <= 2)
    }

    @Test func theBootIdentifierIsOneNameForTheWholeRun() throws {
        let name = try BootClock.bootIdentifier()
        #expect(name.utf8.count == 36)
        #expect(try BootClock.bootIdentifier() == name)
    }
}
