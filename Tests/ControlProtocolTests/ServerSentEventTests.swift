import ControlProtocol
import Foundation
import Testing
import VitalsModel

@Suite struct ServerSentEventTests {
    @Test func readsWhatItWritesInAnyPieces() {
        let events = [
            ServerSentEvent(id: "e1-7", name: "entry", data: #"{"a":1}"#), ServerSentEvent(name: "heartbeat", data: "{}"),
        ]
        let wire = Array(events.map(\.wireText).joined().utf8)
        for size in [1, 2, 7, wire.count] {
            var parser = ServerSentEventParser()
            var read: [ServerSentEvent] = []
            for start in stride(from: 0, to: wire.count, by: size) { read += parser.receive(wire[start..<min(start + size, wire.count)]) }
            #expect(read == events)
        }
    }

    @Test func passesByCommentsAndLinesThatItDoesNotKnow() {
        var parser = ServerSentEventParser()
        let read = parser.receive(": hello\r\nretry: 5\r\nevent: x\r\ndata: 1\r\ndata: 2\r\n\r\n".utf8)
        #expect(read == [ServerSentEvent(name: "x", data: "1\n2")])
    }

    @Test func anEventLineHasItsPayloadBesideItsOwnKeys() throws {
        let line = EventLine(
            Entry(
                number: 7, epoch: "e1",
                draft: EntryDraft(
                    event: "s1-1/1", session: "s1", room: "room-1", at: WireSample.moment, actor: Actor(name: "anna", uid: 1000),
                    content: .alert(WireSample.alert(true)))))
        let bytes = try ControlJSON.encode(line)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(object["number"] as? Int == 7)
        #expect(object["priority"] as? String == "high")
        #expect(object["recorded"] as? Bool == true)
        #expect(try ControlJSON.decode(EventLine.self, from: bytes) == line)
    }

    @Test func anUnrecordedLineHasNull() throws {
        let text = try ControlJSON.text(WireSample.line)
        #expect(text.contains(#""number":null"#))
        #expect(text.contains(#""recorded":false"#))
        #expect(text.contains(#""session":null"#))
    }
}
