/// One server-sent event (WHATWG HTML, section "Server-sent events").
public struct ServerSentEvent: Sendable, Hashable {
    /// The `id:` line; the resume token of a numbered entry.
    public var id: String?
    /// The `event:` line.
    public var name: String
    /// The `data:` line; our data are single lines of JSON.
    public var data: String

    /// Creates an event.
    public init(id: String? = nil, name: String, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// The event as it goes over the wire, with the empty line that ends it.
    public var wireText: String {
        (id.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: \(data)\n\n"
    }
}

/// Cuts a byte stream into server-sent events.
public struct ServerSentEventParser: Sendable {
    /// The longest line that is taken; a longer one is dropped with its event, so that a broken peer costs no memory.
    public static let longestLine = 4 * 1024 * 1024

    private var line: [UInt8] = []
    private var id: String?
    private var name = "message"
    private var data: [String] = []

    /// Creates a parser at the beginning of a stream.
    public init() {}

    /// Takes bytes and returns the events that they complete.
    public mutating func receive(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if byte != UInt8(ascii: "\n") {
                if line.count < Self.longestLine { line.append(byte) }
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty {
                if !data.isEmpty { events.append(ServerSentEvent(id: id, name: name, data: data.joined(separator: "\n"))) }
                (id, name, data) = (nil, "message", [])
            } else {
                takeLine(String(decoding: line, as: UTF8.self))
            }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func takeLine(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return }
        var value = text[text.index(after: colon)...]
        if value.first == " " { value.removeFirst() }
        switch text[..<colon] {
        case "id": id = String(value)
        case "event": name = String(value)
        case "data": data.append(String(value))
        default: break
        }
    }
}
