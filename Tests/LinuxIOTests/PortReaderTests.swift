import Glibc
import LinuxIO
import Locking
import MonitorTesting
import Testing
import VitalsModel

extension PortSuite {
    @Suite struct PortReaderTests {
        @Test func aMebibyteArrivesWholeAndInOrder() throws {
            var random = SeededRandom.announced(for: "aMebibyteArrivesWholeAndInOrder")
            let sent = random.bytes(1 << 20)
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            #expect(try cable.send(sent))
            #expect(eventually { receiver.byteCount >= sent.count })
            #expect(receiver.bytes == sent)
        }

        @Test func burstsCarryTheMomentsAtWhichTheyWereRead() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            let before = BootClock.now().boot
            try cable.device.write([1])
            #expect(eventually { receiver.byteCount == 1 })
            try cable.device.write([2])
            #expect(eventually { receiver.byteCount == 2 })
            let moments = receiver.record.moments.map(\.boot)
            #expect(moments == moments.sorted())
            #expect(moments.allSatisfy { before < $0 && $0 < BootClock.now().boot })
        }

        @Test func aPausedPortIsLeftAloneUntilResumed() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            receiver.answer(.pause)
            let token = reader.add(cable.port, to: receiver)
            try cable.device.write([1])
            #expect(eventually { receiver.byteCount == 1 })
            try cable.device.write([2, 3])
            #expect(always(for: .milliseconds(50)) { receiver.byteCount == 1 })
            receiver.answer(.more)
            reader.resume(token)
            #expect(eventually { receiver.byteCount == 3 })
            reader.resume(token)
            try cable.device.write([4])
            #expect(eventually { receiver.bytes == [1, 2, 3, 4] })
        }

        @Test func manyPortsShareOneThread() throws {
            let cables = try (0..<40).map { _ in try Cable() }
            let reader = try PortReader()
            let receivers = cables.map { _ in PortReceiver() }
            for (cable, receiver) in zip(cables, receivers) { _ = reader.add(cable.port, to: receiver) }
            for round in 0..<20 {
                for (number, cable) in cables.enumerated() { try cable.device.write([UInt8(number), UInt8(round)]) }
            }
            #expect(eventually { receivers.allSatisfy { $0.byteCount == 40 } })
            for (number, receiver) in receivers.enumerated() {
                #expect(receiver.bytes == (0..<20).flatMap { [UInt8(number), UInt8($0)] })
            }
            // The thread of the test before this one may still be ending.
            #expect(eventually { ReaderThreads.processorTicks().count == 1 })
        }

        @Test func oneFloodedPortDoesNotStarveAnother() throws {
            let (flooded, quiet) = (try Cable(), try Cable())
            let reader = try PortReader()
            let (flood, calm) = (PortReceiver(), PortReceiver())
            _ = reader.add(flooded.port, to: flood)
            _ = reader.add(quiet.port, to: calm)
            for number in 0..<50 {
                #expect(try flooded.send([UInt8](repeating: 1, count: 20_000)))
                try quiet.device.write([UInt8(number)])
            }
            #expect(eventually { calm.byteCount == 50 && flood.byteCount == 1_000_000 })
        }

        @Test func coalescingGathersBurstsAndLosesNothing() throws {
            let cable = try Cable()
            let reader = try PortReader(coalesce: .milliseconds(20))
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            let start = BootClock.now().boot
            for number in 0..<100 {
                try cable.device.write([UInt8(number)])
                poll(nil, 0, 1)
            }
            #expect(eventually { receiver.byteCount == 100 })
            let elapsed = (BootClock.now().boot - start).inSeconds
            #expect(receiver.bytes == (0..<100).map { UInt8($0) })
            #expect(Double(receiver.record.moments.count) <= elapsed / 0.020 + 2)
        }

        @Test func aRequestIsServedDuringTheQuietTime() throws {
            let (first, second) = (try Cable(), try Cable())
            let reader = try PortReader(coalesce: .seconds(60))
            let receiver = PortReceiver()
            let token = reader.add(first.port, to: receiver)
            try first.device.write([1])
            #expect(eventually { receiver.byteCount == 1 })
            reader.remove(token)
            second.port.close()
            let late = PortReceiver()
            _ = reader.add(second.port, to: late)
            #expect(eventually { late.losses == [.closedHere] })
        }
    }
}

/// The threads of readers, as the kernel counts them.
enum ReaderThreads {
    /// Processor time of each thread named `port-reader`, in clock ticks of 10 ms (proc(5), fields 14 and 15 of stat).
    static func processorTicks() -> [Int] {
        FolderListing.names(in: "/proc/self/task").compactMap { thread in
            // A thread that has just ended has no such file any more.
            guard let bytes = try? readWholeFile("/proc/self/task/\(thread)/stat") else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.contains("(port-reader)"), let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[end...].split(separator: " ")
            return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
        }
    }
}
