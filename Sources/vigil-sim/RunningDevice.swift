import DeviceProtocols
import DeviceSimulation
import Dispatch
import Glibc
import LinuxIO
import UnixSignals
import VitalsModel

/// A simulated device on its port until a signal ends it.
enum RunningDevice {
    /// How often a device with scaled time is stepped, in milliseconds.
    private static let stepMilliseconds = 5

    /// Plugs the device in, prints the path, and runs until SIGINT or SIGTERM.
    static func run(_ device: any SimulatedDevice, family: DeviceFamily, _ options: PortOptions, start: BootInstant) async throws {
        // Trapped before the port exists, so that no signal leaves a link or a socket behind.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        do {
            let line = SimulatedLine(script: try options.patient().script, start: start, seed: options.seed)
            let port = try SimulatedPort(device: device, line: line, place: options.place(family.line), start: start)
            Console.write("\(port.path ?? "unplugged by the script")\n")
            if options.speed == 1 {
                try await inRealTime(port, until: signals)
            } else {
                await scaled(port, by: options.speed, from: start, until: signals)
            }
            port.unplug()
        } catch let error as SystemError {
            throw SimulationFailure(description: "\(error)", status: EX_OSERR)
        }
    }

    private static func inRealTime(_ port: SimulatedPort, until signals: UnixSignalsSequence) async throws {
        let drive = RealTimeDrive(ports: [port]) { Console.writeError("vigil-sim: \($0)\n") }
        try drive.start()
        for await _ in signals { break }
        drive.stop()
    }

    private static func scaled(_ port: SimulatedPort, by speed: Double, from start: BootInstant, until signals: UnixSignalsSequence) async {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "vigil-sim.clock"))
        timer.schedule(deadline: .now(), repeating: .milliseconds(stepMilliseconds))
        timer.setEventHandler { @Sendable in
            do throws(SystemError) {
                try port.step(to: start + (BootClock.now().boot - start) * speed)
            } catch {
                Console.writeError("vigil-sim: \(error)\n")
            }
        }
        timer.activate()
        for await _ in signals { break }
        timer.cancel()
    }
}
