// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target we wrote: warnings are defects, every type says whether it may cross threads.
let ours: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "vigil",
    products: [],
    dependencies: [
        // Why each is here: Sources/MonitorService/MonitorService.docc/Architecture.md.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Pure: they decide, and know neither files nor clocks.
        .target(name: "VitalsModel", swiftSettings: ours),
        .target(name: "DeviceProtocols", dependencies: ["VitalsModel"], swiftSettings: ours),
        .target(name: "AlertEngine", dependencies: ["VitalsModel"], swiftSettings: ours),
        .target(name: "SessionFlow", dependencies: ["AlertEngine", "VitalsModel"], swiftSettings: ours),
        .target(name: "ControlProtocol", dependencies: ["VitalsModel"], exclude: ["openapi.yaml"], swiftSettings: ours),
        .target(
            name: "TimelineReports", dependencies: ["AlertEngine", "ControlProtocol", "DeviceProtocols", "SessionFlow", "VitalsModel"],
            swiftSettings: ours),
        .target(
            name: "ServiceConfiguration",
            dependencies: ["AlertEngine", "DeviceProtocols", "SessionFlow", "VitalsModel", .product(name: "Yams", package: "Yams")],
            swiftSettings: ours),
        .target(
            name: "AlertScenarios", dependencies: ["AlertEngine", "ServiceConfiguration", "SessionFlow", "VitalsModel"],
            swiftSettings: ours),

        // Edges: they do, and decide nothing.
        .target(name: "Locking", swiftSettings: ours),
        .target(name: "CLinux"),
        .systemLibrary(name: "CUdev", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "LinuxIO", dependencies: ["CLinux", "CUdev", "CZlib", "Locking", "VitalsModel"], swiftSettings: ours),
        .target(
            name: "SessionStore",
            dependencies: [
                "Locking", "VitalsModel", .product(name: "Crypto", package: "swift-crypto"), .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: ours),
        .target(
            name: "ControlClient",
            dependencies: [
                "ControlProtocol", "VitalsModel", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: ours),
        .target(name: "DeviceSimulation", dependencies: ["DeviceProtocols", "LinuxIO", "Locking", "VitalsModel"], swiftSettings: ours),

        // Wiring.
        .target(
            name: "MonitorService",
            dependencies: [
                "AlertEngine", "ControlProtocol", "DeviceProtocols", "LinuxIO", "Locking", "ServiceConfiguration", "SessionFlow",
                "SessionStore", "VitalsModel", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: ours),
        .target(
            name: "Demonstration",
            dependencies: [
                "ControlClient", "ControlProtocol", "DeviceSimulation", "LinuxIO", "Locking", "MonitorService", "ServiceConfiguration",
                "SessionFlow", "VitalsModel", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: ours),
        .target(
            name: "BenchmarkRuns",
            dependencies: [
                "AlertEngine", "ControlClient", "ControlProtocol", "LinuxIO", "ServiceConfiguration", "SessionFlow", "SessionStore",
                "TimelineReports", "VitalsModel", .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: ours),

        // Executables: they parse and call.
        .executableTarget(
            name: "vigild",
            dependencies: [
                "MonitorService", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: ours),
        .executableTarget(
            name: "vigil",
            dependencies: [
                "AlertScenarios", "ControlClient", "ControlProtocol", "Demonstration", "DeviceProtocols", "LinuxIO", "MonitorService",
                "ServiceConfiguration", "SessionFlow", "SessionStore", "TimelineReports", "VitalsModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: ours),
        .executableTarget(
            name: "vigil-sim",
            dependencies: [
                "DeviceProtocols", "DeviceSimulation", "LinuxIO", "VitalsModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: ours),
        .executableTarget(
            name: "vigil-bench",
            dependencies: [
                "BenchmarkRuns", "ControlClient", "LinuxIO", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: ours),

        // Tests.
        .testTarget(name: "ArchitectureTests", swiftSettings: ours),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AlertEngine", "ControlClient", "ControlProtocol", "DeviceProtocols", "DeviceSimulation", "LinuxIO", "Locking",
                "MonitorService",
                "MonitorTesting", "ServiceConfiguration", "SessionFlow", "SessionStore", "VitalsModel",
                // Built before the tests, which start them as processes.
                "vigil", "vigil-sim", "vigild",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: ours),
        .target(name: "MonitorTesting", dependencies: ["DeviceProtocols", "VitalsModel"], swiftSettings: ours),
        .testTarget(
            name: "AlertEngineTests",
            dependencies: ["AlertEngine", "AlertScenarios", "ServiceConfiguration", "SessionFlow", "VitalsModel"],
            exclude: ["Scenarios"], swiftSettings: ours),
        .testTarget(
            name: "BenchmarkRunsTests",
            dependencies: [
                "AlertEngine", "AlertScenarios", "BenchmarkRuns", "ControlProtocol", "DeviceProtocols", "LinuxIO", "Locking", "SessionFlow",
                "SessionStore", "VitalsModel",
            ],
            swiftSettings: ours),
        .testTarget(
            name: "ControlClientTests",
            dependencies: [
                "ControlClient", "ControlProtocol", "Locking", "MonitorTesting", "VitalsModel",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: ours),
        .testTarget(
            name: "ControlProtocolTests", dependencies: ["ControlProtocol", "VitalsModel", .product(name: "Yams", package: "Yams")],
            swiftSettings: ours),
        .testTarget(
            name: "DeviceProtocolsTests", dependencies: ["DeviceProtocols", "MonitorTesting", "TimelineReports", "VitalsModel"],
            exclude: ["Vectors"],
            swiftSettings: ours),
        .testTarget(
            name: "DeviceSimulationTests",
            dependencies: ["DeviceProtocols", "DeviceSimulation", "LinuxIO", "Locking", "MonitorTesting", "VitalsModel"],
            swiftSettings: ours),
        .testTarget(
            name: "GuestTests",
            dependencies: [
                "ControlProtocol", "DeviceProtocols", "DeviceSimulation", "LinuxIO", "Locking", "MonitorTesting", "VitalsModel",
                // Built before the tests, which bring them into the guest.
                "vigil", "vigil-sim", "vigild",
            ],
            swiftSettings: ours),
        .testTarget(
            name: "LinuxIOTests", dependencies: ["CZlib", "LinuxIO", "Locking", "MonitorTesting", "VitalsModel"], swiftSettings: ours),
        .testTarget(
            name: "ServiceConfigurationTests", dependencies: ["AlertEngine", "ServiceConfiguration", "SessionFlow", "VitalsModel"],
            swiftSettings: ours),
        .testTarget(
            name: "SessionFlowTests", dependencies: ["AlertEngine", "AlertScenarios", "MonitorTesting", "SessionFlow", "VitalsModel"],
            swiftSettings: ours),
        .testTarget(
            name: "SessionStoreTests",
            dependencies: [
                "Locking", "MonitorTesting", "SessionStore", "VitalsModel", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: ours),
        .testTarget(
            name: "TimelineReportsTests",
            dependencies: [
                "AlertEngine", "ControlProtocol", "DeviceProtocols", "ServiceConfiguration", "SessionFlow", "TimelineReports",
                "VitalsModel",
            ],
            swiftSettings: ours),
    ]
)
