/// Plans of the tests. They have nothing clinical: their rules rise within seconds.
enum TestPlan {
    /// `quick` with a cuff that measures each minute; the first measurement comes at once.
    static let quickWithCuff = quick.replacing(
        "response:", with: "cuff: {grace_at_least: 60 s, grace_share: 20 %, intervals: [{phase: checkin, every: 60 s}]}\nresponse:")

    /// `quick`: low saturation and high pulse alert at once, and end at once.
    static let quick = """
        id: quick
        version: 1
        title: Quick alerts
        route: none
        review: {reviewed_by: A test, reviewed_on: 2026-01-02}
        phases: [checkin, baseline, acute]
        response:
          hold: 10 min
          reminder: {high: 2 min, medium: 5 min}
          escalation: {high: [1 min], medium: [3 min]}
        rules:
          - id: spo2-low
            kind: threshold
            title: SpO2 low
            signal: spo2
            below: 90
            for: 0 s
            clear_for: 0 s
            priority: high
            phases: [checkin, baseline, acute]
            action: Look.
            reason: Test.
          - id: pulse-high
            kind: threshold
            title: Pulse high
            signal: pulse_rate
            above: 120
            for: 0 s
            clear_for: 0 s
            priority: medium
            phases: [checkin, baseline, acute]
            action: Look.
            reason: Test.

        """
}
