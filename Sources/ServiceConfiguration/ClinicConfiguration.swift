import DeviceProtocols
import SessionFlow
import VitalsModel

/// The clinic's configuration: `vigil.yaml`.
public struct ClinicConfiguration: Sendable, Hashable {
    /// Where the database lies; an absolute path.
    public var storePath: String
    /// Where the control socket is made; an absolute path of at most 107 bytes.
    public var socketPath: String
    /// The folder with the plans; an absolute path.
    public var plansDirectory: String
    /// Which groups of the operating system give which role.
    public var roles: RoleGroups
    /// The time zone of the screens as tz database name, `Europe/Zurich`; nil is the machine's own. The store keeps UTC.
    public var timeZone: String?
    /// How long what belongs to no session is kept.
    public var retention: Retention
    /// The rooms in the order of the file.
    public var rooms: [RoomConfiguration]

    /// Creates a configuration; the defaults are those of a Debian installation.
    public init(
        storePath: String = "/var/lib/vigil/vigil.db", socketPath: String = "/run/vigil/vigil.sock",
        plansDirectory: String = "/etc/vigil/plans", roles: RoleGroups = RoleGroups(), timeZone: String? = nil,
        retention: Retention = Retention(), rooms: [RoomConfiguration] = []
    ) {
        self.storePath = storePath
        self.socketPath = socketPath
        self.plansDirectory = plansDirectory
        self.roles = roles
        self.timeZone = timeZone
        self.retention = retention
        self.rooms = rooms
    }

    /// The room of an id, or nil.
    public func room(_ id: RoomID) -> RoomConfiguration? { rooms.first { $0.id == id } }

    /// The room that a source belongs to, or nil.
    public func room(of source: SourceID) -> RoomConfiguration? { rooms.first { $0.sources.contains { $0.id == source } } }
}

/// The operating system's groups whose members may act in a role. A nil role is given to nobody.
public struct RoleGroups: Sendable, Hashable {
    /// May run sessions and answer alerts.
    public var nurse: String?
    /// May also change limits and countersign.
    public var clinician: String?
    /// May also change the configuration and the store.
    public var admin: String?

    /// Creates the roles.
    public init(nurse: String? = nil, clinician: String? = nil, admin: String? = nil) {
        self.nurse = nurse
        self.clinician = clinician
        self.admin = admin
    }
}

/// How long things are kept.
public struct Retention: Sendable, Hashable {
    /// Readings of a room without an open session. At least 10 min, since a session may take over so much.
    public var roomReadings: Duration

    /// Creates a retention; the default is 24 h.
    public init(roomReadings: Duration = .seconds(24 * 3600)) { self.roomReadings = roomReadings }
}

/// One room with its devices.
public struct RoomConfiguration: Sendable, Hashable {
    /// The room.
    public var id: RoomID
    /// Its sources in the order of the file.
    public var sources: [SourceConfiguration]
    /// Which sources come first for a signal; what is not named follows in the order of the file.
    public var preferred: [Signal: [SourceID]]
    /// The sources whose clip sits on the arm of the cuff: while it is inflated they have no pulse.
    public var sameArm: [SourceID]

    /// Creates a room.
    public init(id: RoomID, sources: [SourceConfiguration], preferred: [Signal: [SourceID]] = [:], sameArm: [SourceID] = []) {
        self.id = id
        self.sources = sources
        self.preferred = preferred
        self.sameArm = sameArm
    }

    /// Every source that can give a signal, the best first (DESIGN.md 3, point 10).
    public func ranking(of signal: Signal) -> [SourceID] {
        let able = sources.filter { DeviceCatalog.family($0.family)?.signals.contains(signal) ?? false }.map(\.id)
        let first = preferred[signal, default: []]
        return first + able.filter { !first.contains($0) }
    }

    /// The cuffs that can be started from outside, the preferred one first, and whom any cuff disturbs.
    public var cuffs: RoomCuffs {
        let ranked = ranking(of: .nibpSystolic)
        func obeying(_ control: CuffControl) -> [SourceID] {
            ranked.filter { id in
                sources.first { $0.id == id }.flatMap { DeviceCatalog.family($0.family) }?.cuffControl == control
            }
        }
        return RoomCuffs(driven: obeying(.startAndAbort), startOnly: obeying(.startOnly), sameArm: Set(sameArm))
    }
}

/// One device of a room.
public struct SourceConfiguration: Sendable, Hashable {
    /// The name that readings carry; unique in the clinic.
    public var id: SourceID
    /// The id of a family of `DeviceCatalog`.
    public var family: String
    /// How its port is found.
    public var match: SourceMatch
    /// The family's options as given, checked against `DeviceFamily.options`. `baud` and `line` are not among them.
    public var options: [String: String]
    /// Bits per second where they differ from what the family's maker prescribes.
    public var baud: Int?
    /// The whole line where it differs in more than the bits per second; then `baud` is nil.
    public var line: LineSettings?

    /// Creates a source.
    public init(
        id: SourceID, family: String, match: SourceMatch, options: [String: String] = [:], baud: Int? = nil, line: LineSettings? = nil
    ) {
        self.id = id
        self.family = family
        self.match = match
        self.options = options
        self.baud = baud
        self.line = line
    }

    /// The line to open: the one given here; else the family's with the baud given here, or its first one.
    public func line(of family: DeviceFamily) -> LineSettings {
        if var line {
            // Text says nothing of it; without parity there is nothing to check.
            if line.parity != .none { line.checksParity = family.line.checksParity }
            return line
        }
        guard let baud else { return family.line }
        if let known = family.knownLines.first(where: { $0.baud == baud }) { return known }
        var line = family.line
        line.baud = baud
        return line
    }
}

/// How the port of a source is found.
public enum SourceMatch: Sendable, Hashable, CustomStringConvertible {
    /// By an absolute path: a built-in port, a pty, or a link that udev keeps.
    case path(String)
    /// By what the USB adapter says of itself, as udev has it: `ID_VENDOR_ID` and `ID_MODEL_ID`, four lower-case hexadecimal
    /// digits each, and `ID_SERIAL_SHORT`, nil when any will do.
    case usb(vendor: String, product: String, serial: String?)

    /// As in the file.
    public var description: String {
        switch self {
        case .path(let path): path
        case .usb(let vendor, let product, nil): "usb \(vendor):\(product)"
        case .usb(let vendor, let product, let serial?): "usb \(vendor):\(product) serial \(serial)"
        }
    }

    /// Whether one port could be meant by both.
    public func overlaps(_ other: SourceMatch) -> Bool {
        switch (self, other) {
        case (.path(let one), .path(let two)):
            one == two
        case (.usb(let vendor, let product, let serial), .usb(let otherVendor, let otherProduct, let otherSerial)):
            vendor == otherVendor && product == otherProduct && (serial == nil || otherSerial == nil || serial == otherSerial)
        default:
            false
        }
    }
}
