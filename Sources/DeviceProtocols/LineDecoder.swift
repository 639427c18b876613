import VitalsModel

/// The decoder of a device that asks for nothing and sends a line of text for each reading.
protocol LineDecoder: DeviceDecoder {
    var lines: TextLines { get set }
    var link: LinkWatch { get set }
    var statistics: DecoderStatistics { get set }
    var now: BootInstant { get set }

    /// Reads a line, which begins at `offset`, and counts it or refuses it.
    mutating func read(_ text: String, offset: Int, _ events: inout [DeviceEvent])
}

extension LineDecoder {
    var nextDeadline: BootInstant? { link.deadline }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        link.open(at: now, &output.events)
        var position = 0
        while let step = lines.step(bytes, from: &position) {
            switch step {
            case .line(let text, let offset): read(text, offset: offset, &output.events)
            case .rejected(let kind, let count): statistics.reject(kind, count: count)
            }
        }
        // Each line is a reading, so that there is nothing to give anew after a silence.
        _ = link.noticeSilence(at: now, &output.events)
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput { receive([], at: instant) }
}
