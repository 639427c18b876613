import LinuxIO
import Logging
import ServiceConfiguration
import SessionStore

#if canImport(Glibc)
    import Glibc
#endif

/// One run of the daemon as a program: files read, faults printed, service run; the answer is the exit code (sysexits.h).
public struct DaemonRun: Sendable {
    /// The configuration file.
    public var configPath: String
    /// A folder of plans instead of the configured one.
    public var plansDirectory: String?
    /// A database instead of the configured one.
    public var storePath: String?
    /// A control socket instead of the configured one.
    public var socketPath: String?

    /// Creates a run.
    public init(configPath: String, plansDirectory: String? = nil, storePath: String? = nil, socketPath: String? = nil) {
        self.configPath = configPath
        self.plansDirectory = plansDirectory
        self.storePath = storePath
        self.socketPath = socketPath
    }

    /// Runs, or only checks the files.
    ///
    /// - Returns: 0; 66 a file is missing; 69 another daemon is at work; 74 the store cannot be opened; 78 faulty configuration.
    public func run(onlyCheck: Bool) async -> Int32 {
        let files: InstallationFiles
        do {
            files = try InstallationFiles.read(
                configPath, socketPath: socketPath, storePath: storePath, plansDirectory: plansDirectory)
        } catch {
            return fail("\(error)", code: EX_NOINPUT)
        }
        for fault in files.faults { printError(fault.description) }
        guard let configuration = files.configuration else {
            let errors = files.faults.count { $0.severity == .error }
            return fail("\(errors) error\(errors == 1 ? "" : "s") in the configuration; nothing was started", code: EX_CONFIG)
        }
        if onlyCheck {
            let (warnings, plans) = (files.faults.count, configuration.plans.keys.sorted().joined(separator: ", "))
            printError("\(configPath): no errors, \(warnings) warning\(warnings == 1 ? "" : "s"); plans: \(plans.isEmpty ? "none" : plans)")
            return 0
        }
        return await serve(configuration)
    }

    private func serve(_ configuration: MonitorService.Configuration) async -> Int32 {
        let logger = Logger(label: "vigild")
        do {
            let service = try MonitorService(configuration, clock: try BootMonitorClock(), logger: logger) {
                logger.notice("ready on \(configuration.clinic.socketPath)")
                MonitorService.notifyReady(logger: logger)
            }
            try await service.runUntilSignalled()
            return 0
        } catch let error as SystemError {
            return fail("\(error)", code: EX_UNAVAILABLE)
        } catch let error as StoreError {
            return fail("\(error)", code: EX_IOERR)
        } catch {
            return fail("\(error)", code: EX_SOFTWARE)
        }
    }

    private func fail(_ words: String, code: Int32) -> Int32 {
        printError("vigild: \(words)")
        return code
    }

    /// Writes one line to standard error; a reader that has gone is no reason to stop.
    private func printError(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
