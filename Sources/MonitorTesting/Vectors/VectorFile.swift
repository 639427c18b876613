import DeviceProtocols
import VitalsModel

/// The vectors of one family, read from a text.
///
///     vector 97 % and 72 per minute            # begins a vector; its name
///     option format=2                          # any number
///     bytes 01 80 7F 00 00                     # hexadecimal; lines append
///     text "NELL 97\r\n"                       # ASCII; \r \n \t \\ \" \xHH
///     expect spo2 97                           # signal value [suspect|demo] [at OFFSET] [time 2017-11-04T14:45:00]
///     expect pulse_rate none                   # an invalid reading
///     condition spo2 sensor_off
///     cuff measuring                           # or: cuff idle [words of the failure]
///     rejected bad_checksum 1
///
/// The expected readings are all of them, in order. `#` begins a comment, except inside the quotes of `text`. The reader is strict:
/// a word that it does not know is a fault, and all faults of a file are told at once.
public struct VectorFile: Sendable {
    /// The file's name without its suffix: the id of the family.
    public var family: String
    /// The vectors in order.
    public var vectors: [DecoderVector]

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - family: its name without suffix.
    /// - Throws: `VectorFaults` with the line of each fault.
    public init(_ text: String, family: String) throws(VectorFaults) {
        var reader = VectorReader()
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            reader.read(line, number: index + 1)
        }
        reader.finish()
        guard reader.faults.isEmpty else { throw VectorFaults(file: "\(family).vectors", faults: reader.faults) }
        self.family = family
        vectors = reader.vectors
    }
}

/// Everything that is wrong in a file of vectors.
public struct VectorFaults: Error, Hashable, CustomStringConvertible {
    /// One fault.
    public struct Fault: Sendable, Hashable {
        /// The line, counted from 1.
        public var line: Int
        /// What is wrong.
        public var words: String
    }

    /// The file.
    public var file: String
    /// In order of lines.
    public var faults: [Fault]

    /// A line a fault: `nonin.vectors:12: "spo3" is no signal`.
    public var description: String { faults.map { "\(file):\($0.line): \($0.words)" }.joined(separator: "\n") }
}

/// Reads line by line.
private struct VectorReader {
    private(set) var vectors: [DecoderVector] = []
    private(set) var faults: [VectorFaults.Fault] = []
    private var current: DecoderVector?

    mutating func read(_ line: Substring, number: Int) {
        let text = line.withoutComment.trimmed
        guard !text.isEmpty else { return }
        let space = text.firstIndex(where: \.isWhitespace) ?? text.endIndex
        do throws(VectorWordFault) {
            try read(String(text[..<space]), text[space...].trimmed, number: number)
        } catch {
            faults.append(.init(line: number, words: error.words))
        }
    }

    mutating func finish() {
        guard let vector = current else { return }
        current = nil
        if vector.bytes.isEmpty { faults.append(.init(line: vector.line, words: "vector \"\(vector.name)\" has no bytes")) }
        vectors.append(vector)
    }

    private mutating func read(_ word: String, _ rest: Substring, number: Int) throws(VectorWordFault) {
        if word == "vector" {
            finish()
            guard !rest.isEmpty else { throw VectorWordFault("a vector needs a name") }
            current = DecoderVector(name: String(rest), line: number)
            if let double = vectors.first(where: { $0.name == rest }) {
                throw VectorWordFault("the name \"\(rest)\" stands in line \(double.line) already")
            }
            return
        }
        guard var vector = current else { throw VectorWordFault("\"\(word)\" before the first vector") }
        try vector.take(word, rest)
        current = vector
    }
}

extension Substring {
    /// Up to the first `#` that is not between quotes; a quote after a backslash ends nothing.
    fileprivate var withoutComment: Substring {
        var isQuoted = false
        var isEscaped = false
        for index in indices {
            let character = self[index]
            if character == "#", !isQuoted { return self[..<index] }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
        }
        return self
    }

    fileprivate var trimmed: Substring {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
