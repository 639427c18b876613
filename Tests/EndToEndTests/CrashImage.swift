import Foundation
import LinuxIO
import MonitorTesting
import SessionFlow
import SessionStore
import VitalsModel

/// The database as a killed daemon left it: a copy, so that looking at it repairs nothing.
struct CrashImage: Sendable {
    /// Every entry in its order.
    let entries: [Entry]
    /// What is wrong with the file; empty is good.
    let faults: [String]
    /// Sessions that are open and whose state can be taken up.
    let openSessions: [SessionID]

    init(of clinic: Clinic) throws {
        let folder = try TemporaryFolder()
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: clinic.store + suffix) {
            try FileManager.default.copyItem(atPath: clinic.store + suffix, toPath: folder.path("vigil.db" + suffix))
        }
        let store = try SessionStore.open(path: folder.path("vigil.db"), bootID: "image", now: BootClock.now())
        entries = try store.entries(after: 0, limit: .max)
        faults = try store.integrityCheck() + store.verifyChain().map(\.description)
        openSessions = try store.openSessions().filter { $0.state != nil }.map(\.record.id)
        try store.close()
    }

    /// The number of the last entry.
    var lastNumber: Int64 { entries.last?.number ?? 0 }

    /// The entries after a number.
    func entries(after number: Int64) -> [Entry] { entries.filter { ($0.number ?? 0) > number } }

    /// The last transition of each episode that is not over.
    var openEpisodes: [EpisodeID: AlertTransition] {
        entries.reduce(into: [:]) { open, entry in
            guard let alert = entry.alert else { return }
            open[alert.episode] = alert.condition == .closed ? nil : alert
        }
    }
}

extension Entry {
    /// The alert that it tells of.
    var alert: AlertTransition? {
        if case .alert(let alert) = draft.content { alert } else { nil }
    }

    /// The move of a source that it tells of.
    var sourceMove: SourceTransition? {
        if case .source(let move) = draft.content { move } else { nil }
    }
}
