import ControlProtocol
import VitalsModel

/// What `vigil device list` prints: the ports of the machine, then the sources with where they stand and why.
public enum DeviceTable {
    /// The lines; times in the zone of `clock`. A port or source that needs a word has it on an indented line below.
    public static func lines(_ list: DeviceList, clock: LocalClock = .utc) -> [String] {
        var lines = portLines(list)
        guard list.at != nil else { return lines }
        lines.append("")
        return lines + sourceLines(list.sources, clock)
    }

    private static func portLines(_ list: DeviceList) -> [String] {
        guard !list.ports.isEmpty else { return ["No serial port with hardware behind it."] }
        let rows = list.ports.map { port in
            let claim = list.at == nil ? "" : port.claimedBy.isEmpty ? "nobody" : port.claimedBy.map(\.rawValue).joined(separator: ", ")
            return [port.device, port.usb ?? "-", port.serial ?? "-", claim, port.name ?? ""]
        }
        let head = ["port", "usb", "serial", list.at == nil ? "" : "claimed by", "adapter"]
        return table(head, rows) { index in
            let port = list.ports[index]
            let links = port.links.filter { $0.hasPrefix("/dev/serial/by-path/") }
            return links + (port.claimedBy.count > 1 ? ["several sources mean this port: give each its own in vigil.yaml"] : [])
        }
    }

    private static func sourceLines(_ sources: [DeviceSource], _ clock: LocalClock) -> [String] {
        guard !sources.isEmpty else { return ["No sources in the configuration."] }
        let rows = sources.map { source in
            let since = source.since.flatMap { WallInstant(utcText: $0) }.map(clock.dateAndTime) ?? "-"
            return [
                source.source.rawValue, source.room.rawValue, source.family, source.state.rawValue, since, source.port ?? "-", source.match,
            ]
        }
        return table(["source", "room", "family", "state", "since", "port", "match"], rows) { index in
            sources[index].reason.isEmpty ? [] : [sources[index].reason]
        }
    }

    /// A head and rows in columns as wide as what stands in them, each row with the notes below it.
    private static func table(_ head: [String], _ rows: [[String]], notes: (Int) -> [String]) -> [String] {
        let plain = rows.map { $0.map(ScreenText.plain) }
        let widths = head.indices.map { column in ([head] + plain).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).filter { $0.1 > 0 }.map { ScreenText.column($0.0, $0.1) }.joined(separator: "  ").trimmingTrailingBlanks
        }
        return [line(head)]
            + plain.indices.flatMap { index in [line(plain[index])] + notes(index).map { "  \(ScreenText.plain($0))" } }
    }
}
