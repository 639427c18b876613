import DeviceProtocols
import VitalsModel

/// What a numeric object of the monitor is, apart from its values.
struct MonitorObjectKind: Sendable, Hashable {
    /// Where the object lives; handles are unique only within their context.
    let context: UInt16
    /// The handle.
    let handle: UInt16
    /// The unit's code.
    let unit: UInt16
    /// The attributes that say what it is, coded once since they never change.
    let labels: [[UInt8]]

    init(context: UInt16, handle: UInt16, label: UInt32, text: String, unit: UInt16) {
        (self.context, self.handle, self.unit) = (context, handle, unit)
        labels = [
            IntelliVueBuilder.attribute(IntelliVueAttribute.handle, numbers: handle),
            // Type: partition 1, class 6.
            IntelliVueBuilder.attribute(0x092F, numbers: UInt16(1), IntelliVueClass.numerics),
            // Metric spec: update period 8192 ticks; the rest as in the LAN recording.
            IntelliVueBuilder.attribute(0x093F, numbers: UInt32(8192), UInt32(0x0001_4228), UInt32(0)),
            IntelliVueBuilder.attribute(IntelliVueAttribute.label, numbers: label),
            IntelliVueBuilder.attribute(IntelliVueAttribute.labelText, wideText: text),
            IntelliVueBuilder.attribute(IntelliVueAttribute.unit, numbers: unit),
        ]
    }

    static let heartRate = Self(context: 0, handle: 0x8101, label: 0x0002_4182, text: "HR", unit: IntelliVueUnit.beatsPerMinute)
    static let ectopics = Self(context: 0, handle: 0x8102, label: 0x0002_4261, text: "PVC", unit: IntelliVueUnit.beatsPerMinute)
    static let respRate = Self(context: 0, handle: 0x8103, label: 0x0002_500A, text: "RR", unit: IntelliVueUnit.breathsPerMinute)
    static let spo2 = Self(context: 0, handle: 0x8110, label: 0x0002_4BB8, text: "SpO2", unit: IntelliVueUnit.percent)
    static let pulseRate = Self(context: 0, handle: 0x8111, label: 0x0002_4822, text: "Pulse", unit: IntelliVueUnit.beatsPerMinute)
    static let perfusion = Self(context: 0, handle: 0x8112, label: 0x0002_4BB0, text: "Perf", unit: IntelliVueUnit.dimensionless)
    /// The same handle as the heart rate, in another context.
    static let cuff = Self(context: 1, handle: 0x8101, label: 0x0002_4A04, text: "NBP", unit: IntelliVueUnit.millimetresOfMercury)
}

/// One numeric object of the monitor in one cycle.
struct MonitorNumeric: Sendable, Hashable {
    /// What it is.
    var kind: MonitorObjectKind
    /// The values in the order of the wire; several make a compound.
    var values: [MonitorValue]
    /// When the values were measured; only the cuff tells.
    var measured: MonitorCalendar?

    /// The object as it goes out: the observed values, and with labels also what it is.
    func object(withLabels: Bool) -> IntelliVueObject {
        IntelliVueObject(context: kind.context, handle: kind.handle, attributes: (withLabels ? kind.labels : []) + observed)
    }

    private var observed: [[UInt8]] {
        let coded = values.map { $0.coded(unit: kind.unit) }
        guard let first = coded.first else { return [] }
        let attribute = coded.count == 1 ? IntelliVueMonitorMessages.attribute(first) : IntelliVueMonitorMessages.attribute(coded)
        return [attribute] + (measured.map { [$0.attribute] } ?? [])
    }
}

/// One value with its state.
struct MonitorValue: Sendable, Hashable {
    /// The physiological identifier.
    var physio: UInt16
    /// The measurement state.
    var state: IntelliVueMeasurementState
    /// The number, or nil for not-a-number.
    var number: Double?
    /// Decimals on the wire.
    var decimals = 0
    /// The signal, or nil for what Vigil does not read.
    var signal: Signal?

    /// The number as it goes out.
    var rounded: Double? {
        guard case .number(let sent) = IntelliVueFloat.meaning(of: IntelliVueFloat.bits(of: number, decimals: decimals)) else { return nil }
        return sent
    }

    func coded(unit: UInt16) -> IntelliVueNumericValue {
        IntelliVueNumericValue(physio: physio, state: state, unit: unit, float: IntelliVueFloat.bits(of: number, decimals: decimals))
    }
}

extension IntelliVueMonitor {
    /// The numeric objects as they stand at `now`.
    func numerics(at now: BootInstant) -> [MonitorNumeric] {
        let clock = now - configuration.start
        let patient = configuration.patient.state(at: clock)
        let script = configuration.patient.script
        let ecgOff = script.isSensorOff(.ecg, at: clock, device: configuration.name)
        let clipOff = script.isSensorOff(.spo2, at: clock, device: configuration.name)
        func one(
            _ kind: MonitorObjectKind, _ physio: UInt16, _ number: Double, _ signal: Signal?, off: Bool, decimals: Int = 0
        ) -> MonitorNumeric {
            let value = MonitorValue(
                physio: physio, state: off ? .invalid : baseState, number: off ? nil : number, decimals: decimals, signal: signal)
            return MonitorNumeric(kind: kind, values: [value])
        }
        return [
            one(.heartRate, IntelliVuePhysio.heartRate, patient.heartRate, .heartRate, off: ecgOff),
            // Ventricular ectopics, which Vigil does not read.
            one(.ectopics, 0x4261, 0, nil, off: ecgOff),
            one(.respRate, IntelliVuePhysio.respRate, patient.respRate, .respRate, off: ecgOff),
            one(.spo2, IntelliVuePhysio.spo2, patient.spo2.rounded(), .spo2, off: clipOff, decimals: 1),
            one(.pulseRate, IntelliVuePhysio.pulseRate, patient.heartRate, .pulseRate, off: clipOff),
            one(.perfusion, IntelliVuePhysio.perfusionIndex, patient.perfusionIndex, .perfusionIndex, off: clipOff, decimals: 2),
            cuffNumeric(isShown: !script.isResendingCuff(at: clock, device: configuration.name)),
        ]
    }

    /// The cuff's object: the last result with its time, also while the next measurement runs; before the first, no number.
    private func cuffNumeric(isShown: Bool) -> MonitorNumeric {
        guard cuff.last != nil || cuff.isMeasuring else { return MonitorNumeric(kind: .cuff, values: []) }
        let last = isShown ? cuff.last : nil
        let running: IntelliVueMeasurementState = cuff.isMeasuring ? .ongoing : []
        let state = (last == nil ? .unavailable : baseState).union(running)
        let parts: [(UInt16, Signal, Double?)] = [
            (IntelliVuePhysio.nibpSystolic, .nibpSystolic, last?.systolic),
            (IntelliVuePhysio.nibpDiastolic, .nibpDiastolic, last?.diastolic),
            (IntelliVuePhysio.nibpMean, .nibpMean, last?.mean),
        ]
        let values = parts.map { MonitorValue(physio: $0.0, state: state, number: $0.2, signal: $0.1) }
        return MonitorNumeric(kind: .cuff, values: values, measured: last?.calendar)
    }

    private var baseState: IntelliVueMeasurementState { configuration.isDemonstration ? .demo : [] }
}
