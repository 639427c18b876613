import Crypto
import VitalsModel

/// The hash that chains the entries: SHA-256 over these bytes, in this order.
///
/// 1. The ASCII bytes `vigil-entry-1` and one zero byte, so that the layout can change without doubt.
/// 2. The hash of the entry before, 32 bytes; 32 zero bytes before the first entry.
/// 3. The columns `number`, `event`, `session`, `room`, `kind`, the boot's name, `boot_ns`, `wall_ns`, `actor`, `actor_uid`, `body`.
///    Each is its length in bytes as 4 bytes, greatest first, and then its bytes: text in UTF-8, a number as 8 bytes, greatest
///    first, in two's complement. NULL is the length FF FF FF FF and nothing else.
///
/// Whoever changes, exchanges or takes out an entry must compute all later hashes again; a printed or exported last hash shows it.
enum EntryHash {
    /// What stands before the first entry.
    static let first = [UInt8](repeating: 0, count: 32)

    private static let tag: [UInt8] = Array("vigil-entry-1".utf8) + [0]

    /// The hash of a line that follows `previous`.
    static func digest(of line: EntryLine, after previous: [UInt8]) -> [UInt8] {
        var bytes = tag
        bytes.reserveCapacity(256 + line.body.utf8.count)
        bytes += previous
        append(line.number, to: &bytes)
        append(line.event, to: &bytes)
        append(line.session, to: &bytes)
        append(line.room, to: &bytes)
        append(line.kind, to: &bytes)
        append(line.boot, to: &bytes)
        append(line.bootNanoseconds, to: &bytes)
        append(line.wallNanoseconds, to: &bytes)
        append(line.actor, to: &bytes)
        append(line.actorUID, to: &bytes)
        append(line.body, to: &bytes)
        return Array(SHA256.hash(data: bytes))
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        guard let text else { return append(length: .max, to: &bytes) }
        append(length: UInt32(truncatingIfNeeded: text.utf8.count), to: &bytes)
        bytes += text.utf8
    }

    private static func append(_ number: Int64?, to bytes: inout [UInt8]) {
        guard let number else { return append(length: .max, to: &bytes) }
        append(length: 8, to: &bytes)
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }

    private static func append(length: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: length.bigEndian) { bytes += $0 }
    }
}
