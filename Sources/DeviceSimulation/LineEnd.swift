import LinuxIO

/// The device's end of a line that exists in the operating system.
protocol LineEnd: Sendable {
    /// Hands bytes to the line without waiting and answers how many it took.
    /// - Throws: `SystemError` where the line is gone.
    func write(_ bytes: [UInt8]) throws(SystemError) -> Int
    /// Takes what has arrived, without waiting; empty where there is nothing.
    func read(upTo limit: Int) throws(SystemError) -> [UInt8]
    /// What poll(2) can wait for.
    var pollDescriptors: [Int32] { get }
    /// How many written bytes lie in the kernel and were not yet read by the other side; 0 where that is not known.
    var unreadByteCount: Int { get }
    /// Pulls the plug: the other side sees a hang-up at once.
    func hangUp()
}
