/// The devices that can be simulated; one line each.
public enum SimulatorCatalog {
    /// All of them, in the order of the families' ids.
    public static let simulators: [DeviceSimulator] = [
        IntelliVueMonitor.simulator,
        NoninOximeter.simulator,
    ]

    /// The simulator of a family, or nil.
    public static func simulator(of family: String) -> DeviceSimulator? { simulators.first { $0.family == family } }
}
