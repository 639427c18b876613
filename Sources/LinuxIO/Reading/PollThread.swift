import CLinux

/// A thread that runs one closure which waits in poll(2): small stack, all signals blocked, with a name for top(1).
final class PollThread: Sendable {
    private let name: StaticString
    private let body: @Sendable () -> Void

    /// - Parameter name: at most 15 bytes.
    init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    /// Starts the thread; answers 0 or an `errno` value.
    func start() -> Int32 {
        let context = Unmanaged.passRetained(self)
        let stackBytes = 256 * 1024
        let code = clinux_start_thread(
            stackBytes,
            { context in
                guard let context else { return nil }
                let thread = Unmanaged<PollThread>.fromOpaque(context).takeRetainedValue()
                // A thread without a name works as well.
                thread.name.withUTF8Buffer { name in
                    _ = name.withMemoryRebound(to: CChar.self) { clinux_name_this_thread($0.baseAddress) }
                }
                thread.body()
                return nil
            }, context.toOpaque())
        if code != 0 { context.release() }
        return code
    }
}
