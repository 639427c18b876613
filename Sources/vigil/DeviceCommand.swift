import ArgumentParser
import DeviceProtocols

/// `vigil device`: what is plugged in, what Vigil can speak to, and recordings of it.
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Shows ports and sources, finds out what a port speaks, lists families, decodes recordings.",
        subcommands: [DeviceListCommand.self, DeviceProbeCommand.self, DeviceFamiliesCommand.self, DeviceDecodeCommand.self])
}

/// The family of an id that was typed.
func parseFamily(_ id: String) throws -> DeviceFamily {
    guard let family = DeviceCatalog.family(id) else {
        let known = DeviceCatalog.families.map(\.id).joined(separator: ", ")
        throw ValidationError("there is no family \"\(id)\"; expected one of \(known) (vigil device families)")
    }
    return family
}
