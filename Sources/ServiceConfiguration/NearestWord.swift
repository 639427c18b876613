/// Finds the word that a mistyped one was probably meant to be.
enum NearestWord {
    /// `; did you mean "…"?` when one of `known` is near enough, else nothing.
    static func hint(for word: String, among known: some Sequence<String>) -> String {
        let written = Array(word.lowercased())
        let near = known.map { (word: $0, distance: distance(written, Array($0.lowercased()))) }
            .filter { $0.distance <= max(1, written.count / 3) && $0.distance < $0.word.count }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        return near.map { "; did you mean \"\($0.word)\"?" } ?? ""
    }

    /// How many letters must be added, dropped, changed or swapped with a neighbour to make one word the other.
    static func distance(_ one: [Character], _ other: [Character]) -> Int {
        // Longer texts are never near a key; this also bounds the work for a hostile file.
        guard one.count <= 64, other.count <= 64 else { return .max }
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in 0..<one.count {
            var current = [row + 1]
            for column in 0..<other.count {
                let changed = last[column] + (one[row] == other[column] ? 0 : 1)
                var best = min(changed, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }
}
