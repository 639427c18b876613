import VitalsModel

/// Reads the clinic's configuration: `vigil.yaml`.
public enum ClinicReader {
    /// Reads and checks a configuration. Every fault is listed, not only the first. It looks at no file, port, group or clock.
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: the file's name for messages.
    public static func read(text: String, file: String) -> ReadResult<ClinicConfiguration> {
        let log = FaultLog(file: file)
        let configuration = YAMLDocument.root(of: text, log: log)
            .flatMap { Field(node: $0, path: .root, log: log).map() }
            .map(makeConfiguration)
        return ReadResult(value: configuration, faults: log.sorted)
    }

    private static func makeConfiguration(from map: MapReader) -> ClinicConfiguration {
        var configuration = ClinicConfiguration()
        configuration.storePath = map.field("store")?.absolutePath() ?? configuration.storePath
        configuration.socketPath = map.field("socket")?.socketPath() ?? configuration.socketPath
        configuration.plansDirectory = map.field("plans")?.absolutePath() ?? configuration.plansDirectory
        configuration.roles = roles(map.field("roles")?.map())
        configuration.timeZone = map.field("timezone")?.timeZoneName()
        configuration.retention = retention(map.field("retention")?.map())
        configuration.rooms = RoomReader.rooms(map.required("rooms", "the rooms with their devices; [] for none"))
        map.finish()
        return configuration
    }

    private static func roles(_ map: MapReader?) -> RoleGroups {
        guard let map else { return RoleGroups() }
        let groups = RoleGroups(
            nurse: map.field("nurse")?.groupName(), clinician: map.field("clinician")?.groupName(),
            admin: map.field("admin")?.groupName())
        map.finish()
        return groups
    }

    private static func retention(_ map: MapReader?) -> Retention {
        guard let map else { return Retention() }
        // A session may take over the last 10 min (DESIGN.md 3, point 11); a week is a record nobody asked for.
        let readings = map.field("room_readings")?.duration(in: .seconds(600) ... .seconds(7 * 86_400))
        map.finish()
        return readings.map(Retention.init) ?? Retention()
    }
}

extension Field {
    /// An absolute path without `.`, `..` or doubled slashes, so that equal files have equal texts.
    func absolutePath() -> String? {
        guard let path = text() else { return nil }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard path.hasPrefix("/"), parts.allSatisfy({ !["", ".", ".."].contains($0) }), !path.contains("\0") else {
            error("\"\(path)\" must be an absolute path such as /var/lib/vigil/vigil.db, without . or .. or a slash at the end")
            return nil
        }
        return path
    }

    /// A path that fits into the address of a Unix socket: 108 bytes with the closing zero (unix(7)).
    fileprivate func socketPath() -> String? {
        guard let path = absolutePath() else { return nil }
        guard path.utf8.count <= 107 else {
            error("the path has \(path.utf8.count) bytes, and a socket takes at most 107; choose a shorter folder")
            return nil
        }
        return path
    }

    /// A name of the tz database. Whether the machine has that zone is looked up where it is used.
    fileprivate func timeZoneName() -> String? {
        guard let name = text() else { return nil }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            part.first?.isLetter == true
                && part.utf8.allSatisfy { byte in
                    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                        || "_-+".utf8.contains(byte)
                }
        }
        guard isName, name == "UTC" || parts.count > 1 else {
            error("\"\(name)\" is not a time zone; write UTC or a name such as Europe/Zurich")
            return nil
        }
        return name
    }

    /// A group's name as useradd takes it: a small letter or underscore, then small letters, digits, underscores, dashes.
    fileprivate func groupName() -> String? {
        guard let name = text() else { return nil }
        let isAllowed = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "_-".utf8.contains($0) }
        guard isAllowed, name.utf8.count <= 32, name.first?.isNumber == false, !name.hasPrefix("-") else {
            error("\"\(name)\" is not the name of a group; as in vigil-nurse")
            return nil
        }
        return name
    }
}
