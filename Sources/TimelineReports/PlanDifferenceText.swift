import VitalsModel

/// A difference as lines for a screen.
public enum PlanDifferenceText {
    /// A line for each change, then the warnings; broken at the style's width where it has one.
    public static func lines(_ difference: PlanDifference, style: TailStyle = TailStyle()) -> [String] {
        if difference.isSameText { return ["no difference"] }
        let changes = difference.changes.flatMap { line($0, style) }
        let none = changes.isEmpty ? ["only comments or layout differ"] : []
        return none + changes + difference.warnings.flatMap { broken("warning: \($0)", style) }
    }

    private static func line(_ change: PlanChange, _ style: TailStyle) -> [String] {
        let lines = broken("\(change.subject): \(change.words) (\(change.meaning))", style)
        switch change.direction {
        case .looser: return lines.map { style.coloured($0, .high) }
        case .either: return lines.map { style.coloured($0, .medium) }
        case .tighter: return lines.map { style.coloured($0, .low) }
        case .neutral: return lines
        }
    }

    private static func broken(_ text: String, _ style: TailStyle) -> [String] {
        let plain = ScreenText.plain(text)
        return style.width.map { TextWrapping.lines(plain, columns: max(20, $0), hanging: 2) } ?? [plain]
    }
}
