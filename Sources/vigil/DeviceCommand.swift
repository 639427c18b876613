import ArgumentParser
import DeviceProtocols

/// `vigil device`: what Vigil can speak to, and recordings of it.
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Lists device families, and decodes recordings.",
        subcommands: [DeviceFamiliesCommand.self, DeviceDecodeCommand.self])
}

/// The family of an id that was typed.
func parseFamily(_ id: String) throws -> DeviceFamily {
    guard let family = DeviceCatalog.family(id) else {
        let known = DeviceCatalog.families.map(\.id).joined(separator: ", ")
        throw ValidationError("there is no family \"\(id)\"; expected one of \(known) (vigil device families)")
    }
    return family
}
