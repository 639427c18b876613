import DeviceProtocols
import LinuxIO
import ServiceConfiguration
import VitalsModel

#if canImport(Glibc)
    import Glibc
#endif

/// From the rule of a source to its open port: find the device, claim it, open it for this process alone.
struct SourceOpening: Sendable {
    let configuration: SourceConfiguration
    let family: DeviceFamily
    let claims: PortClaims

    /// What looking for the device gave.
    enum Found: Sendable {
        /// The device is there and claimed; whoever does not open it gives it back by `claims`.
        case device(String)
        /// There is none, with the reason.
        case nothing(String)
        /// There is one that may not be had, with the reason and the remedy.
        case refused(String)
    }

    /// Finds the device and claims it.
    func find() -> Found {
        do throws(SystemError) {
            guard let device = try PortMatching.device(of: configuration.match) else {
                return .nothing("no adapter \(configuration.match) is plugged in (vigil device list shows those there are)")
            }
            if let refusal = claims.claim(device, for: configuration.id) { return .refused(refusal.description) }
            return .device(device)
        } catch {
            return error.isAbsence ? .nothing(error.description) : .refused(error.description)
        }
    }

    /// Opens a device that was found; the claim is given back where that fails.
    func open(_ device: String) -> Result<SerialPort, SystemError> {
        do throws(SystemError) {
            // By the configured path where there is one: errors name what a person can correct.
            let path = if case .path(let path) = configuration.match { path } else { device }
            let port = try SerialPort.open(path: path, line: configuration.line(of: family))
            guard port.resolvedPath == device else {
                port.close()
                throw SystemError(
                    "open the serial port", path: path, code: ENODEV, cause: "it became \(port.resolvedPath) meanwhile",
                    remedy: "it is opened again by itself")
            }
            return .success(port)
        } catch {
            claims.release(device, of: configuration.id)
            return .failure(error)
        }
    }
}

extension SystemError {
    /// Whether the path or device is simply not there.
    var isAbsence: Bool { code == ENOENT || code == ENXIO || code == ENODEV }
}
