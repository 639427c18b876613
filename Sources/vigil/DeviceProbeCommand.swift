import ArgumentParser
import ControlClient
import ControlProtocol
import DeviceProtocols
import Dispatch
import Glibc
import LinuxIO
import MonitorService
import ServiceConfiguration
import TimelineReports
import VitalsModel

/// `vigil device probe`.
struct DeviceProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Finds out which device speaks at a port, and prints the line for vigil.yaml.",
        discussion: """
            It listens first, at every line that devices use which send by themselves; then it asks as the other families would, \
            those first whose devices can be made to do nothing. It never starts a cuff. A port that the daemon holds is left alone. \
            Exit code 1: nothing was understood.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Option(help: "Look for this family alone (vigil device families).")
    var family: String?
    @Flag(help: "Send nothing.")
    var listenOnly = false
    @Argument(help: "The port, for example /dev/ttyUSB0; vigil device list shows those there are.")
    var port: String

    func run() async throws {
        let wanted = try family.map { try parseFamily($0).id }
        let device = try SerialPort.resolve(port)
        try await refuseWhatTheDaemonHolds(device)
        let probe = PortProbe(path: port, plan: ProbePlan(only: wanted, listensOnly: listenOnly), tell: Self.progress)
        let finding = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "probe").async { continuation.resume(with: Result { try probe.run() }) }
        }
        guard let finding, let best = finding.evidence.first else {
            try output.print(ProbeReport(nothingAt: port)) { $0.lines }
            throw ExitCode(EXIT_FAILURE)
        }
        let report = ProbeReport(
            port: port, line: finding.line, wasAsked: finding.wasAsked, evidence: finding.evidence,
            yaml: source(best, at: finding.line, device: device).yaml)
        try output.print(report) { $0.lines }
    }

    /// Two programs at one line would each lose bytes to the other; the exclusive opening would refuse it too, with fewer words.
    private func refuseWhatTheDaemonHolds(_ device: String) async throws {
        do {
            let devices = try await daemon.withClient { try await $0.devices() }
            // A port that a source waits for is the source's too, though it does not hold it at this moment.
            let claims = devices.ports.first { $0.device == device }?.claimedBy ?? []
            let holder = devices.sources.first { $0.port == device || $0.match == port || claims.contains($0.source) }
            guard let holder else { return }
            throw CommandFailure(
                description: "\(port) is held by source \(holder.source) in \(holder.room) (\(holder.family), \(holder.state.rawValue)): "
                    + "take it out of vigil.yaml and restart vigild to probe it", status: EX_DATAERR)
        } catch ControlClientError.unreachable {
            // No daemon, so that none holds it. One that answers strangely may hold it: that error goes on.
            return
        }
    }

    /// The source as it should stand in the configuration: by serial number, else by where it is plugged in, else by the path.
    private func source(_ evidence: FamilyEvidence, at line: LineSettings, device: String) -> SourceConfiguration {
        let family = DeviceCatalog.family(evidence.family)
        // Udev may be unable to answer in a container; the path will do there.
        let ports = (try? UdevSerialPorts.enumerate()) ?? []
        return SourceConfiguration(
            id: SourceID("\(evidence.family)-1"), family: evidence.family, match: Self.match(device, among: ports) ?? .path(port),
            options: evidence.options, line: line == family?.line ? nil : line)
    }

    private static func match(_ device: String, among ports: [SerialPortDescription]) -> SourceMatch? {
        guard let found = ports.first(where: { $0.devicePath == device }) else { return nil }
        if let vendor = found.vendorID, let product = found.productID, let serial = found.serialNumber,
            ports.count(where: { $0.isAdapter(vendor: vendor, product: product, serial: serial) }) == 1
        {
            return .usb(vendor: vendor, product: product, serial: serial)
        }
        return found.pathLink.map { .path($0) }
    }

    /// On standard error, so that the finding alone can be piped on.
    @Sendable private static func progress(_ step: PortProbe.Step) {
        guard TerminalScreen.isTerminal(STDERR_FILENO) else { return }
        switch step {
        case .listening(let line, let families):
            StandardOutput.writeError("listening at \(line) for \(families.joined(separator: ", "))\n")
        case .heard(let line, let bytes):
            let some = HexText.text(of: Array(bytes.prefix(24)))
            StandardOutput.writeError("  \(bytes.count) bytes at \(line) that no family understands: \(some)\n")
        case .asking(let step):
            StandardOutput.writeError("asking as \(step.family.id) at \(step.line) (\(step.reason))\n")
        }
    }
}
