import VitalsModel

/// A patient during an infusion of ketamine: a pure function of the seed and of the time since the first dose.
///
/// The course is that of clinical.md, section 1: in 2342 infusions over 40 min the pressure rose by 16 / 11 mmHg on average with the
/// peak at 40 min, and was back by 100 min; heart rate rises by 5 to 15 /min; saturation stays flat.
public struct PatientModel: Sendable, Hashable {
    /// Chooses the noise.
    public var seed: UInt64
    /// The patient before the dose.
    public var resting: PatientState
    /// The rise at the peak, in each quantity's own unit.
    public var rise: DrugRise
    /// From the first dose to the peak.
    public var timeToPeak: Duration
    /// From the first dose until nothing is left of the rise.
    public var timeToReturn: Duration

    /// Creates a patient; the defaults are the intravenous course.
    public init(
        seed: UInt64, resting: PatientState = .restingAdult, rise: DrugRise = .intravenousKetamine,
        timeToPeak: Duration = .seconds(40 * 60),
        timeToReturn: Duration = .seconds(100 * 60)
    ) {
        self.seed = seed
        self.resting = resting
        self.rise = rise
        self.timeToPeak = timeToPeak
        self.timeToReturn = timeToReturn
    }

    /// How much of the effect is there, 0 to 1, at a time since the first dose.
    public func effect(sinceFirstDose time: Duration) -> Double {
        if time <= timeToPeak { return (time.inSeconds / max(1, timeToPeak.inSeconds)).smoothStep }
        let decline = max(1, (timeToReturn - timeToPeak).inSeconds)
        return 1 - ((time - timeToPeak).inSeconds / decline).smoothStep
    }

    /// The course without noise.
    public func trend(sinceFirstDose time: Duration) -> PatientState {
        let part = effect(sinceFirstDose: time)
        var state = resting
        state.heartRate += rise.heartRate * part
        state.systolic += rise.systolic * part
        state.diastolic += rise.diastolic * part
        state.respRate += rise.respRate * part
        state.spo2 += rise.spo2 * part
        return state
    }

    /// The patient as sensors find them.
    public func state(sinceFirstDose time: Duration) -> PatientState { addingNoise(to: trend(sinceFirstDose: time), at: time) }

    /// Adds what a body does by itself: breathing in the heart rate, slow waves in the pressure, wander in everything.
    public func addingNoise(to trend: PatientState, at time: Duration) -> PatientState {
        let breath = (time.inSeconds * resting.respRate / 60).wave
        // Vasomotor waves of about 10 s, common to both pressures.
        let vasomotor = (time.inSeconds / 10).wave
        let pressureDrift = noise(1, every: .seconds(75), at: time)
        var state = trend
        state.heartRate += 1.5 * breath + 2 * noise(2, every: .seconds(20), at: time)
        state.systolic += vasomotor + 2.2 * pressureDrift
        state.diastolic += 0.6 * vasomotor + 1.3 * pressureDrift
        state.respRate += 1.2 * noise(3, every: .seconds(25), at: time)
        state.spo2 = min(100, state.spo2 + 0.6 * noise(4, every: .seconds(30), at: time))
        state.perfusionIndex = max(0.2, state.perfusionIndex + 0.4 * noise(5, every: .seconds(40), at: time))
        return state
    }

    private func noise(_ curve: UInt64, every interval: Duration, at time: Duration) -> Double {
        SmoothNoise(seed: SeededRandom.mixed(seed &+ curve), interval: interval).value(at: time)
    }
}

/// By how much a drug moves each quantity at its peak.
public struct DrugRise: Sendable, Hashable {
    /// Beats per minute.
    public var heartRate: Double
    /// Systolic, mmHg.
    public var systolic: Double
    /// Diastolic, mmHg.
    public var diastolic: Double
    /// Breaths per minute.
    public var respRate: Double
    /// Saturation, percent points.
    public var spo2: Double

    /// Creates a rise.
    public init(heartRate: Double, systolic: Double, diastolic: Double, respRate: Double, spo2: Double) {
        self.heartRate = heartRate
        self.systolic = systolic
        self.diastolic = diastolic
        self.respRate = respRate
        self.spo2 = spo2
    }

    /// The mean of the intravenous course (clinical.md, section 1).
    public static let intravenousKetamine = DrugRise(heartRate: 10, systolic: 16, diastolic: 11, respRate: 1, spo2: -0.4)
}
