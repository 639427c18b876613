import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// Each fault of a configuration, with its line, column and key path.
@Suite struct ClinicFaultTests {
    @Test func `the sample has no fault`() { #expect(readClinic(soundClinic) == []) }

    @Test(arguments: [
        Breakage("store: /var/lib/vigil/vigil.db", "store: ▸vigil.db", "store", "must be an absolute path"),
        Breakage("store: /var/lib/vigil/vigil.db", "store: ▸/var/../vigil.db", "store", "without . or .."),
        Breakage("store: /var/lib/vigil/vigil.db", "▸stroe: /var/lib/vigil/vigil.db", "stroe", "unknown key; did you mean \"store\"?"),
        Breakage(
            "/run/vigil/vigil.sock", "▸/run/\(String(repeating: "x", count: 110))", "socket",
            "the path has 115 bytes, and a socket takes at most 107"),
        Breakage("nurse: vigil-nurse", "▸nrse: vigil-nurse", "roles.nrse", "did you mean \"nurse\"?"),
        Breakage("nurse: vigil-nurse", "nurse: ▸Vigil Nurse", "roles.nurse", "is not the name of a group"),
        Breakage("rooms:\n", "timezone: ▸Zürich\nrooms:\n", "timezone", "is not a time zone"),
        Breakage("rooms:\n", "retention: {room_readings: ▸24}\nrooms:\n", "retention.room_readings", "has no unit"),
        Breakage("rooms:\n", "retention: {room_readings: ▸5 min}\nrooms:\n", "retention.room_readings", "is not between 10 min and 7 d"),
        Breakage("id: room-2", "id: ▸room-1", "rooms[1].id", "the room room-1 is already there on line 5"),
        Breakage("id: oximeter-2", "id: ▸monitor-1", "rooms[1].sources[1].id", "already taken in room-1 on line 7", count: 2),
    ])
    func `paths, roles and rooms`(breakage: Breakage) { breakage.check(soundClinic, file: "v.yaml", read: readClinic) }

    @Test(arguments: [
        Breakage("family: nonin", "family: ▸nonim", "rooms[1].sources[1].family", "did you mean \"nonin\"?"),
        Breakage("format: 7", "▸fromat: 7", "rooms[1].sources[1].options.fromat", "has no option \"fromat\""),
        Breakage("format: 7", "format: ▸3", "rooms[1].sources[1].options.format", "does not take \"3\"; it takes"),
        Breakage("baud: 115200", "baud: ▸\"19200\"", "rooms[1].sources[0].options.baud", "write 19200 without quotes"),
        Breakage("baud: 115200", "baud: ▸0", "rooms[1].sources[0].options.baud", "0 is not between 50 and 4000000"),
        Breakage(
            "baud: 115200", "baud: ▸19200", "rooms[1].sources[0].options.baud",
            "19200 8N1 is no line that intellivue devices are known to use (115200 8N1)", severity: "warning"),
        Breakage(
            "baud: 115200", "line: ▸115200 8E1", "rooms[1].sources[0].options.line", "115200 8E1 is no line that intellivue devices",
            severity: "warning"),
        Breakage("baud: 115200", "line: ▸115200", "rooms[1].sources[0].options.line", "put it in quotes"),
        Breakage("baud: 115200", "line: ▸115200 9N1", "rooms[1].sources[0].options.line", "as in 9600 8N1"),
        Breakage("baud: 115200", "baud: 115200, line: ▸115200 8N1", "rooms[1].sources[0].options.line", "keep one of baud and line"),
        Breakage("path: /dev/ttyS2", "path: ▸ttyS2", "rooms[1].sources[1].match.path", "must be an absolute path"),
        Breakage(
            "{path: /dev/ttyS2}", "▸{path: /dev/ttyS1}", "rooms[1].sources[1].match",
            "can be the same port as /dev/ttyS1 of source monitor-2"),
        Breakage("{path: /dev/ttyS2}", "▸{usb: 0403:6001}", "rooms[1].sources[1].match", "tell the adapters apart by \"serial\""),
        Breakage("{path: /dev/ttyS2}", "▸{}", "rooms[1].sources[1].match", "says nothing"),
        Breakage("{path: /dev/ttyS2}", "{path: /dev/ttyS2, ▸serial: A1}", "rooms[1].sources[1].match.serial", "needs no serial number"),
        Breakage("\"0403:6001\"", "▸\"403:6001\"", "rooms[0].sources[0].match.usb", "is not vendor:product"),
        Breakage("serial: AB0XYZ", "serial: ▸12345678", "rooms[0].sources[0].match.serial", "put it in quotes"),
        Breakage("nibp: [monitor-2]", "nibp: [▸monitr-2]", "rooms[1].prefer.nibp[0]", "did you mean \"monitor-2\"?"),
        Breakage("nibp: [monitor-2]", "nibp: [▸monitor-1]", "rooms[1].prefer.nibp[0]", "this room has no source \"monitor-1\""),
        Breakage("nibp: [monitor-2]", "nibp: [▸oximeter-2]", "rooms[1].prefer.nibp[0]", "does not measure nibp; it gives"),
        Breakage("nibp: [monitor-2]", "▸nbp: [monitor-2]", "rooms[1].prefer.nbp", "is neither a signal nor a group"),
        Breakage("nibp: [monitor-2]", "nibp: [monitor-2], ▸nibp_mean: [monitor-2]", "rooms[1].prefer.nibp_mean", "is ranked twice"),
        Breakage("nibp: [monitor-2]", "nibp: [monitor-2, ▸monitor-2]", "rooms[1].prefer.nibp[1]", "is listed twice"),
        Breakage(
            "nibp: [monitor-2]}", "nibp: [monitor-2]}\n    same_arm: [▸oximeter-3]", "rooms[1].same_arm[0]", "did you mean \"oximeter-2\"?"),
        Breakage(
            "nibp: [monitor-2]}", "nibp: [monitor-2]}\n    same_arm: [oximeter-2, ▸oximeter-2]", "rooms[1].same_arm[1]", "is listed twice"),
        Breakage("nibp: [monitor-2]}", "nibp: [monitor-2]}\n    same_arm: ▸oximeter-2", "rooms[1].same_arm", "must be a list"),
        Breakage(
            "path: /dev/ttyS2", "path: ▸/dev/ttyUSB0", "rooms[1].sources[1].match.path", "may be another device after replugging",
            severity: "warning"),
    ])
    func `sources and preferences`(breakage: Breakage) { breakage.check(soundClinic, file: "v.yaml", read: readClinic) }

    @Test func `an error leaves no value, a warning does`() {
        let refused = ClinicReader.read(text: soundClinic.replacing("format: 7", with: "format: 3"), file: "v.yaml")
        #expect(refused.errors.count == 1 && refused.warnings.isEmpty && refused.value == nil)
        let doubtful = ClinicReader.read(text: soundClinic.replacing("/dev/ttyS2", with: "/dev/ttyUSB0"), file: "v.yaml")
        #expect(doubtful.errors.isEmpty && doubtful.warnings.count == 1 && doubtful.value != nil)
    }

    @Test func `a source keeps what the file says`() throws {
        let clinic = try #require(ClinicReader.read(text: soundClinic, file: "v.yaml").value)
        let room = try #require(clinic.room("room-2"))
        #expect(clinic.room(of: "monitor-1")?.id == "room-1")
        #expect(clinic.rooms[0].sources[0].match == .usb(vendor: "0403", product: "6001", serial: "AB0XYZ"))
        #expect(room.sources[0].baud == 115_200)
        #expect(room.sources[0].options == [:])
        #expect(room.sources[1].options == ["format": "7"])
        #expect(room.sources[1].match == .path("/dev/ttyS2"))
        #expect(clinic.roles == RoleGroups(nurse: "vigil-nurse", clinician: "vigil-clinician", admin: "vigil-admin"))
    }

    @Test func `a signal's ranking is the preferred sources, then the able ones in the order of the file`() throws {
        let clinic = try #require(ClinicReader.read(text: soundClinic, file: "v.yaml").value)
        let room = try #require(clinic.room("room-2"))
        #expect(room.ranking(of: .spo2) == ["oximeter-2", "monitor-2"])
        #expect(room.ranking(of: .nibpDiastolic) == ["monitor-2"])
        #expect(room.ranking(of: .pulseRate) == ["monitor-2", "oximeter-2"])
    }

    @Test func `a clip on the cuff's arm is known to the session`() throws {
        let text = soundClinic.replacing("nibp: [monitor-2]}", with: "nibp: [monitor-2]}\n    same_arm: [oximeter-2]")
        let clinic = try #require(ClinicReader.read(text: text, file: "v.yaml").value)
        #expect(clinic.room("room-2")?.cuffs.sameArm == ["oximeter-2"])
        #expect(clinic.room("room-1")?.cuffs.sameArm == [])
    }

    @Test func `what is left out has the documented default`() throws {
        let result = ClinicReader.read(text: "rooms: []\n", file: "v.yaml")
        #expect(result.warnings.map(\.keyPath) == ["rooms"])
        let clinic = try #require(result.value)
        #expect(clinic == ClinicConfiguration())
        #expect(clinic.plansDirectory == "/etc/vigil/plans")
        #expect(clinic.retention.roomReadings == .seconds(86_400))
        #expect(clinic.timeZone == nil)
    }
}
