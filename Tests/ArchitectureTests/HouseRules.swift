/// The checks. Each answers with sentences that say where, what and why; none means that all is well.
struct HouseRules: Sendable {
    /// What decides must give the same answer in a test, a replay and a clinic.
    private static let purity =
        "a pure target takes time and data as parameters, so that a session replays byte for byte (DESIGN.md 2)"

    let house: House

    /// Everything that is wrong with the files.
    func faults(in sources: [SourceText]) -> [String] {
        importFaults(in: sources) + sources.flatMap { lengthFaults(in: $0) + forbiddenWords(in: $0) + unprotectedClasses(in: $0) }
            + arrowFaults()
    }

    // MARK: Arrows

    /// Imports that the map does not allow, each with the reason.
    func importFaults(in sources: [SourceText]) -> [String] {
        sources.flatMap { source -> [String] in
            guard let room = house.rooms[source.target] else {
                return ["\(source.path): the target \(source.target) is not on the map: add it to House.swift, with its storey"]
            }
            return source.imports.compactMap { module, line in
                guard !room.ours.contains(module), !room.others.contains(module), module != source.target else { return nil }
                return "\(source.path):\(line): \(source.target) must not import \(module): \(reason(for: module, in: room))"
            }
        }
    }

    private func reason(for module: String, in room: House.Room) -> String {
        let other = house.rooms[module]
        return switch (room.storey, other?.storey) {
        case (.pure, nil): Self.purity
        case (.text, nil): "it reads and writes text only, and may use FoundationEssentials (and Yams for the configuration), nothing else"
        case (.edge, .edge?): "an edge knows no other edge; what joins them belongs to MonitorService"
        case (_, .testing?): "what is for tests is not built into the product"
        case (_, .some): "the arrow points up or across; the map of the house is Tests/ArchitectureTests/House.swift"
        case (_, nil): "a new dependency needs a reason in the Architecture guide and a line in House.swift"
        }
    }

    /// What is wrong with the map itself: circles, pure targets on edges, edges on edges.
    func arrowFaults() -> [String] {
        house.rooms.sorted { $0.key < $1.key }.flatMap { name, room -> [String] in
            var faults = room.ours.sorted().compactMap { other -> String? in
                guard let below = house.rooms[other] else { return "the map lets \(name) import \(other), which is not on it" }
                return Self.allows(room.storey, onto: below.storey, named: other)
                    ? nil : "the map lets \(name) stand on \(other): wrong storey"
            }
            if reaches(name, from: room.ours, seen: []) { faults.append("the map has a circle through \(name)") }
            return faults
        }
    }

    private static func allows(_ upper: House.Storey, onto lower: House.Storey, named name: String) -> Bool {
        switch (upper, lower) {
        case (.pure, .pure), (.text, .pure), (.text, .text): true
        case (.edge, .pure), (.edge, .text): true
        case (.edge, .edge): ["CLinux", "CUdev", "CZlib"].contains(name)
        case (.wiring, let lower): lower != .program && lower != .testing
        case (.program, let lower): lower != .program && lower != .testing
        case (.testing, let lower): lower == .pure || lower == .text
        default: false
        }
    }

    private func reaches(_ name: String, from names: Set<String>, seen: Set<String>) -> Bool {
        names.contains(name)
            || names.subtracting(seen).contains { next in
                reaches(name, from: house.rooms[next]?.ours ?? [], seen: seen.union(names))
            }
    }

    // MARK: Texts

    /// The longest file: one idea a file.
    static let longestFile = 500

    func lengthFaults(in source: SourceText) -> [String] {
        let count = source.lines.last == "" ? source.lines.count - 1 : source.lines.count
        return count > Self.longestFile ? ["\(source.path): \(count) lines; a file holds one idea and at most \(Self.longestFile)"] : []
    }

    /// Words that have no place in the product, with the reason.
    private static let forbidden: [(word: String, why: String)] = [
        ("try!", "no input may crash a monitor; throw, or decide what to do"),
        ("nonisolated(unsafe)", "data races are found by the compiler only where it may look"),
        ("Thread.sleep", "a sleeping thread is late; arm a timer"),
        ("Task.sleep", "patient timers run on MonitorClock, machine timers on Dispatch"),
        ("usleep(", "a sleeping thread is late; arm a timer"),
    ]

    func forbiddenWords(in source: SourceText) -> [String] {
        source.code.flatMap { text, line in
            Self.forbidden.filter { text.contains($0.word) }.map { "\(source.path):\(line): `\($0.word)`: \($0.why)" }
        }
    }

    func unprotectedClasses(in source: SourceText) -> [String] {
        guard let place = source.code.first(where: { $0.text.contains("@unchecked Sendable") }) else { return [] }
        guard !source.code.contains(where: { $0.text.contains("dispatchPrecondition(") }) else { return [] }
        return [
            "\(source.path):\(place.line): `@unchecked Sendable` without a dispatchPrecondition: the compiler does not check it, so the "
                + "code must say and check which queue protects it"
        ]
    }
}
