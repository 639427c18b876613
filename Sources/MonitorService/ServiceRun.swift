import LinuxIO
import Logging
import ServiceLifecycle
import UnixSignals

extension MonitorService {
    /// Runs the service until SIGTERM or SIGINT, telling systemd when it is ready and when it stops.
    public func runUntilSignalled() async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// Tells systemd that the service is ready.
    public static func notifyReady(logger: Logger) {
        do {
            _ = try SystemdNotification.send("READY=1\nSTATUS=watching")
        } catch {
            logger.warning("systemd was not told that the service is ready: \(error)")
        }
    }
}
