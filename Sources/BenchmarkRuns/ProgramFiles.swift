import Glibc

/// Where the programs of a build lie.
enum ProgramFiles {
    /// The file of the present program.
    static func ownProgram() throws(BenchmarkFailure) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1 }
        }
        guard count > 0 else { throw .system("find the file of this program in", "/proc/self/exe") }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// A program in the same folder as the present one.
    static func sibling(_ name: String) throws(BenchmarkFailure) -> String {
        let own = try ownProgram()
        return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/\(name)"
    }
}
