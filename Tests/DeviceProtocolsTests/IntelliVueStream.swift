import DeviceProtocols
import VitalsModel

/// Streams of a made-up monitor, for tests: one extended poll, cycle by cycle.
struct IntelliVueStream {
    var bytes: [UInt8] = []
    private var sequence: UInt16 = 0

    /// One value of a streaming signal as an object of its own.
    static func object(
        _ physio: UInt16, _ number: Double?, state: IntelliVueMeasurementState = [], unit: UInt16 = IntelliVueUnit.beatsPerMinute,
        context: UInt16 = 1, handle: UInt16? = nil
    ) -> IntelliVueObject {
        let value = IntelliVueNumericValue(physio: physio, state: state, unit: unit, float: IntelliVueFloat.bits(of: number, decimals: 1))
        return IntelliVueObject(context: context, handle: handle ?? physio, attributes: [IntelliVueMonitorMessages.attribute(value)])
    }

    /// A cuff with its three pressures; `minute` makes the time stamp, nil none.
    static func cuff(
        _ systolic: Double?, _ diastolic: Double?, _ mean: Double?, state: IntelliVueMeasurementState = [], minute: Int?,
        unit: UInt16 = IntelliVueUnit.millimetresOfMercury
    ) -> IntelliVueObject {
        let values = zip(
            [IntelliVuePhysio.nibpSystolic, IntelliVuePhysio.nibpDiastolic, IntelliVuePhysio.nibpMean], [systolic, diastolic, mean]
        )
        .map { IntelliVueNumericValue(physio: $0, state: state, unit: unit, float: IntelliVueFloat.bits(of: $1, decimals: 1)) }
        var attributes = [IntelliVueMonitorMessages.attribute(values)]
        if let minute {
            attributes.append(
                IntelliVueMonitorMessages.absoluteTime(year: 2024, month: 2, day: 29, hour: 23, minute: minute, second: 5))
        }
        return IntelliVueObject(context: 1, handle: 0x8272, attributes: attributes)
    }

    /// One cycle as frames: a linked part for each group of objects, then the empty result that ends it.
    static func cycle(_ parts: [[IntelliVueObject]], sequence: UInt16 = 0) -> [UInt8] {
        let answer = IntelliVuePollAnswer(
            action: IntelliVueAction.extendedPoll, pollNumber: 1, sequence: sequence, relativeTicks: UInt32(sequence) * 8192,
            objectClass: IntelliVueClass.numerics, group: IntelliVueGroup.everything)
        var bytes: [UInt8] = []
        for (index, objects) in parts.enumerated() {
            let state: UInt8 = index == parts.count - 1 ? 3 : index == 0 ? 1 : 2
            let part = IntelliVueOperation.LinkedPart(state: state, count: UInt8(index + 1))
            bytes += IntelliVueFrame.encode(
                IntelliVueMonitorMessages.pollAnswer(.linked(part), invokeID: 1, answer: answer, objects: objects))
        }
        return bytes + IntelliVueFrame.encode(IntelliVueMonitorMessages.pollAnswer(.result, invokeID: 1, answer: answer, objects: []))
    }

    /// Appends a cycle of one part.
    mutating func add(_ objects: IntelliVueObject...) {
        bytes += Self.cycle([objects], sequence: sequence)
        sequence += 1
    }

    /// What an offline decoder says of the stream.
    var events: [DeviceEvent] {
        get throws {
            var decoding = try OfflineDecoding(IntelliVue.family)
            return decoding.events(from: bytes)
        }
    }

    /// The readings among them.
    var readings: [DecodedReading] { get throws { try IntelliVue.family.decodeOffline([bytes]).readings } }

    /// The events that are no readings.
    var notes: [DeviceEvent] {
        get throws { try events.filter { if case .reading = $0 { false } else { true } } }
    }
}

extension DeviceOutput {
    /// The readings of an output.
    var readings: [DecodedReading] { events.compactMap { if case .reading(let reading) = $0 { reading } else { nil } } }

    /// The states of the link that it tells, in order.
    var links: [LinkState] { events.compactMap { if case .link(let state, _) = $0 { state } else { nil } } }
}
