import Glibc

/// What is known of the screen behind a descriptor.
public enum TerminalScreen {
    /// The size of a screen in character cells.
    public struct Size: Sendable, Hashable {
        /// Cells in a line.
        public var columns: Int
        /// Lines.
        public var rows: Int

        /// Creates a size in character cells.
        public init(columns: Int, rows: Int) {
            self.columns = columns
            self.rows = rows
        }

        /// 80 by 24, as terminals have been since the VT100.
        public static let usual = Size(columns: 80, rows: 24)
    }

    /// Whether a person may be looking: the descriptor is a terminal and not a file or a pipe.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The size of the terminal; `usual` where the descriptor is none or does not know its size.
    public static func size(_ descriptor: Int32) -> Size {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else { return .usual }
        return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
    }
}
