import VitalsModel

/// One packet of oximeters that send five bytes: one with bit 7, four without.
struct FiveByteFrame: Sendable {
    /// Where its first byte stands in the stream.
    var offset: Int
    var bytes: (UInt8, UInt8, UInt8, UInt8, UInt8)

    /// Eight bits: the highest is bit 6 of the third byte.
    var rate: UInt8 { (bytes.2 & 0x40) << 1 | bytes.3 }
    /// Seven bits.
    var saturation: UInt8 { bytes.4 }
}

/// Decodes a stream of `FiveByteFrame`; what the flags mean is the family's.
struct FiveByteDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private let meaning: @Sendable (FiveByteFrame) -> OximeterPacket
    private let wake: [UInt8]?
    private var oximeter: OximeterTeller
    private var link: LinkWatch
    private var wakeDue: BootInstant?
    private var now = BootInstant(nanoseconds: .min / 2)
    /// The packet in work, and how much of it there is.
    private var held = FiveByteFrame(offset: 0, bytes: (0, 0, 0, 0, 0))
    private var count = 0
    /// Stream offset of the next byte.
    private var offset = 0

    private static let silence = Duration.seconds(3)

    init(
        _ mode: DecoderMode, packetsPerSecond: Int, wake: [UInt8]? = nil, meaning: @escaping @Sendable (FiveByteFrame) -> OximeterPacket
    ) {
        self.meaning = meaning
        self.wake = mode == .live ? wake : nil
        oximeter = OximeterTeller(mode, packetsPerSecond: packetsPerSecond)
        link = LinkWatch(mode, silence: Self.silence, device: "the oximeter")
    }

    var nextDeadline: BootInstant? { [link.deadline, wakeDue].compactMap(\.self).min() }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        now = max(now, instant)
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        for byte in bytes { take(byte, &output.events) }
        goOn(&output)
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput {
        now = max(now, instant)
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        goOn(&output)
        return output
    }

    private mutating func goOn(_ output: inout DeviceOutput) {
        if link.noticeSilence(at: now, &output.events) { oximeter.forget() }
        guard let wake, now >= wakeDue ?? now else { return }
        wakeDue = now + Self.silence
        output.bytesToSend.append(wake)
    }

    private mutating func take(_ byte: UInt8, _ events: inout [DeviceEvent]) {
        offset &+= 1
        if byte & 0x80 != 0 {
            if count > 0 { refuse(.truncated) }
            held.offset = offset - 1
            count = 0
        } else if count == 0 {
            return refuse(.garbage)
        }
        switch count {
        case 0: held.bytes.0 = byte
        case 1: held.bytes.1 = byte
        case 2: held.bytes.2 = byte
        case 3: held.bytes.3 = byte
        default: held.bytes.4 = byte
        }
        count += 1
        if count == 5 { finish(&events) }
    }

    private mutating func finish(_ events: inout [DeviceEvent]) {
        count = 0
        statistics.frames += 1
        link.heard(at: now, &events)
        if wake != nil { wakeDue = now + Self.silence }
        oximeter.tell(meaning(held), at: now, &events, &statistics)
    }

    private mutating func refuse(_ kind: FrameRejection) {
        statistics.reject(kind)
        oximeter.doubt()
    }
}
