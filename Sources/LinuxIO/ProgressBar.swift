import Glibc

/// How far a long run has come, on standard error, and only where a person may be looking.
public struct ProgressBar: Sendable {
    private static let width = 40
    private let title: String
    private let isShown: Bool
    private var drawn = -1

    /// Creates a bar that nobody sees yet.
    ///
    /// - Parameter isBesideOutput: whether the run prints its results to standard output as it goes; on a terminal they would run
    ///   into the bar, and show how far it has come by themselves, so that there is none.
    public init(_ title: String, isBesideOutput: Bool = false) {
        self.title = title
        isShown = TerminalScreen.isTerminal(STDERR_FILENO) && !(isBesideOutput && TerminalScreen.isTerminal(STDOUT_FILENO))
    }

    /// Shows the share that is done, 0 to 1.
    public mutating func show(_ share: Double) {
        let filled = Int((min(max(share, 0), 1) * Double(Self.width)).rounded(.down))
        guard isShown, filled != drawn else { return }
        drawn = filled
        write("\r\(title) [\(String(repeating: "#", count: filled))\(String(repeating: ".", count: Self.width - filled))]")
    }

    /// Takes the bar away.
    public mutating func finish() {
        guard isShown, drawn >= 0 else { return }
        write("\r\u{1B}[K")
        drawn = -1
    }

    /// A bar that cannot be drawn is no reason to stop.
    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
