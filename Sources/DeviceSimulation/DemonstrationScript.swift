import VitalsModel

extension SimulationScript {
    /// What `vigil demo` shows, in the times of `SessionTimeline.demonstration`.
    ///
    /// The cuff measures by itself at 48:30 (`CuffProgram.intravenous`); the nurse answers the high value by pressing the button
    /// three minutes later, which confirms it. Diastolic stays below 110 and mean below 135 mmHg, saturation at 85 % or above,
    /// and the cable is out only while nothing is given, so that no other high alert rises.
    public static let demonstration = SimulationScript(events: [
        ScriptEvent(.systolicSurge(to: 188), at: .seconds(44 * 60), for: .seconds(12 * 60)),
        ScriptEvent(.startCuff, at: .seconds(51 * 60 + 40)),
        ScriptEvent(.desaturation(to: 86), at: .seconds(62 * 60), for: .seconds(90)),
        ScriptEvent(.sensorOff(.spo2), at: .seconds(82 * 60), for: .seconds(75)),
        ScriptEvent(.cablePulled, at: .seconds(95 * 60), for: .seconds(45), device: "monitor"),
    ])
}
