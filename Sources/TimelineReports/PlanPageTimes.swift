import AlertEngine
import SessionFlow
import VitalsModel

extension PlanPage {
    /// How the baseline is taken: in words for people, in numbers for other programs.
    public struct Baseline: Encodable, Sendable {
        /// A sentence each.
        public var words: [String]
        var cuffReadings: Int
        var cuffWithin: Double
        var cuffSpread: Double
        var streamWindow: Double
        var streamMinimum: Double

        private enum CodingKeys: String, CodingKey {
            case words
            case cuffReadings = "cuff_readings"
            case cuffWithin = "cuff_within_s"
            case cuffSpread = "cuff_spread_mmhg"
            case streamWindow = "stream_window_s"
            case streamMinimum = "stream_minimum_s"
        }

        /// The words and numbers of a method.
        init(_ method: BaselineMethod) {
            words = PlanWords.baseline(method)
            cuffReadings = method.cuffReadings
            cuffWithin = method.cuffWithin.inSeconds
            cuffSpread = method.cuffSpread
            streamWindow = method.streamWindow.inSeconds
            streamMinimum = method.streamMinimum.inSeconds
        }
    }

    /// What happens to alerts that nobody answers, and to answered ones that stay: in words, and in seconds by priority.
    public struct Response: Encodable, Sendable {
        /// A sentence each.
        public var words: [String]
        var hold: Double
        var reminder: [String: Double]
        var escalation: [String: [Double]]

        private enum CodingKeys: String, CodingKey {
            case words
            case hold = "hold_s"
            case reminder = "reminder_s"
            case escalation = "escalation_s"
        }

        /// The words and numbers of the times.
        init(_ times: ResponseTimes) {
            words = PlanWords.response(times)
            hold = times.hold.inSeconds
            reminder = [:]
            escalation = [:]
            for (priority, time) in times.reminder { reminder[priority.rawValue] = time.inSeconds }
            for (priority, steps) in times.escalation { escalation[priority.rawValue] = steps.map(\.inSeconds) }
        }
    }
}
