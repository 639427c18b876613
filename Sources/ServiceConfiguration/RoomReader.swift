import DeviceProtocols
import VitalsModel

/// Reads the rooms, and finds what contradicts itself between them.
enum RoomReader {
    /// The rooms of a configuration.
    static func rooms(_ field: Field?) -> [RoomConfiguration] {
        guard let items = field?.list() else { return [] }
        if items.isEmpty { field?.warning("there are no rooms, so nothing is watched") }
        var rooms: [RoomConfiguration] = []
        var registry = SourceRegistry()
        var lines: [RoomID: Int] = [:]
        for item in items {
            guard let map = item.map() else { continue }
            let idField = map.required("id", "the name of the room, as in room-2")
            let id = idField?.identifier().map { RoomID($0) }
            let sources = (map.required("sources", "the devices of the room")?.filledList() ?? []).compactMap {
                SourceReader.read($0, room: id, registry: &registry)
            }
            let isComplete = map.field("sources")?.list()?.count == sources.count
            let preferred = PreferenceReader(sources: sources, isComplete: isComplete).read(map.field("prefer")?.map())
            let sameArm = SameArmReader(sources: sources, isComplete: isComplete).read(map.field("same_arm"))
            map.finish()
            guard let id, let idField else { continue }
            if let line = lines[id] {
                idField.error("the room \(id) is already there on line \(line); put its sources together or choose another id")
            }
            lines[id] = lines[id] ?? idField.node.place.line
            rooms.append(RoomConfiguration(id: id, sources: sources, preferred: preferred, sameArm: sameArm))
        }
        return rooms
    }
}

/// Every source that was read so far, to find two of one id or of one port in the whole clinic.
struct SourceRegistry {
    private var sources: [(source: SourceConfiguration, room: RoomID?, line: Int)] = []

    /// Takes a source in, or reports what it collides with.
    mutating func register(_ source: SourceConfiguration, room: RoomID?, idField: Field, matchField: Field) {
        if let same = sources.first(where: { $0.source.id == source.id }) {
            idField.error(
                "the source id \(source.id) is already taken\(words(same.room)) on line \(same.line); "
                    + "readings carry only the source's id, so choose another, as in \(room?.rawValue ?? "room")-\(source.id)")
        }
        if let same = sources.first(where: { $0.source.match.overlaps(source.match) }) {
            let remedy =
                switch source.match {
                case .path: "give each source its own port"
                case .usb: "tell the adapters apart by \"serial\", or by a path under /dev/serial/by-path"
                }
            matchField.error(
                "\(source.match) can be the same port as \(same.source.match) of source \(same.source.id)\(words(same.room)) "
                    + "on line \(same.line); \(remedy)")
        }
        sources.append((source, room, idField.node.place.line))
    }

    private func words(_ room: RoomID?) -> String { room.map { " in \($0)" } ?? "" }
}

/// Reads which sources come first for a signal. `nibp` stands for all three pressures of a cuff.
struct PreferenceReader {
    /// The room's sources.
    var sources: [SourceConfiguration]
    /// False when a source had faults; then an unknown one may be that.
    var isComplete: Bool

    static let groups: [String: [Signal]] = ["nibp": [.nibpSystolic, .nibpDiastolic, .nibpMean]]

    func read(_ map: MapReader?) -> [Signal: [SourceID]] {
        var preferred: [Signal: [SourceID]] = [:]
        for (key, keyPlace, field) in map?.all() ?? [] {
            let signals = Self.groups[key] ?? Signal(rawValue: key).map { [$0] } ?? []
            let words = Signal.allCases.map(\.rawValue) + Self.groups.keys.sorted()
            if signals.isEmpty {
                field.log.error(
                    "is neither a signal nor a group; known are \(words.joined(separator: ", "))"
                        + NearestWord.hint(for: key, among: words), at: keyPlace, path: field.path.text)
            }
            let order = readOrder(field, of: signals, named: key)
            for signal in signals {
                if preferred[signal] != nil {
                    field.log.error("\(signal.rawValue) is ranked twice; keep one", at: keyPlace, path: field.path.text)
                }
                preferred[signal] = order
            }
        }
        return preferred
    }

    private func readOrder(_ field: Field, of signals: [Signal], named name: String) -> [SourceID] {
        var order: [SourceID] = []
        for item in field.filledList() ?? [] {
            guard let id = item.identifier().map({ SourceID($0) }) else { continue }
            guard let source = sources.first(where: { $0.id == id }) else {
                if isComplete { item.error(unknown(id)) }
                continue
            }
            if order.contains(id) { item.error("\(id) is listed twice; keep one") }
            let able = DeviceCatalog.family(source.family)?.signals ?? []
            if !signals.isEmpty, Set(signals).isDisjoint(with: able) {
                item.error(
                    "\(id) (\(source.family)) does not measure \(name); it gives \(able.map(\.rawValue).joined(separator: ", "))")
            }
            order.append(id)
        }
        return order
    }

    private func unknown(_ id: SourceID) -> String {
        let ids = sources.map(\.id.rawValue)
        return "this room has no source \"\(id)\"; it has \(ids.joined(separator: ", "))" + NearestWord.hint(for: id.rawValue, among: ids)
    }
}
