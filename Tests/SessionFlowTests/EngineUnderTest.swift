import AlertEngine
import VitalsModel

/// An engine with one rule, saturation below 92. Apart from the tests, since the test library has a `Confirmation` of its own.
enum EngineUnderTest {
    static func engine(onDelay: Duration = .zero, offDelay: Duration = .seconds(10)) -> AlertEngine {
        let rule = AlertRule(
            id: "low", title: "low", action: "", reason: "", phases: [.acute], priority: .medium, type: .physiological, latching: .never,
            confirmation: Confirmation(onDelay: onDelay, offDelay: offDelay),
            condition: ThresholdRule(signals: [.spo2], side: .below, limit: 92, countsLimit: false, deadband: 0))
        return AlertEngine(
            session: "s1", phase: .acute,
            terms: AlertEngine.Terms(rules: [rule], schedule: .none, response: ResponseTimes(), periods: [:], ranking: [:]),
            at: BootInstant(nanoseconds: 0))
    }

    static func reading(_ value: Double, at nanoseconds: Int64) -> Reading {
        let at = Moment(boot: BootInstant(nanoseconds: nanoseconds), wall: WallInstant(nanoseconds: 0))
        return Reading(source: "monitor", signal: .spo2, value: value, quality: .valid, received: at, sequence: 1)
    }
}
