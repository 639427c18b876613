// What stands in the user data of a frame: session messages, operations, polls and their answers. Reading for both sides of
// the dialogue; building of what a client sends. What a monitor sends is built in IntelliVueMonitorMessages.swift.

/// One message.
public enum IntelliVueMessage: Sendable, Hashable {
    /// An operation inside the association.
    case operation(IntelliVueOperation)
    /// Anything of the session layer but data.
    case session(IntelliVueSessionKind)

    /// Reads the user data at `range`; nil when it contradicts itself.
    public static func parse(_ bytes: [UInt8], in range: Range<Int>) -> IntelliVueMessage? {
        var cursor = ByteCursor(bytes, in: range)
        guard let first = cursor.readUInt8(), let kind = IntelliVueSessionKind(rawValue: first) else { return nil }
        guard kind == .data else { return .session(kind) }
        // E1 00 is the session, 00 02 the presentation context; no other context is ever granted.
        guard cursor.skip(3) else { return nil }
        return IntelliVueOperation.parse(&cursor).map { .operation($0) }
    }
}

/// A remote operation: the frame of every request, event and answer.
public struct IntelliVueOperation: Sendable, Hashable {
    /// What the operation is.
    public enum Kind: Sendable, Hashable {
        /// A request or an event.
        case invoke
        /// An answer; the last of a linked one.
        case result
        /// A request was refused; `command` holds the error code.
        case error
        /// A part of an answer that was too long for one frame.
        case linked(LinkedPart)
    }

    /// A part of a linked answer.
    public struct LinkedPart: Sendable, Hashable {
        /// 1 first, 2 middle, 3 last.
        public var state: UInt8
        /// Counts the parts from 1.
        public var count: UInt8

        /// Creates a part.
        public init(state: UInt8, count: UInt8) {
            self.state = state
            self.count = count
        }
    }

    /// What the operation is.
    public var kind: Kind
    /// The number that pairs requests and answers.
    public var invokeID: UInt16
    /// The command, or for `.error` the error code.
    public var command: UInt16
    /// Where the argument stands in the bytes that were parsed.
    public var body: Range<Int>

    /// Reads the operation that fills the cursor to its end; nil when its lengths do not fit.
    static func parse(_ cursor: inout ByteCursor) -> IntelliVueOperation? {
        guard let type = cursor.readUInt16(), let length = cursor.readUInt16(), Int(length) == cursor.remaining else { return nil }
        guard let kind = kind(type, &cursor) else { return nil }
        guard let invokeID = cursor.readUInt16(), let command = cursor.readUInt16(), let bodyLength = cursor.readUInt16() else {
            return nil
        }
        guard Int(bodyLength) == cursor.remaining else { return nil }
        return IntelliVueOperation(kind: kind, invokeID: invokeID, command: command, body: cursor.position..<cursor.end)
    }

    private static func kind(_ type: UInt16, _ cursor: inout ByteCursor) -> Kind? {
        switch type {
        case 1: return .invoke
        case 2: return .result
        case 3: return .error
        case 5:
            guard let state = cursor.readUInt8(), let count = cursor.readUInt8() else { return nil }
            return .linked(LinkedPart(state: state, count: count))
        default: return nil
        }
    }
}

/// An event report: the only one that comes unasked is the MDS create event.
public struct IntelliVueEventReport: Sendable, Hashable {
    /// The monitor's relative time, in ticks of 1/8 ms.
    public var relativeTicks: UInt32
    /// Which event.
    public var type: UInt16

    /// Reads the body of an invoke of command 0 or 1; nil when it is cut.
    public static func parse(_ bytes: [UInt8], in body: Range<Int>) -> IntelliVueEventReport? {
        var cursor = ByteCursor(bytes, in: body)
        guard cursor.skip(6), let ticks = cursor.readUInt32(), let type = cursor.readUInt16() else { return nil }
        guard let length = cursor.readUInt16(), Int(length) == cursor.remaining else { return nil }
        return IntelliVueEventReport(relativeTicks: ticks, type: type)
    }
}

/// What a client asks for.
public struct IntelliVuePollRequest: Sendable, Hashable {
    /// `singlePoll` or `extendedPoll` of `IntelliVueAction`.
    public var action: UInt16
    /// Comes back in the answers.
    public var pollNumber: UInt16
    /// The class of the objects.
    public var objectClass: UInt16
    /// The group of attributes.
    public var group: UInt16
    /// How long answers are wanted, in ticks of 1/8 ms; nil in a single poll, and in an extended poll for one answer.
    public var periodTicks: UInt32?

    /// Creates a request.
    public init(action: UInt16, pollNumber: UInt16, objectClass: UInt16, group: UInt16, periodTicks: UInt32? = nil) {
        self.action = action
        self.pollNumber = pollNumber
        self.objectClass = objectClass
        self.group = group
        self.periodTicks = periodTicks
    }

    /// Reads the body of an invoke of command 7; nil when it is no poll or is cut.
    public static func parse(_ bytes: [UInt8], in body: Range<Int>) -> IntelliVuePollRequest? {
        var cursor = ByteCursor(bytes, in: body)
        guard cursor.skip(10), let action = cursor.readUInt16(), let length = cursor.readUInt16() else { return nil }
        guard action == IntelliVueAction.singlePoll || action == IntelliVueAction.extendedPoll else { return nil }
        guard Int(length) == cursor.remaining, let number = cursor.readUInt16(), cursor.skip(2) else { return nil }
        guard let objectClass = cursor.readUInt16(), let group = cursor.readUInt16() else { return nil }
        var request = IntelliVuePollRequest(action: action, pollNumber: number, objectClass: objectClass, group: group)
        guard cursor.remaining >= 4, cursor.skip(4) else { return request }
        while let id = cursor.readUInt16(), let size = cursor.readUInt16(), var value = cursor.read(Int(size)) {
            if id == IntelliVueAttribute.timePeriod { request.periodTicks = value.readUInt32() }
        }
        return request
    }

    /// The user data of the request.
    public func message(invokeID: UInt16) -> [UInt8] {
        var argument: [UInt8] = []
        argument.append(bigEndian: pollNumber)
        argument.append(bigEndian: UInt16(1))
        argument.append(bigEndian: objectClass)
        argument.append(bigEndian: group)
        if action == IntelliVueAction.extendedPoll { argument += IntelliVueBuilder.attributeList(periodAttribute) }
        var body = IntelliVueBuilder.monitorObject
        body.append(bigEndian: UInt32(0))
        body.append(bigEndian: action)
        body.append(lengthPrefixed: argument)
        return IntelliVueBuilder.operation(.invoke, invokeID: invokeID, command: IntelliVueCommand.confirmedAction, body: body)
    }

    private var periodAttribute: [[UInt8]] {
        guard let periodTicks else { return [] }
        var value: [UInt8] = []
        value.append(bigEndian: periodTicks)
        return [IntelliVueBuilder.attribute(IntelliVueAttribute.timePeriod, value)]
    }
}

/// The head of an answer to a poll, and where its list of objects stands.
public struct IntelliVuePollAnswer: Sendable, Hashable {
    /// `singlePoll` or `extendedPoll` of `IntelliVueAction`.
    public var action: UInt16
    /// The poll that it answers.
    public var pollNumber: UInt16
    /// Counts the cycles of an extended poll; 0 in a single one.
    public var sequence: UInt16
    /// The monitor's relative time, in ticks of 1/8 ms.
    public var relativeTicks: UInt32
    /// The class of the objects.
    public var objectClass: UInt16
    /// The group of attributes.
    public var group: UInt16
    /// Where the list of objects stands in the bytes that were parsed.
    public var list: Range<Int>

    /// Creates the head of an answer.
    public init(
        action: UInt16, pollNumber: UInt16, sequence: UInt16 = 0, relativeTicks: UInt32, objectClass: UInt16, group: UInt16,
        list: Range<Int> = 0..<0
    ) {
        self.action = action
        self.pollNumber = pollNumber
        self.sequence = sequence
        self.relativeTicks = relativeTicks
        self.objectClass = objectClass
        self.group = group
        self.list = list
    }

    /// What the body of a result of command 7 is.
    public enum Parsed: Sendable, Hashable {
        /// An answer to a poll.
        case answer(IntelliVuePollAnswer)
        /// The result of another action.
        case otherAction
        /// Its lengths contradict each other.
        case malformed
    }

    /// Reads the body of a result or linked result of command 7.
    public static func parse(_ bytes: [UInt8], in body: Range<Int>) -> Parsed {
        var cursor = ByteCursor(bytes, in: body)
        guard cursor.skip(6), let action = cursor.readUInt16(), let length = cursor.readUInt16() else { return .malformed }
        guard Int(length) == cursor.remaining else { return .malformed }
        guard action == IntelliVueAction.singlePoll || action == IntelliVueAction.extendedPoll else { return .otherAction }
        guard let number = cursor.readUInt16() else { return .malformed }
        var sequence: UInt16 = 0
        if action == IntelliVueAction.extendedPoll {
            guard let counted = cursor.readUInt16() else { return .malformed }
            sequence = counted
        }
        // Relative time, 8 bytes of absolute time (all FF on the devices seen), the partition.
        guard let ticks = cursor.readUInt32(), cursor.skip(10) else { return .malformed }
        guard let objectClass = cursor.readUInt16(), let group = cursor.readUInt16() else { return .malformed }
        return .answer(
            IntelliVuePollAnswer(
                action: action, pollNumber: number, sequence: sequence, relativeTicks: ticks, objectClass: objectClass, group: group,
                list: cursor.position..<cursor.end))
    }
}

/// Pieces that both sides build their messages from.
public enum IntelliVueBuilder {
    /// The managed object "the monitor": class 21h, context 0, handle 0.
    public static let monitorObject: [UInt8] = [0x00, 0x21, 0x00, 0x00, 0x00, 0x00]

    /// The user data of an operation.
    public static func operation(_ kind: IntelliVueOperation.Kind, invokeID: UInt16, command: UInt16, body: [UInt8]) -> [UInt8] {
        var inner: [UInt8] = []
        if case .linked(let part) = kind { inner += [part.state, part.count] }
        inner.append(bigEndian: invokeID)
        inner.append(bigEndian: command)
        inner.append(lengthPrefixed: body)
        var message: [UInt8] = [IntelliVueSessionKind.data.rawValue, 0x00, 0x00, 0x02]
        message.append(bigEndian: typeNumber(kind))
        message.append(lengthPrefixed: inner)
        return message
    }

    private static func typeNumber(_ kind: IntelliVueOperation.Kind) -> UInt16 {
        switch kind {
        case .invoke: 1
        case .result: 2
        case .error: 3
        case .linked: 5
        }
    }

    /// One attribute: id, length, value.
    public static func attribute(_ id: UInt16, _ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: id)
        bytes.append(lengthPrefixed: value)
        return bytes
    }

    /// An attribute list: count, length, attributes.
    public static func attributeList(_ attributes: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: attributes.count))
        bytes.append(lengthPrefixed: attributes.reduce(into: []) { $0 += $1 })
        return bytes
    }

    /// The answer that the create event wants; without it the monitor repeats the event and serves no poll.
    public static func createEventResult(invokeID: UInt16) -> [UInt8] {
        var body = monitorObject
        // The time of the answer; 0 was accepted by the monitor of the recording.
        body.append(bigEndian: UInt32(0))
        body.append(bigEndian: IntelliVueAction.createEvent)
        body.append(bigEndian: UInt16(0))
        return operation(.result, invokeID: invokeID, command: IntelliVueCommand.confirmedEventReport, body: body)
    }
}
