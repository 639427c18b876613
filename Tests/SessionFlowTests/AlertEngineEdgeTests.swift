import AlertEngine
import Testing
import VitalsModel

/// What only the engine by itself can show.
@Suite struct AlertEngineEdgeTests {
    /// The clock counts nanoseconds, a duration attoseconds: a deadline that is cut off would come again for ever.
    @Test(.timeLimit(.minutes(10))) func `an on-delay between two nanoseconds ends at the next one`() {
        var engine = EngineUnderTest.engine(onDelay: Duration(secondsComponent: 1, attosecondsComponent: 500_000_001))
        #expect(engine.receive(EngineUnderTest.reading(90, at: 0)).isEmpty)
        // Asked before time is let pass: were the deadline cut off, `advance` would never return.
        #expect(engine.nextDeadline() == BootInstant(nanoseconds: 1_000_000_001))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `what is no number neither raises nor clears`(value: Double) {
        var engine = EngineUnderTest.engine(offDelay: .zero)
        #expect(engine.receive(EngineUnderTest.reading(value, at: 0)).isEmpty)
        #expect(engine.receive(EngineUnderTest.reading(90, at: 1)).map(\.transition.change) == [.raised])
        #expect(engine.receive(EngineUnderTest.reading(value, at: 2)).isEmpty)
    }
}
