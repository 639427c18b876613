import Foundation

/// An installation as the head of the unit file describes it: programs in /usr/bin, configuration in /etc/vigil, the unit as it
/// is, and its user. Permissions are those that a clinic has.
enum Installation {
    static let gadget = (vendor: "1d6b", product: "0104", serial: "ACM0001")

    /// The files that the guest gets.
    static func files() throws -> [String: String] {
        ["vigild.service": try unit(), "vigil.yaml": configuration, "plan.yaml": plan]
    }

    /// Installs and starts the daemon, and beside it what writes down what it tells and what udev tells.
    static func install(in guest: Guest) async throws {
        try await guest.run(
            """
            set -e
            mount -o ro /dev/vdb /opt/programs
            ln -s /opt/programs/vigild /opt/programs/vigil /opt/programs/vigil-sim /usr/bin/
            install -D -m 644 -t /etc/vigil /opt/programs/files/vigil.yaml
            install -D -m 644 -t /etc/vigil/plans /opt/programs/files/plan.yaml
            install -D -m 644 -t /etc/systemd/system /opt/programs/files/vigild.service
            \(try userCommand())
            systemd-run --quiet --unit=udev-events -p StandardOutput=truncate:\(UdevEvents.file) \
            udevadm monitor --udev --subsystem-match=tty
            systemctl daemon-reload
            systemctl enable --now vigild
            systemd-run --quiet --unit=record -p StandardOutput=truncate:\(Record.file) vigil tail --json --since 0 --wait
            """, within: .seconds(240))
    }

    private static func unit() throws -> String {
        // This file is Tests/GuestTests/Installation.swift of the package.
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: package.appendingPathComponent("systemd/vigild.service"), encoding: .utf8)
    }

    /// The line of the unit's head that makes the daemon's user.
    private static func userCommand() throws -> String {
        guard let line = try unit().split(separator: "\n").first(where: { $0.hasPrefix("#") && $0.contains("useradd ") }) else {
            throw GuestFailure(description: "systemd/vigild.service no longer says how its user is made")
        }
        return line.drop { $0 == "#" || $0 == " " }.description
    }

    /// One room a device, so that a room's values say which device they come from.
    private static let configuration = """
        rooms:
          - id: room-1
            sources:
              - {id: oximeter, family: nonin, match: {usb: "0403:6001", serial: OXI0001}}
          - id: room-2
            sources:
              - {id: monitor, family: intellivue, match: {usb: "0403:6001", serial: MON0001}}
          - id: room-3
            sources:
              - {id: second, family: nonin, match: {usb: "0403:6001", serial: OXI0002}}
          - id: room-left
            sources:
              - {id: left, family: nonin, match: {path: "\(Adapters.pathLink(port: Adapters.leftPort))"}}
          - id: room-right
            sources:
              - {id: right, family: nonin, match: {path: "\(Adapters.pathLink(port: Adapters.rightPort))"}}
          - id: room-gadget
            sources:
              - {id: gadget, family: nonin, match: {usb: "\(gadget.vendor):\(gadget.product)", serial: \(gadget.serial)}}
          - id: room-board
            sources:
              - {id: board, family: nonin, match: {path: /dev/ttyS1}}

        """

    /// Nothing clinical: low saturation alerts at once.
    private static let plan = """
        id: guest
        version: 1
        title: Alerts at once
        route: none
        review: {reviewed_by: A test, reviewed_on: 2026-01-02}
        phases: [checkin, baseline, acute]
        response:
          hold: 10 min
          reminder: {high: 2 min, medium: 5 min}
          escalation: {high: [1 min], medium: [3 min]}
        rules:
          - id: spo2-low
            kind: threshold
            title: SpO2 low
            signal: spo2
            below: 90
            for: 0 s
            clear_for: 0 s
            priority: high
            phases: [checkin, baseline, acute]
            action: Look.
            reason: Test.

        """
}
