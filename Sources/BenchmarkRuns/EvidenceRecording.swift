import Glibc
import LinuxIO
import SessionFlow
import TimelineReports
import VitalsModel

/// One real recording, with what people and devices wrote beside it.
struct EvidenceRecording: Sendable {
    /// The folder that it is in, which is its kind.
    var folder: String
    /// Its file without folder and ending.
    var name: String
    /// The values, in the order of time.
    var samples: [PlanBacktest.Sample]
    /// What was written beside it, in the order of time.
    var marks: [EvidenceMark]
}

/// One line of an annotation file: `351,consensus_spo2_below_90,start`.
struct EvidenceMark: Sendable, Hashable {
    /// Seconds of the recording.
    var time: Double
    /// What it tells of.
    var kind: String
    /// What it says.
    var label: String

    /// The stretches from a mark of `kind` with the label `begin` to the next with `end`; one that never ends goes on for ever.
    static func stretches(_ kind: String, from begin: String, to end: String, in marks: [EvidenceMark]) -> [ClosedRange<Double>] {
        var found: [ClosedRange<Double>] = []
        var start: Double?
        for mark in marks where mark.kind == kind {
            if mark.label == begin { start = start ?? mark.time }
            if mark.label == end, let begun = start {
                found.append(begun...max(begun, mark.time))
                start = nil
            }
        }
        return found + (start.map { [$0...Double.infinity] } ?? [])
    }
}

/// A folder of recordings with `INDEX.csv`: a header, then `file,annotations,rows,hours,signals` a line.
struct EvidenceFolder: Sendable {
    /// One line of the index.
    struct Item: Sendable, Hashable {
        /// The file, relative to the folder.
        var file: String
        /// Its annotations; nil without any.
        var annotations: String?
    }

    /// The folder.
    var path: String

    /// The recordings of the index, in its order.
    ///
    /// - Throws: `SystemError`, and `BenchmarkFailure` for an index without recordings.
    func items() throws -> [Item] {
        var items: [Item] = []
        try LineReader(path: "\(path)/INDEX.csv").forEachLine { line in
            let fields = String(decoding: line, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 2, fields[0] != "file" else { return }
            items.append(Item(file: fields[0], annotations: fields[1].isEmpty ? nil : fields[1]))
        }
        guard !items.isEmpty else {
            throw BenchmarkFailure(
                "\(path)/INDEX.csv names no recording; --data must name the folder with the recorded vital signs", status: EX_DATAERR)
        }
        return items
    }

    /// Reads a recording with its annotations.
    ///
    /// - Throws: `SystemError`; `BenchmarkFailure` for a file that is no recording.
    func recording(_ item: Item) throws -> EvidenceRecording {
        let parts = item.file.split(separator: "/")
        let series = try series("\(path)/\(item.file)")
        return EvidenceRecording(
            folder: parts.dropLast().joined(separator: "/"), name: String(parts.last?.prefix { $0 != "." } ?? ""),
            samples: series.values.map { ($0.time, $0.signal, $0.value) },
            marks: try item.annotations.map { try marks("\(path)/\($0)") } ?? [])
    }

    private func series(_ file: String) throws -> ReadingSeries {
        do {
            var series = ReadingSeries()
            try LineReader(path: file).forEachLine { try series.receive(line: $0) }
            try series.finish()
            return series
        } catch let fault as ReadingSeriesFault {
            throw BenchmarkFailure("\(file): \(fault)", status: EX_DATAERR)
        }
    }

    /// Lines that are no mark, such as the header, are passed over.
    private func marks(_ file: String) throws -> [EvidenceMark] {
        var marks: [EvidenceMark] = []
        try LineReader(path: file).forEachLine { line in
            let fields = String(decoding: line, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 3, let time = Double(fields[0]) else { return }
            marks.append(EvidenceMark(time: time, kind: String(fields[1]), label: String(fields[2])))
        }
        return marks
    }
}
