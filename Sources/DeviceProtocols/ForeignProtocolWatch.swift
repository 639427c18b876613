import VitalsModel

/// Notices a device that speaks, but not the protocol of the family that it is configured as, and says what to do.
///
/// Looked at in stretches of a few seconds, so that a burst of noise is not taken for a wrong device, and bytes that happen to
/// look like a frame do not hide one.
public struct ForeignProtocolWatch: Sendable {
    /// How long a device may speak without being understood.
    public static let patience = Duration.seconds(5)
    /// Fewer bytes than this are noise of a cable.
    private static let fewestBytes = 64
    /// No frame of any family is longer; among so many bytes there must be a whole one.
    private static let longestFrame = 4096
    /// How often the other families are asked again while nothing is understood.
    private static let interval = Duration.seconds(60)

    /// What is wrong and what to do, or nil while all is well.
    public private(set) var words: String?
    private let family: String
    private let others: [DeviceFamily]
    private var start: BootInstant?
    private var bytes = 0
    private var framesAtStart = 0
    private var sample: [UInt8] = []
    private var askAgain: BootInstant?
    /// The families that were named last; nil before the first complaint.
    private var named: [String]?

    /// Creates the watch of a port that was just opened.
    public init(family: String, others: [DeviceFamily] = DeviceCatalog.families) {
        self.family = family
        self.others = others.filter { $0.id != family }
    }

    /// Takes what was just received.
    ///
    /// - Parameters:
    ///   - received: the bytes.
    ///   - frames: how many frames the source's own decoder has accepted since the port was opened, these bytes included.
    ///   - now: when they came.
    /// - Returns: whether `words` changed to something that is worth an entry.
    public mutating func take(_ received: [UInt8], frames: Int, at now: BootInstant) -> Bool {
        let start = start ?? now
        if self.start == nil { self.start = start }
        bytes += received.count
        keep(received, isUnderstood: frames > framesAtStart)
        if words != nil, frames - framesAtStart >= FamilyEvidence.fewestFrames { words = nil }
        guard now - start >= Self.patience else { return false }
        guard bytes >= Self.fewestBytes else {
            if now - start >= Self.patience * 4 { (self.start, bytes, framesAtStart) = (now, 0, frames) }
            return false
        }
        let isForeign = (frames - framesAtStart) * Self.longestFrame < bytes
        let isNews = isForeign && complain(at: now)
        if !isForeign { (words, askAgain, named) = (nil, nil, nil) }
        (self.start, bytes, framesAtStart) = (now, 0, frames)
        return isNews
    }

    private mutating func keep(_ received: [UInt8], isUnderstood: Bool) {
        if isUnderstood { return sample.removeAll(keepingCapacity: true) }
        sample += received.suffix(Self.longestFrame)
        if sample.count > Self.longestFrame { sample.removeFirst(sample.count - Self.longestFrame) }
    }

    private mutating func complain(at now: BootInstant) -> Bool {
        if words != nil, let askAgain, now < askAgain { return false }
        askAgain = now + Self.interval
        let found = FamilyListener.families(in: sample, among: others).map(\.family)
        let what = "\(bytes) bytes in \(Self.patience.components.seconds) s and hardly a whole frame of \(family)"
        if found.isEmpty {
            words =
                "\(what), nor of another family: check the device's output setting, the line (baud, parity) and the cable; "
                + "vigil device probe tries all of them, once the source is taken out of vigil.yaml"
        } else {
            words =
                "\(what); they look like \(found.joined(separator: " or ")): correct `family` of this source in vigil.yaml, "
                + "or `match` if it is the wrong port"
        }
        defer { named = found }
        return named != found
    }
}
