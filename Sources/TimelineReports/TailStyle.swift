import VitalsModel

/// How a tail looks.
public struct TailStyle: Sendable {
    /// The zone of the times.
    public var clock: LocalClock
    /// Whether priorities are coloured (red, yellow, cyan); the text says them in any case.
    public var usesColour: Bool
    /// Whether an announced alert of high priority rings the terminal's bell.
    public var ringsBell: Bool
    /// The width of the screen in columns; what an alert asks for goes to a second line where it does not fit. Nil never
    /// breaks a line, which is right for a file or a pipe.
    public var width: Int?

    /// Creates a style; the default is that of a file.
    public init(clock: LocalClock = .utc, usesColour: Bool = false, ringsBell: Bool = false, width: Int? = nil) {
        self.clock = clock
        self.usesColour = usesColour
        self.ringsBell = ringsBell
        self.width = width
    }

    /// A text in the colour of a priority (alarms.md, section 1: high red, medium yellow, low cyan).
    func coloured(_ text: String, _ priority: AlertPriority) -> String {
        guard usesColour else { return text }
        let colour =
            switch priority {
            case .high: "1;31"
            case .medium: "1;33"
            case .low: "36"
            }
        return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
    }
}
