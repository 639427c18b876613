import DeviceProtocols
import ServiceConfiguration
import Testing
import VitalsModel

/// What a probe prints to be pasted is read back as it was meant.
@Suite struct SourceTextTests {
    static let sources = [
        SourceConfiguration(id: "a", family: "nonin", match: .usb(vendor: "0403", product: "6001", serial: "12345678")),
        SourceConfiguration(id: "b", family: "nonin", match: .usb(vendor: "1a86", product: "7523", serial: nil), options: ["format": "7"]),
        SourceConfiguration(
            id: "c", family: "intellivue", match: .path("/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"),
            line: LineSettings(baud: 19200, parity: .even, flowControl: .rtsCts)),
        SourceConfiguration(id: "d", family: "nonin", match: .usb(vendor: "0403", product: "6001", serial: #"q"\ "#), baud: 9600),
    ]

    @Test(arguments: sources) func `a source is read back from its line`(source: SourceConfiguration) throws {
        let read = ClinicReader.read(text: "rooms:\n  - id: room\n    sources:\n      \(source.yaml)\n", file: "v.yaml")
        #expect(read.errors == [])
        #expect(read.value?.rooms.first?.sources == [source])
    }

    @Test(arguments: [("9600 8N1", "9600 8N1"), ("19200 8e1 rts/cts", "19200 8E1 RTS/CTS"), ("4800 7O2", "4800 7O2")])
    func `a line is read as people write it`(text: String, line: String) { #expect(LineSettings(text)?.description == line) }

    @Test(arguments: ["", "9600", "8N1", "9600 8N", "9600 9N1", "9600 8X1", "9600 8N3", "10 8N1", "9600 8N1 XON", "9600 8N1 RTS/CTS 1"])
    func `what is no line is refused`(text: String) { #expect(LineSettings(text) == nil) }

    @Test func `the baud chooses among the lines that a family is known to use`() {
        var family = Nonin.family
        family.otherLines = [LineSettings(baud: 4800, parity: .odd)]
        func line(_ baud: Int?) -> String {
            SourceConfiguration(id: "a", family: "nonin", match: .path("/dev/x"), baud: baud).line(of: family).description
        }
        #expect([line(nil), line(4800), line(1200)] == ["9600 8N1", "4800 8O1", "1200 8N1"])
    }

    @Test func `a line that is said takes from its family whether parity is checked`() {
        func line(_ text: String, of family: DeviceFamily) -> LineSettings {
            SourceConfiguration(id: "a", family: family.id, match: .path("/dev/x"), line: LineSettings(text)).line(of: family)
        }
        let classic = ContecCMS50Classic.family
        #expect(["19200 8O1", "4800 8O1", "19200 8N1"].map { line($0, of: classic) } == classic.knownLines)
        #expect(!line("9600 8E1", of: classic).checksParity && line("9600 8E1", of: Nonin.family).checksParity)
    }
}
