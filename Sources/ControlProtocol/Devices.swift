import VitalsModel

/// The ports of the machine and the sources of the configuration, side by side.
public struct DeviceList: Sendable, Hashable, Codable {
    /// UTC; nil when no daemon was asked.
    public var at: String?
    /// Every serial port that has hardware behind it, in the order of the device names. Pseudo-terminals are not among them.
    public var ports: [DevicePort]
    /// Every source in the order of the configuration; empty when no daemon was asked.
    public var sources: [DeviceSource]

    /// Creates a list.
    public init(at: String?, ports: [DevicePort], sources: [DeviceSource]) {
        self.at = at
        self.ports = ports
        self.sources = sources
    }
}

/// One serial port as udev knows it.
public struct DevicePort: Sendable, Hashable, Codable {
    /// The device now, such as `/dev/ttyUSB0`.
    public var device: String
    /// Names that stay.
    public var links: [String]
    /// USB vendor and product as the configuration takes them: `0403:6001`.
    public var usb: String?
    /// The adapter's serial number.
    public var serial: String?
    /// Maker and adapter in words.
    public var name: String?
    /// Where it is plugged in.
    public var physicalPath: String?
    /// The sources whose rules mean this port: mostly one, none for a port that Vigil leaves alone, several for a fault.
    public var claimedBy: [SourceID]

    enum CodingKeys: String, CodingKey {
        case device, links, usb, serial, name
        case physicalPath = "physical_path"
        case claimedBy = "claimed_by"
    }

    /// Creates a port.
    public init(
        device: String, links: [String], usb: String?, serial: String?, name: String?, physicalPath: String?, claimedBy: [SourceID]
    ) {
        self.device = device
        self.links = links
        self.usb = usb
        self.serial = serial
        self.name = name
        self.physicalPath = physicalPath
        self.claimedBy = claimedBy
    }
}

/// One source, where it stands and why.
public struct DeviceSource: Sendable, Hashable, Codable {
    /// Its room.
    public var room: RoomID
    /// The source.
    public var source: SourceID
    /// Its family.
    public var family: String
    /// How its port is found, in words.
    public var match: String
    /// Where it stands.
    public var state: SourceState
    /// Why, in words.
    public var reason: String
    /// Since when, UTC; nil before anything was tried.
    public var since: String?
    /// The port that it holds; nil while it holds none.
    public var port: String?

    /// Creates a source.
    public init(
        room: RoomID, source: SourceID, family: String, match: String, state: SourceState, reason: String, since: String?, port: String?
    ) {
        self.room = room
        self.source = source
        self.family = family
        self.match = match
        self.state = state
        self.reason = reason
        self.since = since
        self.port = port
    }
}
