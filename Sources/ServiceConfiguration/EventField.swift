import AlertEngine
import VitalsModel

extension Field {
    /// Something that a duty is counted from, or that fulfils it: `session_start`, `first_dose`, `cuff`, `phase acute`, `scale moaas`.
    func event(in outline: PlanOutline) -> SessionEvent? {
        guard let text = text() else { return nil }
        let words = text.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("session_start", 1): return .sessionStart
        case ("first_dose", 1): return has(.dosing, outline, "so no first dose is ever told") ? .firstDose : nil
        case ("cuff", 1): return .cuff
        case ("phase", 2): return phaseEvent(words[1], outline)
        case ("scale", 2): return KnownScale.read(words[1], in: self).map { .scale($0) }
        default:
            error(
                "\"\(text)\" is no event; write session_start, first_dose, cuff, phase acute or scale moaas"
                    + NearestWord.hint(for: text, among: ["session_start", "first_dose", "cuff"]))
            return nil
        }
    }

    private func phaseEvent(_ word: String, _ outline: PlanOutline) -> SessionEvent? {
        guard let phase = SessionPhase(rawValue: word), phase.isOpen else {
            let open = SessionPhase.allCases.filter(\.isOpen).map(\.rawValue)
            error("\"\(word)\" is none of \(open.joined(separator: ", "))\(NearestWord.hint(for: word, among: open))")
            return nil
        }
        return has(phase, outline, "so it never begins") ? .phase(phase) : nil
    }

    private func has(_ phase: SessionPhase, _ outline: PlanOutline, _ consequence: String) -> Bool {
        if outline.possiblePhases.contains(phase) { return true }
        let phases = outline.possiblePhases.map(\.rawValue).joined(separator: ", ")
        error("this plan has no phase \(phase.rawValue), \(consequence); its phases are \(phases)")
        return false
    }
}
