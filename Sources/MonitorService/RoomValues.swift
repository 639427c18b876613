import ControlProtocol
import AlertEngine
import VitalsModel

/// The last value of each signal in a room, for screens. Rules do not use it.
struct RoomValues: Sendable {
    private var last: [Signal: Reading] = [:]
    private var conditions: [SourceID: [Signal: SignalConditionChange]] = [:]

    mutating func note(_ reading: Reading) {
        guard reading.value != nil else { return }
        last[reading.signal] = reading
    }

    mutating func note(_ change: SignalConditionChange) { conditions[change.source, default: [:]][change.signal] = change }

    /// A source that is gone says nothing any more.
    mutating func note(_ transition: SourceTransition) {
        if transition.to == .lost || transition.to == .absent { conditions[transition.source] = nil }
    }

    /// What a source last said of its signals, in the order of its own count.
    func conditions(of source: SourceID) -> [SignalConditionChange] {
        (conditions[source] ?? [:]).values.sorted { $0.sequence < $1.sequence }
    }

    /// The values with their age. One that is too old to be current is nil: screens show `--`.
    func current(at now: BootInstant) -> [CurrentValue] {
        let said = conditions.values.reduce(into: [Signal: SignalCondition]()) { said, changes in
            for (signal, change) in changes { said[signal] = change.condition }
        }
        return Signal.allCases.compactMap { signal in
            guard last[signal] != nil || said[signal] != nil else { return nil }
            let reading = last[signal]
            let age = reading.map { now - $0.received.boot }
            let longest: Duration = signal.cadence == .streaming ? MissingRule.standardStale(period: .seconds(1)) : .seconds(3600)
            let isShown = age.map { $0 < longest } ?? false
            return CurrentValue(
                signal: signal, value: isShown ? reading?.value : nil, source: reading?.source,
                quality: isShown ? reading?.quality ?? .invalid : .invalid, age: age?.inSeconds, condition: said[signal] ?? .measuring)
        }
    }
}
