import ArgumentParser
import ControlClient
import ControlProtocol
import Glibc
import MonitorService
import TimelineReports

/// `vigil device list`.
struct DeviceListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the serial ports of this machine and the sources of the daemon, claimed or not.",
        discussion: """
            States: absent (no such device), opening (it is there and cannot be had yet), negotiating (open, nothing agreed), \
            streaming (readings come), stale (it has fallen silent), lost (it was there and is gone). Without the daemon the ports \
            alone are listed, and the exit code is 69.
            """)

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        do {
            try show(try await daemon.withClient { try await $0.devices() })
        } catch let error as ControlClientError where error.category == .unavailable {
            try show(DeviceList(at: nil, ports: try MachinePorts.list(), sources: []))
            throw CommandFailure(description: "only the ports are shown, not who claims them: \(error)", status: EX_UNAVAILABLE)
        }
    }

    private func show(_ list: DeviceList) throws { try output.print(list) { DeviceTable.lines($0, clock: .machine) } }
}
