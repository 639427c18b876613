import Foundation

/// One source file of ours, as the rules look at it.
struct SourceText: Sendable {
    /// The target: the name of the folder below `Sources`.
    let target: String
    /// The path below `Sources`.
    let path: String
    /// The lines as written.
    let lines: [String]

    init(target: String, path: String, text: String) {
        self.target = target
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The imported modules with their line numbers from 1. Attributes and access words before `import` are passed over, and
    /// `import struct Module.Name` counts as `Module`.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(Self.mayStandBeforeImport) else { return nil }
            let rest = words[(place + 1)...].drop { Self.declarationKinds.contains(String($0)) }
            return rest.first.map { (String($0.prefix { $0 != "." && $0 != ";" }), index + 1) }
        }
    }

    /// The lines without their comments, with numbers from 1. A `//` inside a string literal of one line is not a comment.
    var code: [(text: String, line: Int)] {
        lines.enumerated().map { index, line in (Self.withoutComment(line), index + 1) }
    }

    private static let declarationKinds: Set = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]

    private static func mayStandBeforeImport(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "internal", "package", "private", "fileprivate"].contains(word)
    }

    private static func withoutComment(_ line: String) -> String {
        var isInString = false
        var previous: Character = " "
        var result = ""
        for character in line {
            if character == "\"", previous != "\\" { isInString.toggle() }
            if !isInString, character == "/", previous == "/" { return String(result.dropLast()) }
            result.append(character)
            previous = character
        }
        return result
    }
}

/// The package that this test belongs to.
enum Package {
    /// The folder of `Package.swift`.
    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// Every Swift file below `Sources`.
    static func sources() throws -> [SourceText] {
        let folder = root.appendingPathComponent("Sources", isDirectory: true)
        guard let paths = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        return try paths.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let target = String(path.prefix { $0 != "/" })
            return SourceText(
                target: target, path: path, text: try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8))
        }
    }

    /// The names of the folders below `Sources`.
    static func targets() throws -> Set<String> {
        let folder = root.appendingPathComponent("Sources", isDirectory: true).path
        return Set(try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") })
    }
}
