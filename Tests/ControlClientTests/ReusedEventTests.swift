import ControlClient
import ControlProtocol
import Locking
import MonitorTesting
import Testing
import VitalsModel

/// Says to another task that something has happened.
private final class Told: Sendable {
    private let told = Mutex(false)
    var isSet: Bool { told.withLock { $0 } }
    func set() { told.withLock { $0 = true } }
}

@Suite struct ReusedEventTests {
    /// A daemon that is killed before it could store an announcement knows nothing of it afterwards, and gives its name to the
    /// next event.
    @Test func tellsTheEntryThatGotTheNameOfALostAnnouncement() async throws {
        var other = Sample.entry(1)
        other.entry.draft.at.boot = BootInstant(nanoseconds: 99)
        let entry = other
        let told = Told()
        let daemon = ScriptedDaemon { connection, _, stream in
            try await stream.send(.state, Sample.state(0))
            if connection == 0 {
                try await stream.send(.unrecorded, Sample.entry(1, numbered: false))
                // A connection that is cut at once may take with it what was sent last.
                try await until("the announcement is told") { told.isSet }
                throw ScriptedDaemon.Cut()
            }
            for _ in 0..<2 { try await stream.send(.entry, entry, id: "e1-1") }
            try await stream.send(.entry, Sample.entry(2), id: "e1-2")
            try await pause(.seconds(60))
        }
        try await daemon.serving {
            let items = try await daemon.follow { items in
                if !items.isEmpty, case .unrecorded? = items.last { told.set() }
                return items.last?.number == 2
            }
            let lines = items.compactMap { item -> EventLine? in
                switch item {
                case .entry(let line), .unrecorded(let line): line
                default: nil
                }
            }
            #expect(lines == [Sample.entry(1, numbered: false), entry, Sample.entry(2)])
        }
    }
}
