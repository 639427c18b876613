import VitalsModel

/// The state of the link to a device that sends by itself: waiting, streaming, silent for too long. An offline decoding has none.
public struct LinkWatch: Sendable {
    /// Where the link stands; nil before the port was opened, and offline.
    public private(set) var state: LinkState?
    /// When the link counts as silent; nil when it already does, or before the port was opened.
    public private(set) var deadline: BootInstant?
    private let isLive: Bool
    private let silence: Duration
    private let device: String

    /// Creates a watch.
    ///
    /// - Parameters:
    ///   - mode: an offline decoding says nothing of its link.
    ///   - silence: how long the device may say nothing that is whole.
    ///   - device: what it is in words, as in "the oximeter".
    public init(_ mode: DecoderMode, silence: Duration, device: String) {
        isLive = mode == .live
        self.silence = silence
        self.device = device
    }

    /// To be called first in `receive` and `advance`: notes that the port was opened.
    public mutating func open(at now: BootInstant, _ events: inout [DeviceEvent]) {
        guard isLive, state == nil else { return }
        deadline = now + silence
        say(.negotiating, "waiting for \(device)", &events)
    }

    /// Something whole came.
    public mutating func heard(at now: BootInstant, _ events: inout [DeviceEvent]) {
        guard isLive else { return }
        deadline = now + silence
        say(.streaming, "\(device) sends", &events)
    }

    /// To be called last in `receive` and `advance`.
    ///
    /// - Returns: whether the link has just fallen silent, so that the next value is news again.
    public mutating func noticeSilence(at now: BootInstant, _ events: inout [DeviceEvent]) -> Bool {
        guard let deadline, now >= deadline else { return false }
        self.deadline = nil
        say(.stale, "nothing whole from \(device) for \(silence.components.seconds) s", &events)
        return true
    }

    private mutating func say(_ next: LinkState, _ reason: String, _ events: inout [DeviceEvent]) {
        guard state != next else { return }
        state = next
        events.append(.link(next, reason: reason))
    }
}
