import DeviceProtocols
import VitalsModel

/// A simulated device as a value: adding one adds a file and a line of `SimulatorCatalog`.
public struct DeviceSimulator: Sendable {
    /// The id of its family.
    public var family: String
    /// What it is, for `vigil-sim --help`.
    public var abstract: String
    /// The variants; the keys and values are those of the family's decoder where both have them.
    public var options: [DeviceOption]
    /// Makes the device. The options were checked against `options`.
    public var make: @Sendable (SimulatorTerms) -> any SimulatedDevice

    /// Creates a simulator.
    public init(
        family: String, abstract: String, options: [DeviceOption] = [], make: @escaping @Sendable (SimulatorTerms) -> any SimulatedDevice
    ) {
        self.family = family
        self.abstract = abstract
        self.options = options
        self.make = make
    }
}

/// What a simulated device is made from.
public struct SimulatorTerms: Sendable {
    /// The patient at its sensors, with the script.
    public var patient: SimulatedPatient
    /// The boot instant of the session's clock 0.
    public var start: BootInstant
    /// The device's wall clock at that instant.
    public var wall: WallInstant
    /// When its cuff starts by itself, where it has one.
    public var cuff: CuffProgram
    /// Its name in the script.
    public var name: String
    /// Its variants.
    public var options: [String: String]

    /// Creates terms.
    public init(
        patient: SimulatedPatient, start: BootInstant, wall: WallInstant, cuff: CuffProgram = .manual, name: String,
        options: [String: String] = [:]
    ) {
        self.patient = patient
        self.start = start
        self.wall = wall
        self.cuff = cuff
        self.name = name
        self.options = options
    }
}
