// The cuff of a Berry PM6750 board; what its states mean is told in BerryMulti.swift.

import VitalsModel

struct BerryMultiPressures: Sendable, Hashable {
    var systolic: UInt8
    var mean: UInt8
    var diastolic: UInt8

    var isNone: Bool { systolic == 0 && mean == 0 && diastolic == 0 }
    var isPlausible: Bool { diastolic >= 10 && diastolic < mean && mean < systolic }
}

/// How the cuff stands, and which result was given.
struct BerryMultiCuff: Sendable {
    private let isLive: Bool
    /// The state of the last packet; nil before the first, and after a silence.
    private(set) var state: UInt8?
    private var known: BerryMultiPressures?
    private(set) var isMeasuring = false

    private static let failures: [UInt8: String] = [
        2: "stopped", 3: "over-pressure", 4: "cuff loose", 5: "time-out", 6: "error", 7: "disturbed", 8: "out of range",
    ]

    init(isLive: Bool) { self.isLive = isLive }

    /// The board fell silent: what it shows afterwards is of unknown age.
    mutating func lose(_ events: inout [DeviceEvent]) {
        if isMeasuring { events.append(.cuff(.idle, failure: "the board fell silent")) }
        isMeasuring = false
        state = nil
    }

    /// Takes the state and the pressures of a packet.
    ///
    /// - Returns: the pressures when they are a new result.
    mutating func take(
        state next: UInt8, _ pressures: BerryMultiPressures, _ events: inout [DeviceEvent]
    ) -> BerryMultiPressures? {
        let (before, wasMeasuring) = (state, isMeasuring)
        state = next
        isMeasuring = next == 1
        if isMeasuring, !wasMeasuring { events.append(.cuff(.measuring, failure: nil)) }
        if next != 0, next != 1, wasMeasuring || before != nil && before != next {
            // Initialising ends a measurement without a word of its own.
            if let words = Self.failures[next] ?? (wasMeasuring ? "the board started anew" : nil) {
                events.append(.cuff(.idle, failure: words))
            }
        }
        guard next == 0 else { return nil }
        let isFirst = before == nil
        defer { if !pressures.isNone { known = pressures } }
        if wasMeasuring { return pressures }
        guard !pressures.isNone, pressures != known, !(isFirst && isLive) else { return nil }
        return pressures
    }
}

/// A command to the cuff that has not yet been seen to work.
struct BerryMultiOrder: Sendable {
    let command: CuffCommand
    /// Whether it was obeyed, failed, or was given up.
    private(set) var isDone = false
    /// The state seen last, from before the command on; nil is unknown.
    private var state: UInt8?
    /// When it may be sent again.
    private var nextTry: BootInstant
    private var timesTried = 0
    /// Since when the cuff has been seen at rest, for an abort.
    private var restingSince: BootInstant?
    /// Whether the cuff was seen to measure since the abort was sent, and how many aborts that happened to.
    private var isContradicted = false
    private var unanswered = 0

    private static let patience = Duration.seconds(2)
    private static let triesToStart = 5
    /// A start that the board takes up late shows within this time.
    private static let restToBelieve = Duration.seconds(5)

    /// Creates an order that is due at once, to a cuff that stands so.
    init(_ command: CuffCommand, _ state: UInt8?, at now: BootInstant) {
        (self.command, self.state, nextTry) = (command, state, now)
    }

    /// When `act` has something to do; nil while an abort has nothing to end.
    var deadline: BootInstant? { command == .start || mayNeedAbort ? nextTry : nil }

    /// Resting states need no further abort.
    private var mayNeedAbort: Bool { timesTried == 0 || state == nil || state == 1 || state == 9 }

    /// The board fell silent.
    mutating func loseSight() { (state, restingSince) = (nil, nil) }

    /// The cuff says how it stands.
    mutating func see(_ next: UInt8, at now: BootInstant) {
        defer { state = next }
        switch command {
        case .start:
            // A failure that stood there before says nothing of this start.
            isDone = next == 1 || (2...8).contains(next) && state != nil && next != state
        case .abort:
            isContradicted = next == 1
            // While it initialises it hears nothing, and may take up a start behind it.
            guard next != 1, next != 9 else { return restingSince = nil }
            let since = restingSince ?? now
            restingSince = since
            isDone = now >= since + Self.restToBelieve
        }
    }

    /// What is to be sent now, and what is to be told in words.
    mutating func act(at now: BootInstant) -> (packets: [[UInt8]], failure: String?) {
        guard !isDone, let deadline, now >= deadline else { return ([], nil) }
        nextTry = now + Self.patience
        timesTried += 1
        return command == .start ? start() : abort()
    }

    /// A board that says of itself how a measurement ended must not begin another: it hears the first only.
    private mutating func start() -> (packets: [[UInt8]], failure: String?) {
        guard timesTried <= Self.triesToStart else {
            isDone = true
            return ([], "the board does not obey the start")
        }
        guard timesTried == 1 || state == nil || state == 0 || state == 9 || state == 10 else { return ([], nil) }
        return ([BerryMulti.packet(0x09, [0x01]), BerryMulti.packet(0x02, [0x01])], nil)
    }

    private mutating func abort() -> (packets: [[UInt8]], failure: String?) {
        if isContradicted, timesTried > 1 { unanswered = min(unanswered + 1, 4) }
        let isFutile = isContradicted && timesTried > 1 && unanswered == 3
        isContradicted = false
        return ([BerryMulti.packet(0x02, [0x00])], isFutile ? "the board does not obey the stop" : nil)
    }
}
