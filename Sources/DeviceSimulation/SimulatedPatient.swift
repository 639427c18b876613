import VitalsModel

/// One patient with what the script does to them: a pure function of the session's simulated clock.
public struct SimulatedPatient: Sendable, Hashable {
    /// The undisturbed course.
    public var model: PatientModel
    /// What happens when.
    public var script: SimulationScript
    /// When on the session's clock the first dose is given; clock 0 is the moment when the devices are put on.
    public var firstDose: Duration

    /// Creates a patient.
    public init(model: PatientModel, script: SimulationScript, firstDose: Duration) {
        self.model = model
        self.script = script
        self.firstDose = firstDose
    }

    /// What the sensors would find at a time of the session's clock.
    public func state(at clock: Duration) -> PatientState {
        let sinceDose = clock - firstDose
        return model.addingNoise(to: script.disturbing(model.trend(sinceFirstDose: sinceDose), at: clock), at: sinceDose)
    }

    /// The demonstration's patient of a seed (`SessionTimeline.demonstration`, `SimulationScript.demonstration`).
    public static func demonstration(seed: UInt64) -> SimulatedPatient {
        SimulatedPatient(
            model: PatientModel(seed: seed), script: .demonstration, firstDose: SessionTimeline.demonstration.start(of: .dosing) ?? .zero)
    }
}
