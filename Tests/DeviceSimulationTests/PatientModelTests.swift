import DeviceSimulation
import Testing
import VitalsModel

@Suite("The patient follows the course of an infusion")
struct PatientModelTests {
    private func minutes(_ count: Int) -> Duration { .seconds(count * 60) }

    /// The mean over ten minutes, in which the noise cancels out.
    private func mean(_ patient: PatientModel, around minute: Int, _ part: (PatientState) -> Double) -> Double {
        let values = (-300..<300).map { part(patient.state(sinceFirstDose: minutes(minute) + .seconds($0))) }
        return values.reduce(0, +) / Double(values.count)
    }

    @Test("pressure peaks near 40 min by about 16 over 11 mmHg and is back by 100 min", arguments: [1, 2, 77] as [UInt64])
    func pressureCourse(seed: UInt64) {
        let patient = PatientModel(seed: seed)
        let before = mean(patient, around: -6, \.systolic)
        let peak = mean(patient, around: 40, \.systolic)
        #expect(abs(before - 118) < 2)
        #expect((14...18).contains(peak - before))
        #expect((9.5...12.5).contains(mean(patient, around: 40, \.diastolic) - mean(patient, around: -6, \.diastolic)))
        #expect(abs(mean(patient, around: 106, \.systolic) - before) < 2)
        let highest = stride(from: 0, through: 110, by: 5).max {
            mean(patient, around: $0, \.systolic) < mean(patient, around: $1, \.systolic)
        }
        #expect((30...50).contains(highest ?? 0))
    }

    @Test("heart rate rises by 5 to 15, saturation stays between 96 and 98")
    func heartRateAndSaturation() {
        let patient = PatientModel(seed: 5)
        let rise = mean(patient, around: 40, \.heartRate) - mean(patient, around: -6, \.heartRate)
        #expect((5...15).contains(rise))
        for second in stride(from: -480, to: 6720, by: 1) {
            let state = patient.state(sinceFirstDose: .seconds(second))
            #expect((95.5...98.5).contains(state.spo2), "at \(second) s")
            #expect((55...95).contains(state.heartRate), "at \(second) s")
            #expect(state.diastolic < state.mean && state.mean < state.systolic, "at \(second) s")
        }
    }

    @Test("the mean is diastolic plus a third of the pulse pressure")
    func meanPressure() {
        var state = PatientState.restingAdult
        (state.systolic, state.diastolic) = (120, 75)
        #expect(state.mean == 90)
    }

    @Test("the same seed gives the same patient, another seed another one")
    func determinism() {
        let time = Duration.milliseconds(123_456)
        #expect(PatientModel(seed: 9).state(sinceFirstDose: time) == PatientModel(seed: 9).state(sinceFirstDose: time))
        #expect(PatientModel(seed: 9).state(sinceFirstDose: time) != PatientModel(seed: 10).state(sinceFirstDose: time))
    }

    @Test("noise has no jumps: no quantity moves by more than 2 within a tenth of a second")
    func smoothness() {
        let patient = PatientModel(seed: 4)
        var last = patient.state(sinceFirstDose: .zero)
        for tenth in 1...6000 {
            let state = patient.state(sinceFirstDose: .milliseconds(100 * tenth))
            #expect(abs(state.heartRate - last.heartRate) < 2 && abs(state.systolic - last.systolic) < 2)
            last = state
        }
    }
}
