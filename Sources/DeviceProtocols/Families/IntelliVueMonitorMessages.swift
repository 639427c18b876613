// What a monitor sends, for a simulated monitor and for tests. The reading side never uses this file.

/// One numeric value as it stands in an attribute.
public struct IntelliVueNumericValue: Sendable, Hashable {
    /// What is measured: see `IntelliVuePhysio`.
    public var physio: UInt16
    /// How far it may be trusted.
    public var state: IntelliVueMeasurementState
    /// The unit: see `IntelliVueUnit`.
    public var unit: UInt16
    /// The bits of the FLOAT: see `IntelliVueFloat.bits`.
    public var float: UInt32

    /// Creates a value.
    public init(physio: UInt16, state: IntelliVueMeasurementState = [], unit: UInt16, float: UInt32) {
        self.physio = physio
        self.state = state
        self.unit = unit
        self.float = float
    }

    /// The 10 bytes on the wire.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: physio)
        bytes.append(bigEndian: state.rawValue)
        bytes.append(bigEndian: unit)
        bytes.append(bigEndian: float)
        return bytes
    }
}

/// One object in the answer to a poll.
public struct IntelliVueObject: Sendable, Hashable {
    /// The context, in which the handle is unique.
    public var context: UInt16
    /// The handle.
    public var handle: UInt16
    /// The attributes, each built by `IntelliVueMonitorMessages` or `IntelliVueBuilder.attribute`.
    public var attributes: [[UInt8]]

    /// Creates an object.
    public init(context: UInt16, handle: UInt16, attributes: [[UInt8]]) {
        self.context = context
        self.handle = handle
        self.attributes = attributes
    }

    /// The object in a list: handle and attributes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: handle)
        return bytes + IntelliVueBuilder.attributeList(attributes)
    }
}

/// Messages of the monitor's side.
public enum IntelliVueMonitorMessages {
    /// Attribute 0950: one value.
    public static func attribute(_ value: IntelliVueNumericValue) -> [UInt8] {
        IntelliVueBuilder.attribute(IntelliVueAttribute.numericValue, value.bytes)
    }

    /// Attribute 094B: values that belong together, as the three pressures of a cuff.
    public static func attribute(_ values: [IntelliVueNumericValue]) -> [UInt8] {
        IntelliVueBuilder.attribute(IntelliVueAttribute.compoundValue, IntelliVueBuilder.attributeList(values.map(\.bytes)))
    }

    /// Attribute 0990: when a value was measured, in binary-coded decimal. Parts are taken modulo 100.
    public static func absoluteTime(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> [UInt8] {
        let parts = [year / 100, year, month, day, hour, minute, second, 0]
        return IntelliVueBuilder.attribute(IntelliVueAttribute.absoluteTime, parts.map(PackedDecimal.byte))
    }

    /// The MDS create event, which opens every association.
    public static func createEvent(invokeID: UInt16, relativeTicks: UInt32, attributes: [[UInt8]] = []) -> [UInt8] {
        var body = IntelliVueBuilder.monitorObject
        body.append(bigEndian: relativeTicks)
        body.append(bigEndian: IntelliVueAction.createEvent)
        body.append(lengthPrefixed: IntelliVueBuilder.monitorObject + IntelliVueBuilder.attributeList(attributes))
        return IntelliVueBuilder.operation(
            .invoke, invokeID: invokeID, command: IntelliVueCommand.confirmedEventReport, body: body)
    }

    /// One message of an answer to a poll: the whole, or one linked part. Objects of one context must stand together.
    public static func pollAnswer(
        _ kind: IntelliVueOperation.Kind, invokeID: UInt16, answer: IntelliVuePollAnswer, objects: [IntelliVueObject]
    ) -> [UInt8] {
        var data: [UInt8] = []
        data.append(bigEndian: answer.pollNumber)
        if answer.action == IntelliVueAction.extendedPoll { data.append(bigEndian: answer.sequence) }
        data.append(bigEndian: answer.relativeTicks)
        data += [UInt8](repeating: 0xFF, count: 8)
        data.append(bigEndian: UInt16(1))
        data.append(bigEndian: answer.objectClass)
        data.append(bigEndian: answer.group)
        data += list(objects)
        var body = IntelliVueBuilder.monitorObject
        body.append(bigEndian: answer.action)
        body.append(lengthPrefixed: data)
        return IntelliVueBuilder.operation(kind, invokeID: invokeID, command: IntelliVueCommand.confirmedAction, body: body)
    }

    /// A refusal: 10 is "processing failure", 15 "invalid argument"; others in the protocol page.
    public static func error(invokeID: UInt16, code: UInt16) -> [UInt8] {
        IntelliVueBuilder.operation(.error, invokeID: invokeID, command: code, body: [])
    }

    /// A broken-off association. The bytes after the first are those of one client in the field; only the first is looked at.
    public static let abort: [UInt8] =
        [IntelliVueSessionKind.abort.rawValue, 0x2E, 0x11, 0x01, 0x03, 0xC1, 0x29, 0xA0, 0x80] + [UInt8](repeating: 0, count: 39)

    /// A refused association; only the first byte is looked at.
    public static let refuse: [UInt8] = [IntelliVueSessionKind.refuse.rawValue, 0x00]

    private static func list(_ objects: [IntelliVueObject]) -> [UInt8] {
        var contexts: [(context: UInt16, objects: [[UInt8]])] = []
        for object in objects {
            if contexts.last?.context != object.context { contexts.append((object.context, [])) }
            contexts[contexts.count - 1].objects.append(object.bytes)
        }
        return IntelliVueBuilder.attributeList(
            contexts.map { group in
                var bytes: [UInt8] = []
                bytes.append(bigEndian: group.context)
                return bytes + IntelliVueBuilder.attributeList(group.objects)
            })
    }
}
