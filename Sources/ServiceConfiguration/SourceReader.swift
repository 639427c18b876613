import DeviceProtocols
import VitalsModel

/// Reads one source of a room.
enum SourceReader {
    /// The source, or nil when it had faults. It is entered into `registry`.
    static func read(_ item: Field, room: RoomID?, registry: inout SourceRegistry) -> SourceConfiguration? {
        guard let map = item.map() else { return nil }
        let idField = map.required("id", "the name that readings carry, as in monitor")
        let id = idField?.identifier().map { SourceID($0) }
        let family = map.required("family", "the protocol that the device speaks")?
            .word(among: DeviceCatalog.families.map(\.id)).flatMap(DeviceCatalog.family)
        let matchField = map.required("match", "how the port is found: {path: …} or {usb: …, serial: …}")
        let match = matchField.flatMap(readMatch)
        let options = map.field("options")?.map().map { readOptions($0, of: family) } ?? Options()
        map.finish()
        guard let id, let idField, let family, let match, let matchField, !options.isBroken else { return nil }
        let source = SourceConfiguration(
            id: id, family: family.id, match: match, options: options.device, baud: options.baud, line: options.line)
        warnAboutLine(source, family, options.lineField)
        registry.register(source, room: room, idField: idField, matchField: matchField)
        return source
    }

    private static func readMatch(_ field: Field) -> SourceMatch? {
        guard let map = field.map() else { return nil }
        let (pathField, usbField) = (map.field("path"), map.field("usb"))
        defer { map.finish() }
        if let pathField {
            map.refuse("usb", because: "a port is found by its path or by its USB adapter; remove one")
            map.refuse("serial", because: "a port that is found by its path needs no serial number")
            guard let path = pathField.absolutePath() else { return nil }
            warnAboutNumber(path, pathField)
            return .path(path)
        }
        let serialField = map.field("serial")
        let serial = serialField?.line(upTo: 126)
        guard let usbField else {
            field.error("says nothing; give path: /dev/ttyS0 or usb: \"0403:6001\" with serial")
            return nil
        }
        guard let (vendor, product) = readUSB(usbField), serialField == nil || serial != nil else { return nil }
        return .usb(vendor: vendor, product: product, serial: serial)
    }

    /// The numbers of USB ports are given in the order of plugging: another device may have them tomorrow.
    private static func warnAboutNumber(_ path: String, _ field: Field) {
        guard path.hasPrefix("/dev/ttyUSB") || path.hasPrefix("/dev/ttyACM") else { return }
        field.warning("\(path) may be another device after replugging; use usb with serial, or a path under /dev/serial/by-path")
    }

    private static func readUSB(_ field: Field) -> (vendor: String, product: String)? {
        guard let text = field.text() else { return nil }
        let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        let areHexadecimal = parts.allSatisfy { part in
            part.utf8.count == 4 && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        guard parts.count == 2, areHexadecimal else {
            field.error("\"\(text)\" is not vendor:product in four hexadecimal digits each, as in \"0403:6001\"; see lsusb")
            return nil
        }
        return (String(parts[0]), String(parts[1]))
    }

    private struct Options {
        var device: [String: String] = [:]
        var baud: Int?
        var line: LineSettings?
        /// Where the line is said.
        var lineField: Field?
        var isBroken = false
    }

    /// A line that devices of the family are not known to use gives bytes that no decoder understands.
    private static func warnAboutLine(_ source: SourceConfiguration, _ family: DeviceFamily, _ field: Field?) {
        let line = source.line(of: family)
        guard let field, !family.knownLines.contains(line) else { return }
        let known = family.knownLines.map(\.description).joined(separator: ", ")
        field.warning(
            "\(line) is no line that \(family.id) devices are known to use (\(known)); leave it out, or set the device to what stands here")
    }

    /// `9600 8N1`, also with RTS/CTS.
    private static func readLine(_ field: Field) -> LineSettings? {
        guard let text = field.text() else { return nil }
        guard let line = LineSettings(text) else {
            field.error("\"\(text)\" is no line; write bits per second and format, as in 9600 8N1 or 19200 8E1 RTS/CTS")
            return nil
        }
        return line
    }

    /// The options of the family, and `baud` or `line` for the line. Values may be numbers or words: `format: 7`.
    private static func readOptions(_ map: MapReader, of family: DeviceFamily?) -> Options {
        var options = Options()
        for (key, keyPlace, field) in map.all() {
            if key == "baud" || key == "line" {
                if options.lineField != nil { field.error("the line is said twice; keep one of baud and line") }
                if key == "baud" { options.baud = field.integer(in: 50...4_000_000) } else { options.line = readLine(field) }
                options.isBroken = options.isBroken || options.lineField != nil || (options.baud == nil && options.line == nil)
                options.lineField = field
                continue
            }
            guard case .scalar(let value, _) = field.node.content, !field.isEmpty else {
                field.error("must be a word or a number, not \(field.node.words)")
                options.isBroken = true
                continue
            }
            guard let family else { continue }
            guard isTaken(key, value, by: family, keyPlace: keyPlace, field: field) else {
                options.isBroken = true
                continue
            }
            options.device[key] = value
        }
        return options
    }

    /// Whether a family takes an option; if not, that is reported with what it takes.
    private static func isTaken(_ key: String, _ value: String, by family: DeviceFamily, keyPlace: TextPlace, field: Field) -> Bool {
        guard let option = family.options.first(where: { $0.key == key }) else {
            let known = family.options.map(\.key) + ["baud", "line"]
            field.log.error(
                "family \(family.id) has no option \"\(key)\"; it takes \(known.joined(separator: ", "))"
                    + NearestWord.hint(for: key, among: known), at: keyPlace, path: field.path.text)
            return false
        }
        guard option.values.contains(value) else {
            field.error(
                "option \(key) of family \(family.id) does not take \"\(value)\"; it takes \(option.values.joined(separator: ", "))"
                    + NearestWord.hint(for: value, among: option.values))
            return false
        }
        return true
    }
}
