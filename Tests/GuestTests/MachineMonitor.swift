import Foundation
import LinuxIO
import Locking
import VitalsModel

/// QEMU's own control connection (QMP: one JSON object a line; events come in between).
final class MachineMonitor: Sendable {
    private static let patience: Duration = .seconds(60)

    private let line: LineSocket
    /// The devices whose end has been told.
    private let deleted = Mutex<Set<String>>([])

    /// Connects; the machine must be running.
    init(socket: String) async throws {
        line = try LineSocket.connect(to: socket)
        // It greets first.
        _ = try await line.dialogue { try $0.receive(by: BootClock.now().boot + Self.patience) }
        try await execute("qmp_capabilities", [:])
    }

    /// Gives an order and waits until it is carried out.
    ///
    /// - Throws: `GuestFailure` with QEMU's own words where it refuses.
    func execute(_ order: String, _ arguments: [String: String]) async throws {
        let message = try JSONEncoder().encode(Order(execute: order, arguments: arguments))
        try await line.dialogue { line in
            try line.send(String(decoding: message, as: UTF8.self))
            while true {
                let answer = try self.message(from: line)
                if let error = answer.error { throw GuestFailure(description: "\(order) \(arguments): \(error.desc)") }
                if answer.event == nil { return }
            }
        }
    }

    /// Waits until the guest has let a device go.
    func waitForEnd(of device: String) async throws {
        try await line.dialogue { line in
            while self.deleted.withLock({ $0.remove(device) }) == nil { _ = try self.message(from: line) }
        }
    }

    private func message(from line: LineSocket) throws -> Message {
        let text = try line.receive(by: BootClock.now().boot + Self.patience)
        let message = try JSONDecoder().decode(Message.self, from: Data(text.utf8))
        if message.event == "DEVICE_DELETED", let device = message.data?.device { deleted.withLock { _ = $0.insert(device) } }
        return message
    }

    private struct Order: Encodable {
        var execute: String
        var arguments: [String: String]
    }

    private struct Message: Decodable {
        struct Fault: Decodable { var desc: String }
        struct Detail: Decodable { var device: String? }

        var event: String?
        var data: Detail?
        var error: Fault?
    }
}
