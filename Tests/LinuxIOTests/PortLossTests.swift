import Dispatch
import Glibc
import LinuxIO
import Locking
import MonitorTesting
import Testing
import VitalsModel

extension PortSuite {
    @Suite struct PortLossTests {
        @Test func aHangUpIsToldOnceAndTheDescriptorClosed() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            try cable.device.write([1, 2, 3])
            #expect(eventually { receiver.byteCount == 3 })
            cable.device.hangUp()
            #expect(eventually { !receiver.losses.isEmpty })
            #expect(cable.port.isClosed)
            #expect(FolderListing.openDescriptors(of: cable.device.slavePath) == 0)
            #expect(always(for: .milliseconds(50)) { receiver.losses.count == 1 })
            #expect(receiver.losses == [.endOfFile])
            #expect(receiver.record.afterLoss == 0)
        }

        @Test func thePortIsClosedBeforeItsLossIsTold() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let port = cable.port
            let wasClosed = Mutex<Bool?>(nil)
            reader.add(port, deliver: { _, _ in .more }, lost: { _ in wasClosed.withLock { $0 = port.isClosed } })
            cable.device.hangUp()
            #expect(eventually { wasClosed.withLock { $0 } != nil })
            #expect(wasClosed.withLock { $0 } == true)
        }

        @Test func aPortIsOpenedAgainAfterReplugging() throws {
            let folder = try TemporaryFolder()
            let reader = try PortReader()
            for round in 0..<5 {
                let device = try PseudoTerminal.open()
                unlink(folder.path("by-id"))
                #expect(symlink(device.slavePath, folder.path("by-id")) == 0)
                let port = try SerialPort.open(path: folder.path("by-id"), line: LineSettings(baud: 9600))
                let receiver = PortReceiver()
                _ = reader.add(port, to: receiver)
                try device.write([UInt8(round)])
                #expect(eventually { receiver.bytes == [UInt8(round)] })
                device.hangUp()
                #expect(eventually { receiver.losses.count == 1 })
            }
        }

        @Test func aPortThatIsClosedHereIsLostOnce() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            cable.port.close()
            #expect(eventually { receiver.losses == [.closedHere] })
            #expect(always(for: .milliseconds(30)) { receiver.losses.count == 1 })
        }

        @Test func aPortThatWasClosedBeforeIsLostOnce() throws {
            let cable = try Cable()
            let reader = try PortReader()
            let receiver = PortReceiver()
            cable.port.close()
            _ = reader.add(cable.port, to: receiver)
            #expect(eventually { receiver.losses == [.closedHere] })
        }

        @Test func nothingSpinsWhilePausedHungUpOrEmpty() throws {
            let (paused, idle, gone) = (try Cable(), try Cable(), try Cable())
            let reader = try PortReader()
            let receivers = [PortReceiver(), PortReceiver(), PortReceiver()]
            receivers[0].answer(.pause)
            let token = reader.add(paused.port, to: receivers[0])
            _ = reader.add(idle.port, to: receivers[1])
            _ = reader.add(gone.port, to: receivers[2])
            try paused.device.write([1])
            #expect(eventually { receivers[0].byteCount == 1 })
            paused.device.hangUp()
            gone.device.hangUp()
            #expect(eventually { receivers[2].losses.count == 1 })
            let before = ReaderThreads.processorTicks().reduce(0, +)
            #expect(always(for: .milliseconds(300)) { receivers[0].losses.isEmpty })
            #expect(ReaderThreads.processorTicks().reduce(0, +) - before <= 3)
            reader.resume(token)
            #expect(eventually { receivers[0].losses == [.endOfFile] })
        }

        /// Devices go at random moments: before, between and after bytes, while paused, while written to, while removed.
        @Test func twoHundredRandomHangUpsLeaveNothingBehind() throws {
            var random = SeededRandom.announced(for: "twoHundredRandomHangUpsLeaveNothingBehind")
            let before = FolderListing.openDescriptors(beginning: "/dev/pt")
            let reader = try PortReader()
            for _ in 0..<200 {
                let cable = try Cable()
                let receiver = PortReceiver()
                if Int.random(in: 0..<4, using: &random) == 0 { receiver.answer(.pause) }
                let token = reader.add(cable.port, to: receiver)
                let (device, port) = (cable.device, cable.port)
                let work = DispatchGroup()
                let noise = random.bytes(Int.random(in: 0..<20_000, using: &random))
                // Errors are what this test provokes: each write may find the device gone.
                DispatchQueue.global().async(group: work) { _ = try? device.write(noise) }
                DispatchQueue.global().async(group: work) { _ = try? port.write(Array(noise.prefix(1000))) }
                if Bool.random(using: &random) { _ = eventually(within: .milliseconds(2)) { receiver.byteCount > 0 } }
                device.hangUp()
                let removed = Int.random(in: 0..<8, using: &random) == 0
                if removed { reader.remove(token) }
                work.wait()
                reader.resume(token)
                if removed {
                    port.close()
                } else {
                    #expect(
                        eventually {
                            reader.resume(token); return receiver.losses.count == 1
                        })
                }
                #expect(port.isClosed)
                #expect(receiver.losses.count <= 1 && receiver.record.afterLoss == 0)
            }
            // One descriptor lost at each hang-up would be 200; what other suites open and close meanwhile is far less.
            #expect(FolderListing.openDescriptors(beginning: "/dev/pt") < before + 100)
        }
    }
}
