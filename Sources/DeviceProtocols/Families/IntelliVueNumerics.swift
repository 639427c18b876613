import VitalsModel

/// Turns the lists of poll answers into readings. It remembers what is needed to say things once: the state of each signal,
/// which object gives it, and the last measurement of each cuff.
struct IntelliVueNumerics: Sendable {
    private var list = IntelliVueNumericList()
    private var conditions: [SignalCondition?] = Array(repeating: nil, count: Signal.allCases.count)
    /// The object that gives each streaming signal.
    private var givers: [UInt32?] = Array(repeating: nil, count: Signal.allCases.count)
    private var cuffs: [IntelliVueCuff] = []
    private var cycle = IntelliVueCycle()

    /// A monitor has one cuff; a few more are followed in case it shows one in two contexts.
    private static let cuffLimit = 4

    /// Reads the list of one answer and appends what it says; false when its lengths contradict each other, and then nothing
    /// of it is used.
    mutating func receive(
        _ bytes: [UInt8], in range: Range<Int>, offset: Int, events: inout [DeviceEvent], statistics: inout DecoderStatistics
    ) -> Bool {
        guard list.read(bytes, in: range) else { return false }
        var report = IntelliVueReport(offset: offset, events: events, statistics: statistics)
        events = []
        var index = 0
        while index < list.values.count {
            let value = list.values[index]
            if let part = IntelliVueCuff.part(value.physio) {
                let object = index..<endOfCuff(from: index)
                receiveCuff(object, first: part, &report)
                index = object.upperBound
            } else {
                receiveStreaming(value, &report)
                index += 1
            }
        }
        events = report.events
        statistics = report.statistics
        return true
    }

    /// Tells which part of a poll cycle was received, so that a signal that is no longer sent is noticed.
    mutating func finishPart(_ operation: IntelliVueOperation, events: inout [DeviceEvent]) {
        guard cycle.finishPart(operation) else { return }
        for signal in Signal.allCases where signal.cadence == .streaming {
            let giver = givers[signal.ordinal]
            if giver != nil, cycle.missedTwice(signal.ordinal) {
                givers[signal.ordinal] = nil
                note(.unavailable, of: signal, &events)
            }
        }
        cycle.begin()
    }

    /// Tells that a frame was lost: the cycle says nothing about what is missing.
    mutating func loseFrame() { cycle.loseFrame() }

    /// Tells that the link was lost: a cuff that was running is no longer known to run.
    mutating func loseLink(events: inout [DeviceEvent]) {
        cycle.loseFrame()
        for index in cuffs.indices where cuffs[index].isMeasuring {
            cuffs[index].isMeasuring = false
            events.append(.cuff(.idle, failure: "the link was lost during the measurement"))
        }
    }

    private mutating func receiveStreaming(_ value: IntelliVueObservation, _ report: inout IntelliVueReport) {
        guard let signal = IntelliVueMeaning.streamingSignal(value.physio) else { return }
        let meaning = IntelliVueMeaning(value, signal)
        guard takes(value, signal, isUsable: meaning.isUsable) else { return }
        cycle.see(signal.ordinal)
        if case .implausible = meaning {
            report.statistics.reject(.implausible)
            return
        }
        note(meaning.condition(of: value, signal), of: signal, &report.events)
        report.give(signal, meaning, time: nil)
    }

    /// Two objects may carry one signal (two sensors, two contexts). The one that gave it first goes on giving it, until it has
    /// no value and the other has.
    private mutating func takes(_ value: IntelliVueObservation, _ signal: Signal, isUsable: Bool) -> Bool {
        let giver = givers[signal.ordinal]
        if giver == nil
            || (giver != value.object && isUsable && conditions[signal.ordinal].map { $0 != .measuring && $0 != .demo } ?? false)
        {
            givers[signal.ordinal] = value.object
        }
        return givers[signal.ordinal] == value.object
    }

    private mutating func note(_ condition: SignalCondition, of signal: Signal, _ events: inout [DeviceEvent]) {
        guard conditions[signal.ordinal] != condition else { return }
        conditions[signal.ordinal] = condition
        events.append(.signalCondition(signal, condition))
    }

    private func endOfCuff(from start: Int) -> Int {
        var end = start + 1
        while end < list.values.count, list.values[end].object == list.values[start].object,
            IntelliVueCuff.part(list.values[end].physio) != nil
        { end += 1 }
        return end
    }

    private mutating func receiveCuff(_ range: Range<Int>, first: Int, _ report: inout IntelliVueReport) {
        guard let place = cuffPlace(list.values[range.lowerBound].object) else { return }
        let isMeasuring = range.contains { list.values[$0].state.contains(.ongoing) }
        if isMeasuring, !cuffs[place].isMeasuring {
            cuffs[place].begin()
            report.events.append(.cuff(.measuring, failure: nil))
        }
        let hasEnded = !isMeasuring && cuffs[place].isMeasuring
        if hasEnded { cuffs[place].end() }
        for index in range { receivePressure(list.values[index], place, &report) }
        if hasEnded {
            let failure = cuffs[place].hasGivenSinceStart ? nil : "the monitor ended the measurement without new values"
            report.events.append(.cuff(.idle, failure: failure))
        }
    }

    private mutating func cuffPlace(_ object: UInt32) -> Int? {
        if let place = cuffs.firstIndex(where: { $0.object == object }) { return place }
        guard cuffs.count < Self.cuffLimit else { return nil }
        cuffs.append(IntelliVueCuff(object: object))
        return cuffs.count - 1
    }

    private mutating func receivePressure(_ value: IntelliVueObservation, _ place: Int, _ report: inout IntelliVueReport) {
        guard let part = IntelliVueCuff.part(value.physio) else { return }
        let signal = IntelliVueCuff.signals[part]
        let meaning = IntelliVueMeaning(value, signal)
        switch meaning {
        case .implausible:
            if cuffs[place].isNew(value, part) { report.statistics.reject(.implausible) }
        case .unusable:
            // While the cuff runs the monitor has no value; that is no fault.
            if !value.state.contains(.ongoing) { note(meaning.condition(of: value, signal), of: signal, &report.events) }
        case .usable:
            note(meaning.condition(of: value, signal), of: signal, &report.events)
            guard cuffs[place].isNew(value, part) else { return }
            cuffs[place].hasGivenSinceStart = true
            report.give(signal, meaning, time: value.deviceTime)
        }
    }
}

/// What one frame adds: events and counts.
struct IntelliVueReport {
    /// Offset of the frame.
    let offset: Int
    var events: [DeviceEvent]
    var statistics: DecoderStatistics

    mutating func give(_ signal: Signal, _ meaning: IntelliVueMeaning, time: DeviceTime?) {
        statistics.readings += 1
        events.append(
            .reading(
                DecodedReading(offset: offset, signal: signal, value: meaning.value, quality: meaning.quality, deviceTime: time)))
    }
}

/// Which streaming signals a poll cycle held. A cycle is over at the result that ends it; a signal that was sent before and is
/// missing from two whole cycles in a row is no longer measured.
struct IntelliVueCycle: Sendable {
    private var seen: UInt16 = 0
    private var seenBefore: UInt16 = .max
    private var isWhole = true
    private var parts: UInt8 = 0
    private var invokeID: UInt16?

    mutating func see(_ ordinal: Int) { seen |= 1 << UInt16(ordinal) }

    mutating func loseFrame() { isWhole = false }

    func missedTwice(_ ordinal: Int) -> Bool { (seen | seenBefore) & (1 << UInt16(ordinal)) == 0 }

    /// Counts a part; true when the cycle is over and nothing of it was lost.
    mutating func finishPart(_ operation: IntelliVueOperation) -> Bool {
        if let invokeID, invokeID != operation.invokeID { isWhole = false }
        invokeID = operation.invokeID
        if case .linked(let part) = operation.kind {
            parts &+= 1
            if part.count != parts { isWhole = false }
            return false
        }
        defer { if !isWhole { begin(afterWhole: false) } }
        return isWhole
    }

    /// Starts the next cycle after a whole one.
    mutating func begin() { begin(afterWhole: true) }

    private mutating func begin(afterWhole: Bool) {
        seenBefore = afterWhole ? seen : .max
        seen = 0
        parts = 0
        isWhole = true
        invokeID = nil
    }
}
