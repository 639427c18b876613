import ArgumentParser
import ControlClient
import ControlProtocol
import DeviceProtocols
import Glibc
import LinuxIO
import SessionStore
import TimelineReports

/// A command that cannot do what it was asked for: the message and the exit code.
struct CommandFailure: Error, CustomStringConvertible {
    /// What happened, and what to do next.
    var description: String
    /// The exit code.
    var status: Int32
}

/// The exit codes of sysexits(3), by error.
enum ExitStatus {
    /// The code of an error of ours; nil for one of the argument parser.
    static func code(of error: any Error) -> Int32? {
        switch error {
        case let error as CommandFailure: error.status
        case let error as ControlClientError: code(of: error.category)
        case let error as SystemError: code(ofCall: error.code)
        case let error as StoreError: error.code == .cannotOpen ? EX_NOINPUT : EX_DATAERR
        case is ErrorBody: EX_DATAERR
        case is HexTextError, is ReadingSeriesFault: EX_DATAERR
        case is DeviceOptionError, is BaselineText.Fault: EX_USAGE
        default: nil
        }
    }

    /// Says what went wrong on standard error, and ends the program.
    static func end(with error: any Error) -> Never {
        guard let code = code(of: error) else { VigilCommand.exit(withError: error) }
        StandardOutput.writeError("vigil: \(error)\n")
        Glibc.exit(code)
    }

    /// What an `errno` value means to a script: in use, not permitted, or not there.
    private static func code(ofCall number: Int32) -> Int32 {
        switch number {
        case EBUSY: EX_DATAERR
        case EACCES, EPERM: EX_NOPERM
        default: EX_NOINPUT
        }
    }

    private static func code(of category: ControlClientError.Category) -> Int32 {
        switch category {
        case .unavailable: EX_UNAVAILABLE
        case .notPermitted: EX_NOPERM
        case .badData: EX_DATAERR
        }
    }
}
