import DeviceProtocols
import VitalsModel

/// Reads which sources have their clip on the arm of the room's cuff.
struct SameArmReader {
    /// The room's sources.
    var sources: [SourceConfiguration]
    /// False when a source had faults; then an unknown one may be that.
    var isComplete: Bool

    /// What a clip measures by the pulse in the finger.
    private static let pulseSignals: Set<Signal> = [.spo2, .pulseRate, .perfusionIndex]

    func read(_ field: Field?) -> [SourceID] {
        guard let field else { return [] }
        var clips: [SourceID] = []
        for item in field.filledList() ?? [] {
            guard let id = item.identifier().map({ SourceID($0) }) else { continue }
            check(id, item, after: clips)
            clips.append(id)
        }
        if isComplete, !sources.contains(where: { signals(of: $0).contains(.nibpSystolic) }) {
            field.error("this room has no cuff that a clip could share an arm with; leave the key out")
        }
        return clips
    }

    private func check(_ id: SourceID, _ item: Field, after clips: [SourceID]) {
        if clips.contains(id) { item.error("\(id) is listed twice; keep one") }
        guard let source = sources.first(where: { $0.id == id }) else {
            let ids = sources.map(\.id.rawValue)
            let hint = NearestWord.hint(for: id.rawValue, among: ids)
            if isComplete { item.error("this room has no source \"\(id)\"; it has \(ids.joined(separator: ", "))\(hint)") }
            return
        }
        if Self.pulseSignals.isDisjoint(with: signals(of: source)) {
            item.error("\(id) (\(source.family)) has no clip: it measures none of spo2, pulse_rate, perfusion_index")
        }
    }

    private func signals(of source: SourceConfiguration) -> [Signal] { DeviceCatalog.family(source.family)?.signals ?? [] }
}
