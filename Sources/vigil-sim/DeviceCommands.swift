import ArgumentParser
import DeviceProtocols
import DeviceSimulation
import LinuxIO
import VitalsModel

/// `vigil-sim intellivue`.
struct MonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "intellivue", abstract: "A bedside monitor: ECG, SpO2, respiration, cuff.")

    @OptionGroup var port: PortOptions

    func run() async throws {
        let now = BootClock.now()
        let patient = try port.patient()
        let configuration = IntelliVueMonitor.Configuration(
            patient: patient, start: now.boot, wall: now.wall, cuff: .intravenous(firstDose: patient.firstDose))
        try await RunningDevice.run(IntelliVueMonitor(configuration), family: IntelliVue.family, port, start: now.boot)
    }
}

/// `vigil-sim nonin`.
struct OximeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "nonin", abstract: "A pulse oximeter, formats 2 and 7.")

    @OptionGroup var port: PortOptions
    @Option(help: "The layout of a frame: 2 or 7.", transform: parseFormat)
    var format: NoninOximeter.Format = .two

    func run() async throws {
        let start = BootClock.now().boot
        let device = NoninOximeter(patient: try port.patient(), start: start, format: format)
        try await RunningDevice.run(device, family: Nonin.family, port, start: start)
    }
}

/// The format of its number.
@Sendable func parseFormat(_ text: String) throws -> NoninOximeter.Format {
    guard let format = NoninOximeter.Format(rawValue: text) else {
        let known = NoninOximeter.Format.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("there is no format \"\(text)\"; expected one of \(known)")
    }
    return format
}
