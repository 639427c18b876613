import ArgumentParser
import DeviceProtocols
import Glibc
import TimelineReports

/// `vigil device decode`.
struct DeviceDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Decodes a recording with the daemon's own decoder: one JSON object a reading, then the counts.")

    /// How the recording is written down.
    enum Input: String, CaseIterable, ExpressibleByArgument {
        case raw, hex
    }

    @Option(help: "The device family (vigil device families).")
    var family: String
    @Option(help: "Bytes as they came, or hexadecimal text with # comments.")
    var input: Input = .raw
    @Option(help: ArgumentHelp("A variant of the family, for example format=7. May be given again.", valueName: "key=value"))
    var option: [String] = []
    @Flag(help: "The same as the default: every line is JSON.")
    var json = false
    @Argument(help: "The recording; - is standard input, .gz is unpacked.")
    var file: String

    func run() throws {
        var lines = try DecodeLines(family: parseFamily(family), options: variants())
        if input == .hex {
            try StandardOutput.write(lines.lines(from: hexBytes()))
        } else {
            try InputFile(file).forEachPart { try StandardOutput.write(lines.lines(from: $0)) }
        }
        try StandardOutput.write(lines.summary)
    }

    private func hexBytes() throws -> [UInt8] {
        do {
            return try HexText.bytes(of: InputFile(file).bytes())
        } catch let error as HexTextError {
            throw CommandFailure(description: "\(file): \(error)", status: EX_DATAERR)
        }
    }

    private func variants() throws -> [String: String] {
        var variants: [String: String] = [:]
        for text in option {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("--option is \"\(text)\"; expected key=value, for example format=7")
            }
            variants[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return variants
    }
}
