import VitalsModel

/// The device's side of one protocol as a state machine without I/O: bytes and time in, bytes out.
public protocol SimulatedDevice: Sendable {
    /// Takes bytes from the client at `now`.
    ///
    /// - Returns: what the device sends, whole frames, in order.
    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]]

    /// Does everything that is due up to `now`, in the order of time.
    ///
    /// - Returns: what the device sends, whole frames, in order.
    mutating func advance(to now: BootInstant) -> [[UInt8]]

    /// When `advance` wants to be called next, or nil when only bytes matter.
    var nextDeadline: BootInstant? { get }

    /// What the device has said of the patient, in the order in which it said it.
    var sent: SentValues { get }
}
