import Dispatch
import LinuxIO
import Locking
import MonitorTesting
import Synchronization
import Testing
import VitalsModel

extension PortSuite {
    @Suite struct PortRemovalTests {
        @Test func noCallbackStartsAfterRemove() throws {
            let reader = try PortReader()
            let late = Atomic(0)
            for _ in 0..<100 {
                let cable = try Cable()
                let isRemoved = Mark()
                let count = { @Sendable in if isRemoved.isSet { late.add(1, ordering: .relaxed) } }
                let token = reader.add(
                    cable.port,
                    deliver: { _, _ in
                        count(); return .more
                    }, lost: { _ in count() })
                try cable.device.write([UInt8](repeating: 1, count: 4000))
                let device = cable.device
                DispatchQueue.global().async { device.hangUp() }
                reader.remove(token)
                isRemoved.set()
            }
            #expect(always(for: .milliseconds(30)) { late.load(ordering: .relaxed) == 0 })
        }

        @Test func removeWaitsForTheEndOfARunningCallback() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let (isRunning, mayEnd, hasEnded, isRemoved) = (Mark(), Mark(), Mark(), Mark())
            let token = reader.add(
                cable.port,
                deliver: { _, _ in
                    isRunning.set()
                    if eventually({ mayEnd.isSet }) { hasEnded.set() }
                    return .more
                }, lost: { _ in })
            try cable.device.write([1])
            #expect(eventually { isRunning.isSet })
            DispatchQueue.global().async {
                reader.remove(token)
                isRemoved.set()
            }
            #expect(always(for: .milliseconds(50)) { !isRemoved.isSet })
            mayEnd.set()
            #expect(eventually { isRemoved.isSet })
            #expect(hasEnded.isSet)
        }

        @Test func removeLeavesThePortOpenForItsOwner() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let (first, second) = (PortReceiver(), PortReceiver())
            let token = reader.add(cable.port, to: first)
            reader.remove(token)
            reader.remove(token)
            #expect(!cable.port.isClosed)
            _ = reader.add(cable.port, to: second)
            try cable.device.write([5])
            #expect(eventually { second.bytes == [5] })
            #expect(first.bytes.isEmpty)
        }

        @Test func aCallbackMayRemoveItsOwnPort() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let token = Locking.Mutex<PortToken?>(nil)
            let bursts = Atomic(0)
            let added = reader.add(
                cable.port,
                deliver: { [unowned reader] _, _ in
                    bursts.add(1, ordering: .relaxed)
                    if let token = token.withLock({ $0 }) { reader.remove(token) }
                    return .more
                }, lost: { _ in })
            token.withLock { $0 = added }
            try cable.device.write([1])
            #expect(eventually { bursts.load(ordering: .relaxed) == 1 })
            try cable.device.write([2])
            #expect(always(for: .milliseconds(30)) { bursts.load(ordering: .relaxed) == 1 })
        }

        @Test func aCallbackMayStopTheReader() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let bursts = Atomic(0)
            reader.add(
                cable.port,
                deliver: { [unowned reader] _, _ in
                    bursts.add(1, ordering: .relaxed)
                    reader.stop()
                    return .more
                }, lost: { _ in })
            try cable.device.write([1])
            #expect(eventually { bursts.load(ordering: .relaxed) == 1 })
            #expect(eventually { ReaderThreads.processorTicks().isEmpty })
        }

        @Test func stopEndsTheThreadAndLeavesPortsOpen() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            reader.stop()
            reader.stop()
            try cable.device.write([1])
            #expect(eventually { ReaderThreads.processorTicks().isEmpty })
            #expect(receiver.bytes.isEmpty && receiver.losses.isEmpty)
            #expect(!cable.port.isClosed)
        }

        @Test func aPortAddedAfterStopIsReportedAndNotForgotten() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            reader.stop()
            _ = reader.add(cable.port, to: receiver)
            #expect(receiver.losses == [.readerStopped])
        }

        @Test func aReaderThatIsLetGoEndsItsThread() throws {
            do {
                let reader = try PortReader()
                let cable = try Cable()
                _ = reader.add(cable.port, to: PortReceiver())
                #expect(eventually { ReaderThreads.processorTicks().count == 1 })
            }
            #expect(eventually { ReaderThreads.processorTicks().isEmpty })
        }
    }
}

/// Says to other threads that something has happened.
private final class Mark: Sendable {
    private let mark = Atomic(false)
    var isSet: Bool { mark.load(ordering: .sequentiallyConsistent) }
    func set() { mark.store(true, ordering: .sequentiallyConsistent) }
}
