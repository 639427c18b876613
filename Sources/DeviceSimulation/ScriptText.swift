import VitalsModel

/// A script as text: one event a line, `at 00:31:00 systolic-surge 188 for 12 min`; `#` begins a comment.
///
///     at HH:MM:SS systolic-surge [to] MMHG [on DEVICE] for N min
///     at HH:MM:SS heart-rate     [to] PER_MINUTE       for N min
///     at HH:MM:SS desaturation   [to] PERCENT          for N s
///     at HH:MM:SS sensor-off     spo2|ecg [on DEVICE]  for N s
///     at HH:MM:SS cable-pulled   [on DEVICE]           for N s
///     at HH:MM:SS noise-burst    [on DEVICE]           for N s
///     at HH:MM:SS bit-flips      ONE_IN_BYTES [on DEVICE] for N s
///     at HH:MM:SS lost-bytes     ONE_IN_BYTES [on DEVICE] for N s
///     at HH:MM:SS cuff-leak      [on DEVICE]           for N s
///     at HH:MM:SS clock-jump     SECONDS [on DEVICE]
///     at HH:MM:SS stall          [on DEVICE]           for N s
///     at HH:MM:SS cuff-resend    [on DEVICE]           for N s
///     at HH:MM:SS start-cuff
extension SimulationScript {
    /// Reads a script.
    ///
    /// - Throws: `ScriptErrors` with every faulty line.
    public init(parsing text: String) throws(ScriptErrors) {
        var events: [ScriptEvent] = []
        var faults: [ScriptErrors.Fault] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }
            var words = ScriptWords(content.split(whereSeparator: \.isWhitespace).map(String.init))
            guard !words.isEmpty else { continue }
            do throws(ScriptFault) {
                events.append(try words.event())
            } catch {
                faults.append(ScriptErrors.Fault(line: index + 1, words: error.words))
            }
        }
        guard faults.isEmpty else { throw ScriptErrors(faults: faults) }
        self.init(events: events)
    }
}

/// The lines of a script that could not be understood; all of them at once.
public struct ScriptErrors: Error, Hashable, CustomStringConvertible {
    /// One faulty line.
    public struct Fault: Sendable, Hashable {
        /// The line, counted from 1.
        public var line: Int
        /// What is wrong and what is allowed.
        public var words: String
    }

    /// In the order of the lines.
    public var faults: [Fault]

    /// One line for each fault: `line 3: ...`.
    public var description: String { faults.map { "line \($0.line): \($0.words)" }.joined(separator: "\n") }
}

/// What is wrong with one line.
struct ScriptFault: Error {
    var words: String
    init(_ words: String) { self.words = words }
}

/// Reads the words of one line from left to right.
struct ScriptWords {
    private var words: ArraySlice<String>

    init(_ words: [String]) { self.words = words[...] }

    var isEmpty: Bool { words.isEmpty }

    /// Reads one whole line.
    mutating func event() throws(ScriptFault) -> ScriptEvent {
        try expect("at")
        let start = try clockTime()
        let incident = try incident()
        var event = ScriptEvent(incident, at: start)
        if accept("on") { event.device = try next("a device name after \"on\"") }
        if !incident.isMomentary {
            try expect("for")
            event.lasting = try span()
        }
        if let extra = words.first { throw ScriptFault("\"\(extra)\" is too much; the line should end before it") }
        return event
    }

    private mutating func incident() throws(ScriptFault) -> ScriptIncident {
        let name = try next("what happens")
        switch name {
        case "systolic-surge": return .systolicSurge(to: try number(in: 60...270, "mmHg"))
        case "heart-rate": return .heartRate(to: try number(in: 20...250, "per minute"))
        case "desaturation": return .desaturation(to: try number(in: 50...99, "percent"))
        case "sensor-off": return .sensorOff(try sensor())
        case "cable-pulled": return .cablePulled
        case "noise-burst": return .noiseBurst
        case "bit-flips": return .bitFlips(oneInBytes: Int(try number(in: 10...1_000_000, "bytes for one flipped bit")))
        case "lost-bytes": return .lostBytes(oneInBytes: Int(try number(in: 10...1_000_000, "bytes for one that is lost")))
        case "cuff-leak": return .cuffLeak
        case "clock-jump": return .clockJump(seconds: Int(try number(in: -1_000_000_000...1_000_000_000, "seconds")))
        case "stall": return .stall
        case "start-cuff": return .startCuff
        case "cuff-resend": return .cuffResend
        default:
            throw ScriptFault(
                "\"\(name)\" is unknown; allowed: systolic-surge, heart-rate, desaturation, sensor-off, cable-pulled, noise-burst, bit-flips, "
                    + "lost-bytes, stall, start-cuff, cuff-resend, cuff-leak, clock-jump")
        }
    }

    private mutating func sensor() throws(ScriptFault) -> SimulatedSensor {
        let word = try next("a sensor")
        guard let sensor = SimulatedSensor(rawValue: word) else {
            throw ScriptFault("\"\(word)\" is no sensor; allowed: \(SimulatedSensor.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return sensor
    }

    private mutating func number(in range: ClosedRange<Double>, _ unit: String) throws(ScriptFault) -> Double {
        _ = accept("to")
        let word = try next("a number (\(unit))")
        guard let value = Double(word), range.contains(value) else {
            throw ScriptFault("\"\(word)\" should be a number from \(Int(range.lowerBound)) to \(Int(range.upperBound)) (\(unit))")
        }
        return value
    }

    private mutating func clockTime() throws(ScriptFault) -> Duration {
        let word = try next("a time after \"at\"")
        let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2],
            (0...99).contains(hours), (0...59).contains(minutes), (0...59).contains(seconds)
        else { throw ScriptFault("\"\(word)\" is no time; write hours:minutes:seconds, such as 00:31:00") }
        return .seconds(hours * 3600 + minutes * 60 + seconds)
    }

    private mutating func span() throws(ScriptFault) -> Duration {
        let word = try next("how long after \"for\"")
        guard let amount = Double(word), amount > 0, amount <= 86_400 else {
            throw ScriptFault("\"\(word)\" should be a number above 0 and at most 86400")
        }
        let unit = try next("\"s\" or \"min\" after \(word)")
        switch unit {
        case "s": return .nanoseconds(Int64(amount * 1e9))
        case "min": return .nanoseconds(Int64(amount * 60e9))
        default: throw ScriptFault("\"\(unit)\" is no unit of time here; write s or min")
        }
    }

    private mutating func expect(_ word: String) throws(ScriptFault) {
        let found = try next("\"\(word)\"")
        guard found == word else { throw ScriptFault("\"\(found)\" stands where \"\(word)\" should be") }
    }

    private mutating func accept(_ word: String) -> Bool {
        guard words.first == word else { return false }
        words.removeFirst()
        return true
    }

    private mutating func next(_ wanted: String) throws(ScriptFault) -> String {
        guard let word = words.popFirst() else { throw ScriptFault("the line ends where \(wanted) should be") }
        return word
    }
}
