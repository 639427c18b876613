import ArgumentParser
import ControlProtocol
import DeviceProtocols
import TimelineReports

/// `vigil device families`.
struct DeviceFamiliesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "families", abstract: "Lists the device families that Vigil speaks.")

    @OptionGroup var output: FormatOptions

    func run() throws {
        let families = DeviceCatalog.families.map(FamilyDescription.init)
        try output.print(families) { $0.flatMap(\.lines) }
    }
}
