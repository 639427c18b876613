import VitalsModel

/// The part that a live client and a recording share: bytes to messages, poll answers to readings, and the counts.
struct IntelliVueReceiver: Sendable {
    private var deframer = IntelliVueDeframer()
    private var numerics = IntelliVueNumerics()
    private(set) var statistics = DecoderStatistics()

    /// A message that moves the dialogue.
    enum Notice: Sendable, Hashable {
        /// A message of the session layer.
        case session(IntelliVueSessionKind)
        /// The MDS create event, to be answered under its invoke id.
        case createEvent(invokeID: UInt16)
        /// An answer with numeric values, whole or a part.
        case numerics
        /// The monitor refused a request.
        case error(code: UInt16)
        /// Any other whole frame.
        case other
    }

    /// Goes on in `bytes` to the next whole frame. Nil says that the chunk is used up. Readings are appended to `events` only
    /// when `isAssociated`.
    mutating func next(
        _ bytes: [UInt8], from position: inout Int, isAssociated: Bool, events: inout [DeviceEvent]
    ) -> Notice? {
        while let step = deframer.step(bytes, from: &position) {
            switch step {
            case .rejected(let kind, let count):
                statistics.reject(kind, count: count)
                numerics.loseFrame()
            case .frame:
                if let notice = message(isAssociated: isAssociated, events: &events) { return notice }
            }
        }
        return nil
    }

    /// Tells that the link was lost: a cuff that was running is no longer known to run.
    mutating func loseLink(events: inout [DeviceEvent]) { numerics.loseLink(events: &events) }

    private mutating func message(isAssociated: Bool, events: inout [DeviceEvent]) -> Notice? {
        guard let message = IntelliVueMessage.parse(deframer.frame, in: deframer.userData) else { return refuse() }
        statistics.frames += 1
        switch message {
        case .session(let kind): return .session(kind)
        case .operation(let operation): return self.operation(operation, isAssociated: isAssociated, events: &events)
        }
    }

    private mutating func refuse() -> Notice? {
        statistics.reject(.malformed)
        numerics.loseFrame()
        return nil
    }

    private mutating func operation(_ operation: IntelliVueOperation, isAssociated: Bool, events: inout [DeviceEvent]) -> Notice? {
        switch operation.kind {
        case .error: return .error(code: operation.command)
        case .invoke:
            guard operation.command == IntelliVueCommand.confirmedEventReport else { return .other }
            let event = IntelliVueEventReport.parse(deframer.frame, in: operation.body)
            return event?.type == IntelliVueAction.createEvent ? .createEvent(invokeID: operation.invokeID) : .other
        case .result, .linked:
            guard operation.command == IntelliVueCommand.confirmedAction else { return .other }
            return result(operation, isAssociated: isAssociated, events: &events)
        }
    }

    private mutating func result(_ operation: IntelliVueOperation, isAssociated: Bool, events: inout [DeviceEvent]) -> Notice? {
        switch IntelliVuePollAnswer.parse(deframer.frame, in: operation.body) {
        case .otherAction: return .other
        case .malformed: return refuseCounted()
        case .answer(let answer):
            guard answer.objectClass == IntelliVueClass.numerics, isAssociated else { return .other }
            let isWhole = numerics.receive(
                deframer.frame, in: answer.list, offset: deframer.frameOffset, events: &events, statistics: &statistics)
            guard isWhole else { return refuseCounted() }
            numerics.finishPart(operation, events: &events)
            return .numerics
        }
    }

    /// Refuses a frame that was already counted as good.
    private mutating func refuseCounted() -> Notice? {
        statistics.frames -= 1
        return refuse()
    }
}

/// A recording of what a monitor sent: decoded from the first whole frame on, whatever the dialogue was.
struct IntelliVueRecording: DeviceDecoder {
    private var receiver = IntelliVueReceiver()

    let nextDeadline: BootInstant? = nil
    var statistics: DecoderStatistics { receiver.statistics }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        var position = 0
        while receiver.next(bytes, from: &position, isAssociated: true, events: &output.events) != nil {}
        return output
    }

    mutating func advance(to now: BootInstant) -> DeviceOutput { DeviceOutput() }
}
