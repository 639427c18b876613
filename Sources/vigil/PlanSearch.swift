import ArgumentParser
import Glibc
import LinuxIO

/// Where a plan is found when only its id is given, where the shipped scenarios are, and where a demonstration keeps its things.
enum PlanSearch {
    /// A folder of Config/: here, or in the checkout that this program was built in.
    private static func checkoutFolders(_ name: String) -> [String] {
        var folders = ["Config/\(name)"]
        var parts = executablePath.split(separator: "/").dropLast()
        while !parts.isEmpty {
            folders.append("/" + parts.joined(separator: "/") + "/Config/\(name)")
            parts = parts.dropLast()
        }
        return folders
    }

    /// The folder with the scenarios that Vigil ships.
    ///
    /// - Throws: `CommandFailure` 66 when there is none.
    static func scenarios() throws -> String {
        let candidates = checkoutFolders("scenarios") + ["/usr/share/vigil/scenarios"]
        guard let found = candidates.first(where: ScenarioFiles.isFolder) else {
            throw CommandFailure(
                description:
                    "no /usr/share/vigil/scenarios, and no Config/scenarios above this program; name scenarios or a folder of them",
                status: EX_NOINPUT)
        }
        return found
    }

    /// The file of a plan that was given as an id or as a path.
    ///
    /// - Throws: `CommandFailure` 66 when there is none.
    static func file(of plan: String) throws -> String {
        if plan.contains("/") || plan.hasSuffix(".yaml") { return plan }
        let folders = checkoutFolders("plans") + ["/etc/vigil/plans", "/usr/share/vigil/plans"]
        let candidates = folders.map { "\($0)/\(plan).yaml" }
        guard let found = candidates.first(where: { access($0, R_OK) == 0 }) else {
            throw CommandFailure(
                description:
                    "no plan \(plan) in /etc/vigil/plans, /usr/share/vigil/plans or a Config/plans above this program; "
                    + "give the path of its file",
                status: EX_NOINPUT)
        }
        return found
    }

    /// Makes a new folder under /tmp that only this user can read.
    ///
    /// - Throws: `CommandFailure` 73 when it cannot be made.
    static func newFolder() throws -> String {
        var template = Array("/tmp/vigil-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure(
                description: "cannot make a folder under /tmp: \(String(cString: strerror(errno))); name one with --directory",
                status: EX_CANTCREAT)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static var executablePath: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return length > 0 ? String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
    }
}
