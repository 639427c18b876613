/// The devices that can be simulated; one line each.
public enum SimulatorCatalog {
    /// All of them, in the order of the families' ids.
    public static let simulators: [DeviceSimulator] = [
        BerryOximeter.simulator,
        BerryMonitor.simulator,
        CasmedMonitor.simulator,
        ContecOximeter.simulator,
        ContecClassicOximeter.simulator,
        DraegerVentilator.simulator,
        GEDRIMonitor.simulator,
        IntelliVueMonitor.simulator,
        IvyMonitor.simulator,
        MasimoOximeter.simulator,
        NellcorOximeter.simulator,
        NoninOximeter.simulator,
        ParCuff.simulator,
        SunTechCuff.simulator,
    ]

    /// The simulator of a family, or nil.
    public static func simulator(of family: String) -> DeviceSimulator? { simulators.first { $0.family == family } }
}
