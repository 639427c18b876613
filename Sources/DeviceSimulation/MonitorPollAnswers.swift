import DeviceProtocols
import VitalsModel

extension IntelliVueMonitor {
    /// The messages that answer a poll: one result, or linked results and an empty one when that would be too long.
    mutating func answers(to request: IntelliVuePollRequest, invokeID: UInt16, sequence: UInt16, at now: BootInstant) -> [[UInt8]] {
        let numerics = request.objectClass == IntelliVueClass.numerics ? numerics(at: now) : []
        record(numerics, at: now)
        // Labels come with every attribute group but the values'; in that one with the first cycle of an extended poll only.
        let isFirstCycle = request.action == IntelliVueAction.extendedPoll && sequence == 0
        let withLabels = request.group != IntelliVueGroup.metricValues || isFirstCycle
        let head = IntelliVuePollAnswer(
            action: request.action, pollNumber: request.pollNumber, sequence: sequence, relativeTicks: clock.ticks(at: now),
            objectClass: request.objectClass, group: request.group)
        let parts = split(numerics.map { $0.object(withLabels: withLabels) })
        func message(_ kind: IntelliVueOperation.Kind, _ objects: [IntelliVueObject]) -> [UInt8] {
            IntelliVueMonitorMessages.pollAnswer(kind, invokeID: invokeID, answer: head, objects: objects)
        }
        guard parts.count > 1 else { return [message(.result, parts.first ?? [])] }
        let linked = parts.enumerated().map { index, objects in
            let state: UInt8 = index == 0 ? 1 : index == parts.count - 1 ? 3 : 2
            return message(.linked(.init(state: state, count: UInt8(truncatingIfNeeded: index + 1))), objects)
        }
        return linked + [message(.result, [])]
    }

    /// Cuts the objects into as many parts as the granted length of a message asks for.
    private func split(_ objects: [IntelliVueObject]) -> [[IntelliVueObject]] {
        // Frame, operation, action, head and list take less than 70 bytes; a context takes 6, counted for each object.
        let room = (association?.longestMessage ?? configuration.longestMessage) - 70
        var parts: [[IntelliVueObject]] = []
        var used = 0
        for object in objects {
            // Handle and head of the list are 6 bytes more.
            let size = object.attributes.reduce(12) { $0 + $1.count }
            if parts.isEmpty || used + size > room {
                parts.append([])
                used = 0
            }
            parts[parts.count - 1].append(object)
            used += size
        }
        return parts
    }

    /// Writes down what goes out, so that a test can compare it with what was stored.
    private mutating func record(_ numerics: [MonitorNumeric], at now: BootInstant) {
        for value in numerics.flatMap(\.values) {
            guard let signal = value.signal, signal.cadence == .streaming else { continue }
            lastSent[signal] = SentNumeric(value: value.rounded, sent: now)
            sentCounts[signal, default: 0] += 1
            sent.say(signal, value.rounded)
        }
        let isShown = numerics.contains { $0.measured != nil }
        guard isShown, let last = cuff.last, sentCuffMeasurements.last?.finished != last.finished else { return }
        sent.sayMeasured(last, deviceTime: last.calendar.deviceTime)
        sentCuffMeasurements.append(
            SentCuffMeasurement(
                systolic: last.systolic, diastolic: last.diastolic, mean: last.mean, deviceTime: last.calendar.deviceTime,
                finished: last.finished, firstSent: now))
    }
}
