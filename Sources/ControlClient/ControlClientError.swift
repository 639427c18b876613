import ControlProtocol

/// Why a request to the daemon gave no answer that can be used.
public enum ControlClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nobody serves the socket, or it fell silent.
    case unreachable(socket: String, why: String)
    /// The operating system does not let this user connect to the socket.
    case notPermitted(socket: String)
    /// The daemon said no, and why.
    case refused(ErrorBody, status: Int)
    /// The daemon answered with something that this version does not understand.
    case unintelligible(request: String, why: String)

    /// What happened, and what to type next.
    public var description: String {
        switch self {
        case .unreachable(let socket, let why):
            """
            vigild cannot be reached at \(socket): \(why)
            Is vigild running? Type: systemctl status vigild   (or try Vigil without it: vigil demo)
            """
        case .notPermitted(let socket):
            """
            this user may not connect to \(socket)
            Ask an administrator to add you to the group vigil (usermod -aG vigil NAME), then log in again.
            """
        case .refused(let body, _):
            body.description
        case .unintelligible(let request, let why):
            """
            the answer to "\(request)" cannot be read: \(why)
            Do vigil and vigild have the same version? Type: vigild --version
            """
        }
    }

    /// What kind of failure it is, in the words that exit codes are chosen by.
    public var category: Category {
        switch self {
        case .unreachable, .unintelligible: .unavailable
        case .notPermitted: .notPermitted
        case .refused(let body, let status): Category.named[body.code] ?? Category(status: status)
        }
    }

    /// The kinds of failure, as a caller has to tell them apart.
    public enum Category: Sendable, Hashable {
        /// The daemon, or its store, is not there.
        case unavailable
        /// The person's role does not allow it.
        case notPermitted
        /// What was asked for does not exist, or a rule of the record forbids it.
        case badData

        /// The words of `ErrorBody.code`.
        static let named: [String: Category] = [
            "unknown_route": .unavailable,
            "store_unavailable": .unavailable,
            "not_permitted": .notPermitted,
            "wrong_json": .badData,
            "wrong_query": .badData,
            "wrong_request": .badData,
            "unknown_session": .badData,
            "unknown_room": .badData,
            "unknown_plan": .badData,
            "room_busy": .badData,
            "refused": .badData,
        ]

        /// The category of a code that this version does not know, by the HTTP status.
        init(status: Int) {
            self =
                switch status {
                case 401, 403: .notPermitted
                case 400..<500: .badData
                default: .unavailable
                }
        }
    }
}
