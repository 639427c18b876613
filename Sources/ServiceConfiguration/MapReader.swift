/// Reads the keys of one mapping and afterwards refuses those that nobody asked for.
///
/// What may stand in a mapping is thus said once: by the code that reads it. A class, because it remembers what was asked.
final class MapReader {
    let place: TextPlace
    let path: FieldPath
    let log: FaultLog
    private let entries: [DocumentEntry]
    private let fallback: MapReader?
    private var asked: Set<String> = []

    init(entries: [DocumentEntry], place: TextPlace, path: FieldPath, log: FaultLog, fallback: MapReader?) {
        self.entries = entries
        self.place = place
        self.path = path
        self.log = log
        self.fallback = fallback
    }

    /// The value of a key, here or in the fallback, or nil when it is not given.
    func field(_ key: String) -> Field? {
        let inherited = fallback?.field(key)
        return ownField(key) ?? inherited
    }

    /// The value of a key that is never inherited.
    func ownField(_ key: String) -> Field? {
        asked.insert(key)
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        return Field(node: entry.value, path: path.key(key), log: log)
    }

    /// The value of a key; when it is given nowhere that is reported, with what it is for.
    func required(_ key: String, _ purpose: String) -> Field? {
        if let field = field(key) { return field }
        outermost.log.error("the key \"\(key)\" is missing: \(purpose)", at: outermost.place, path: outermost.path.text)
        return nil
    }

    /// Where a key stands, here or in the fallback; the mapping's own place when it is not given.
    func place(of key: String) -> (place: TextPlace, path: String) {
        if let field = field(key) { return (field.node.place, field.path.text) }
        return (place, path.text)
    }

    /// Refuses a key that would be right elsewhere.
    func refuse(_ key: String, because reason: String) {
        guard field(key) != nil else { return }
        guard let entry = entries.first(where: { $0.key == key }) else {
            fallback?.refuse(key, because: reason)
            return
        }
        log.error("does not belong here: \(reason)", at: entry.keyPlace, path: path.key(key).text)
    }

    /// Marks every key as known: for a mapping that cannot be read further.
    func skipRest() {
        for entry in entries { asked.insert(entry.key) }
        fallback?.skipRest()
    }

    /// The keys in the order of the file, each with its value; all count as asked for.
    func all() -> [(key: String, keyPlace: TextPlace, field: Field)] {
        entries.map { entry in
            asked.insert(entry.key)
            return (entry.key, entry.keyPlace, Field(node: entry.value, path: path.key(entry.key), log: log))
        }
    }

    /// Refuses every key that nobody asked for.
    func finish() {
        for entry in entries where !asked.contains(entry.key) {
            let free = asked.filter { key in !entries.contains { $0.key == key } }
            let hint = NearestWord.hint(for: entry.key, among: free.sorted())
            let known = hint.isEmpty && !asked.isEmpty ? "; known here: \(asked.sorted().joined(separator: ", "))" : hint
            log.error("unknown key\(known)", at: entry.keyPlace, path: path.key(entry.key).text)
        }
    }

    private var outermost: MapReader { fallback?.outermost ?? self }
}
