import Crypto
import LinuxIO
import ServiceConfiguration
import SessionFlow

#if canImport(Glibc)
    import Glibc
#endif

/// The files of an installation, read and checked: all faults at once, with file, line and key path.
public struct InstallationFiles: Sendable {
    /// What the service is made from; nil when there is an error.
    public var configuration: MonitorService.Configuration?
    /// Every fault of every file.
    public var faults: [ConfigurationFault]

    /// Reads a configuration file and the plans of its folder.
    ///
    /// - Parameters:
    ///   - path: The configuration file.
    ///   - socketPath: A socket instead of the configured one, for trials.
    ///   - storePath: A store instead of the configured one, for trials.
    ///   - plansDirectory: A folder of plans instead of the configured one.
    /// - Throws: `SystemError` when the file or the folder cannot be read.
    public static func read(
        _ path: String, socketPath: String? = nil, storePath: String? = nil, plansDirectory: String? = nil
    ) throws -> InstallationFiles {
        let text = String(decoding: try readWholeFile(path), as: UTF8.self)
        let result = ClinicReader.read(text: text, file: path)
        // The plans are read even where the configuration has faults, so that all are told at once. What could not be read of it
        // stands at its default.
        var clinic = result.draft ?? ClinicConfiguration()
        clinic.socketPath = socketPath ?? clinic.socketPath
        clinic.storePath = storePath ?? clinic.storePath
        clinic.plansDirectory = plansDirectory ?? clinic.plansDirectory
        var faults = result.faults
        var plans: [String: SessionPlan] = [:]
        for file in try planFiles(of: clinic, isFaulty: result.value == nil) {
            let read = try plan(file)
            faults += read.faults
            guard let plan = read.value else { continue }
            if let other = plans.updateValue(plan, forKey: plan.id) {
                faults.append(
                    ConfigurationFault(
                        severity: .error, file: file, line: 1, column: 1, keyPath: "plan",
                        message: "another file of this folder has the plan \(other.id) too: give one of them another id"))
            }
        }
        let hasErrors = faults.contains { $0.severity == .error }
        let configuration = MonitorService.Configuration(clinic: clinic, plans: plans, readPlan: Self.stored)
        return InstallationFiles(configuration: hasErrors ? nil : configuration, faults: faults)
    }

    /// Reads one plan file.
    ///
    /// - Throws: `SystemError` when it cannot be read.
    public static func plan(_ path: String) throws -> ReadResult<SessionPlan> {
        let bytes = try readWholeFile(path)
        return PlanReader.read(text: String(decoding: bytes, as: UTF8.self), file: path, hash: hash(bytes))
    }

    /// Reads the text of a plan as a store kept it; nil when this version cannot read it any more.
    public static func stored(_ text: String, _ hash: String) -> SessionPlan? {
        PlanReader.read(text: text, file: "stored plan \(hash.prefix(8))", hash: hash).value
    }

    /// SHA-256 in lower-case hexadecimal.
    public static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// A missing folder beside a faulty configuration is no news of its own: its path may be one of the faults.
    private static func planFiles(of clinic: ClinicConfiguration, isFaulty: Bool) throws(SystemError) -> [String] {
        do {
            return try planFiles(clinic.plansDirectory)
        } catch {
            if isFaulty { return [] }
            throw error
        }
    }

    private static func planFiles(_ directory: String) throws(SystemError) -> [String] {
        guard let listing = opendir(directory) else {
            throw SystemError(
                "read the folder of plans", path: directory, code: errno, remedy: "make it, or name another one as `plans` in vigil.yaml")
        }
        defer { closedir(listing) }
        var files: [String] = []
        while let item = readdir(listing) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml"), !name.hasPrefix(".") { files.append("\(directory)/\(name)") }
        }
        return files.sorted()
    }
}
