/// The map of the house: which target may import what. A new target gets a line here, and a reason in the Architecture guide.
struct House: Sendable {
    /// What a target is.
    enum Storey: Sendable {
        /// Decides; knows neither files nor clocks nor threads.
        case pure
        /// Pure but for text formats: dates, JSON, YAML nodes.
        case text
        /// Does, and decides nothing.
        case edge
        /// Joins pure targets and edges.
        case wiring
        /// Parses arguments and calls.
        case program
        /// For tests only.
        case testing
    }

    /// One target.
    struct Room: Sendable {
        var storey: Storey
        /// Our own targets that it may import.
        var ours: Set<String>
        /// Modules of the system and of packages that it may import.
        var others: Set<String> = []
    }

    var rooms: [String: Room]

    static let ours = House(rooms: [
        "VitalsModel": Room(storey: .pure, ours: []),
        "DeviceProtocols": Room(storey: .pure, ours: ["VitalsModel"]),
        "AlertEngine": Room(storey: .pure, ours: ["VitalsModel"]),
        "SessionFlow": Room(storey: .pure, ours: ["AlertEngine", "VitalsModel"]),
        "ControlProtocol": Room(storey: .text, ours: ["VitalsModel"], others: ["FoundationEssentials"]),
        "TimelineReports": Room(
            storey: .text, ours: ["AlertEngine", "ControlProtocol", "DeviceProtocols", "SessionFlow", "VitalsModel"],
            others: ["FoundationEssentials"]),
        "ServiceConfiguration": Room(
            storey: .text, ours: ["AlertEngine", "DeviceProtocols", "SessionFlow", "VitalsModel"], others: ["FoundationEssentials", "Yams"]),
        "AlertScenarios": Room(storey: .text, ours: ["AlertEngine", "ServiceConfiguration", "SessionFlow", "VitalsModel"]),
        // C modules stand for the calls that Swift cannot make by itself.
        "LinuxIO": Room(
            storey: .edge, ours: ["VitalsModel", "CLinux", "CUdev", "CZlib", "Locking"], others: ["Glibc", "Dispatch", "Synchronization"]),
        "SessionStore": Room(
            storey: .edge, ours: ["Locking", "VitalsModel"],
            others: ["Crypto", "Dispatch", "FoundationEssentials", "GRDB", "GRDBSQLite", "Synchronization"]),
        "ControlClient": Room(
            storey: .edge, ours: ["ControlProtocol", "VitalsModel"],
            others: ["AsyncHTTPClient", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization"]),
        // Simulated devices join the protocols, seen from the other side, with real ports.
        "DeviceSimulation": Room(
            storey: .wiring, ours: ["DeviceProtocols", "LinuxIO", "Locking", "VitalsModel"],
            others: ["Dispatch", "Glibc", "Synchronization"]),
        "MonitorService": Room(storey: .wiring, ours: wired, others: anything),
        "Demonstration": Room(
            storey: .wiring, ours: wired.union(["ControlClient", "DeviceSimulation", "MonitorService"]), others: anything),
        "vigild": Room(storey: .program, ours: wired.union(["MonitorService"]), others: anything),
        "vigil": Room(
            storey: .program,
            ours: wired.union([
                "AlertScenarios", "ControlClient", "Demonstration", "DeviceSimulation", "MonitorService", "TimelineReports",
            ]), others: anything),
        "vigil-sim": Room(storey: .program, ours: ["DeviceProtocols", "DeviceSimulation", "LinuxIO", "VitalsModel"], others: anything),
        "BenchmarkRuns": Room(
            storey: .wiring, ours: wired.union(["ControlClient", "TimelineReports"]), others: anything.union(["GRDBSQLite"])),
        "vigil-bench": Room(storey: .program, ours: wired.union(["BenchmarkRuns", "ControlClient"]), others: anything),
        "MonitorTesting": Room(
            storey: .testing, ours: ["DeviceProtocols", "VitalsModel"], others: ["Dispatch", "Foundation", "Synchronization"]),
        // Below every edge: a lock is no I/O.
        "Locking": Room(storey: .pure, ours: [], others: ["Synchronization"]),
        "CLinux": Room(storey: .edge, ours: []),
        "CUdev": Room(storey: .edge, ours: []),
        "CZlib": Room(storey: .edge, ours: []),
    ])

    /// What wiring and programs may join.
    private static let wired: Set = [
        "AlertEngine", "ControlProtocol", "DeviceProtocols", "LinuxIO", "Locking", "ServiceConfiguration", "SessionFlow", "SessionStore",
        "VitalsModel",
    ]

    /// Modules of packages and of the system for wiring and programs; Foundation itself is not among them.
    private static let anything: Set = [
        "ArgumentParser", "Crypto", "Dispatch", "FoundationEssentials", "Glibc", "HTTPTypes", "Hummingbird", "Logging", "NIOCore",
        "NIOPosix",
        "ServiceLifecycle", "Synchronization", "SystemPackage", "UnixSignals", "GRDB",
    ]
}
