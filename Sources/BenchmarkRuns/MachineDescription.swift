import Glibc

/// What a figure depends on beside the code. No host name: figures are pasted into documents.
public struct MachineDescription: Sendable, Hashable, Codable {
    /// Processors that this program may use.
    public var cores: Int
    /// The kernel's release.
    public var kernel: String
    /// `debug` or `release`: how this program was built.
    public var build: String

    /// Creates a description.
    public init(cores: Int, kernel: String, build: String) {
        self.cores = cores
        self.kernel = kernel
        self.build = build
    }

    /// This machine and this build.
    public static var present: MachineDescription {
        var names = utsname()
        uname(&names)
        let kernel = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return MachineDescription(cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)), kernel: kernel, build: build)
    }

    private static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}
