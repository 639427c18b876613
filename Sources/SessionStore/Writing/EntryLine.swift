import FoundationEssentials
import GRDB
import VitalsModel

/// The columns of one entry as they are stored and hashed.
struct EntryLine {
    var number: Int64
    var event: String
    var session: String?
    var room: String?
    var kind: String
    /// The boot's name, not its row.
    var boot: String
    var bootNanoseconds: Int64
    var wallNanoseconds: Int64
    var actor: String
    var actorUID: Int64?
    /// JSON with sorted keys.
    var body: String

    /// What every query that decodes entries selects, in the order of ``init(row:)``; previous_hash and hash follow.
    static let selection = """
        SELECT number, event, session, room, kind, boot.name, boot_ns, wall_ns, actor, actor_uid, body, previous_hash, hash
        FROM entry LEFT JOIN boot ON boot.id = entry.boot
        """

    init(_ draft: EntryDraft, number: Int64, boot: String) throws {
        self.number = number
        self.boot = boot
        event = draft.event.rawValue
        session = draft.session?.rawValue
        room = draft.room?.rawValue
        kind = draft.content.kind.rawValue
        bootNanoseconds = draft.at.boot.nanoseconds
        wallNanoseconds = draft.at.wall.nanoseconds
        actor = draft.actor.name
        actorUID = draft.actor.uid.map(Int64.init)
        body = try EntryBody.encode(draft.content)
    }

    init(row: Row) {
        number = row[0]
        event = row[1]
        session = row[2]
        room = row[3]
        kind = row[4]
        boot = row[5] ?? ""
        bootNanoseconds = row[6]
        wallNanoseconds = row[7]
        actor = row[8]
        actorUID = row[9]
        body = row[10]
    }

    /// The entry that the columns stand for.
    func entry(epoch: StoreEpoch) throws -> Entry {
        guard let kind = EntryKind(rawValue: kind) else {
            throw DatabaseError(message: "entry \(number) has the kind `\(kind)`, which this version does not know")
        }
        let draft = EntryDraft(
            event: EventID(event), session: session.map { SessionID($0) }, room: room.map { RoomID($0) },
            at: Moment(boot: BootInstant(nanoseconds: bootNanoseconds), wall: WallInstant(nanoseconds: wallNanoseconds)),
            actor: Actor(name: actor, uid: actorUID.map { UInt32(truncatingIfNeeded: $0) }),
            content: try EntryBody.decode(body, kind: kind))
        return Entry(number: number, epoch: epoch, draft: draft)
    }
}

/// An entry's content as JSON: sorted keys and no escaped slashes, so that the same content is the same bytes.
enum EntryBody {
    static func encode(_ content: EntryContent) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Payload(content: content)), as: UTF8.self)
    }

    static func decode(_ body: String, kind: EntryKind) throws -> EntryContent {
        try JSONDecoder().decode(Payload.self, from: Data(body.utf8), configuration: kind).content
    }

    /// Carries the kind to the decoder, since the body does not name it.
    private struct Payload: Encodable, DecodableWithConfiguration {
        var content: EntryContent

        init(content: EntryContent) { self.content = content }

        init(from decoder: any Decoder, configuration: EntryKind) throws {
            content = try EntryContent(kind: configuration, from: decoder)
        }

        func encode(to encoder: any Encoder) throws { try content.encodePayload(to: encoder) }
    }
}
