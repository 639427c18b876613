import ControlProtocol
import DeviceProtocols
import Testing
import TimelineReports
import VitalsModel

@Suite struct DeviceTableTests {
    private static let ports = [
        DevicePort(
            device: "/dev/ttyUSB0", links: ["/dev/serial/by-id/usb-FTDI", "/dev/serial/by-path/pci-1"], usb: "0403:6001", serial: "AB0XYZ",
            name: "FTDI FT232", physicalPath: "pci-1", claimedBy: ["monitor-1"]),
        DevicePort(
            device: "/dev/ttyUSB11", links: [], usb: "1a86:7523", serial: nil, name: nil, physicalPath: nil, claimedBy: []),
        DevicePort(device: "/dev/ttyS1", links: [], usb: nil, serial: nil, name: nil, physicalPath: nil, claimedBy: ["a", "b"]),
    ]

    @Test func portsAndSourcesStandSideBySide() {
        let sources = [
            DeviceSource(
                room: "room-1", source: "monitor-1", family: "intellivue", match: "usb 0403:6001 serial AB0XYZ", state: .streaming,
                reason: "the monitor sends", since: "2026-01-02T10:00:00.000000Z", port: "/dev/ttyUSB0"),
            DeviceSource(
                room: "room-1", source: "cuff", family: "nonin", match: "/dev/ttyS9", state: .absent, reason: "no such\u{1B}[2J port",
                since: nil, port: nil),
        ]
        let lines = DeviceTable.lines(DeviceList(at: "2026-01-02T11:00:00.000000Z", ports: Self.ports, sources: sources))
        #expect(
            lines == [
                "port           usb        serial  claimed by  adapter",
                "/dev/ttyUSB0   0403:6001  AB0XYZ  monitor-1   FTDI FT232",
                "  /dev/serial/by-path/pci-1",
                "/dev/ttyUSB11  1a86:7523  -       nobody",
                "/dev/ttyS1     -          -       a, b",
                "  several sources mean this port: give each its own in vigil.yaml",
                "",
                "source     room    family      state      since                port          match",
                "monitor-1  room-1  intellivue  streaming  2026-01-02 10:00:00  /dev/ttyUSB0  usb 0403:6001 serial AB0XYZ",
                "  the monitor sends",
                "cuff       room-1  nonin       absent     -                    -             /dev/ttyS9",
                "  no such [2J port",
            ])
    }

    @Test func withoutADaemonOnlyThePortsAreShownAndNobodysClaims() {
        let lines = DeviceTable.lines(DeviceList(at: nil, ports: Self.ports, sources: []))
        #expect(lines.first == "port           usb        serial  adapter")
        #expect(!lines.contains { $0.contains("nobody") || $0.contains("source ") })
        #expect(DeviceTable.lines(DeviceList(at: nil, ports: [], sources: [])) == ["No serial port with hardware behind it."])
    }

    @Test func aProbeSaysWhatItFoundAndWhatToPaste() {
        var (best, other) = (FamilyEvidence(family: "nonin", options: ["format": "7"]), FamilyEvidence(family: "nellcor"))
        (best.bytes, best.frames, best.readings) = (1125, 225, 6)
        best.lastReadings = [
            DecodedReading(offset: 0, signal: .pulseRate, value: 72, quality: .valid),
            DecodedReading(offset: 0, signal: .spo2, value: nil, quality: .invalid),
        ]
        (other.bytes, other.frames) = (1125, 3)
        let report = ProbeReport(
            port: "/dev/ttyUSB0", line: LineSettings(baud: 9600), wasAsked: false, evidence: [best, other], yaml: "- {id: nonin-1}")
        #expect(
            report.lines == [
                "/dev/ttyUSB0: speaks nonin (format=7): 225 whole frames and 6 readings in 1125 bytes; PR 72, at 9600 8N1",
                "The bytes also fit, less well; the name on the device decides:",
                "  nellcor: 3 whole frames and 0 readings in 1125 bytes; no values yet",
                "Put this under the `sources` of its room in vigil.yaml:", "  - {id: nonin-1}",
            ])
        #expect(ProbeReport(nothingAt: "/dev/ttyUSB0").lines.first == "/dev/ttyUSB0: no family was understood.")
    }
}
