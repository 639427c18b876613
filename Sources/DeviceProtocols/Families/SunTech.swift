// SunTech Advantage cuff modules (OEM boards, also inside many monitors)
//
// Line      9600 baud, 8N1. The module is silent until it is asked; only the end of a measurement is said unasked.
//
// Host      3A data checksum: no length
//             3A 20 A6 start a measurement    3A 79 05 00 48 cuff pressure?    3A 79 03 00 4A result?
//           No code that stops a measurement is known from the sources. None is invented: see Dialogue.
//
// Frame     3E L data C       L  bytes in all, 4 to 67       numbers unsigned, the low byte first
//             L 04   4B                                                              the measurement is over
//             L 05   P P                                                             P  cuff pressure, mmHg
//             L 18   S S D D B A t t t t t t t t H x M M E x x                       the last result
//               S, D, M  systolic, diastolic, mean, mmHg      B  beats used          A  state of the result, 01 seen
//               H  heart rate of the cuff                     E  error, 0 good       t, x  not used
//             Frames of other lengths and words are passed over.
//
// Checksum  C makes the sum of the whole frame 0 modulo 256.
//
// Meaning   A result with an error gives no pressures, whatever it carries. With A other than 01 it is `suspect`. Pressures that a body
//           cannot have are refused: systolic 40-300, diastolic 20-200, diastolic < mean < systolic. Zeros are no result.
//           The module holds its last result for ever and gives it no number: it is new when the cuff was seen running and the end
//           was said; without these only when its numbers differ from those known before. What it holds when the link comes up is
//           of unknown age: live it is remembered, offline it is given. The cuff's heart rate is not given: it would pass
//           for a streaming value.
//
// Dialogue  At rest the pressure every 2 s and the result every fifth time (link, results that were missed). A measurement runs when the
//           pressure has risen by 20 mmHg over its lowest, after a start by 5. To start: the pressure must be below 5 mmHg, else it
//           waits up to 30 s; then the start; while the cuff stays empty for 5 s and the result is the old one, twice again. While it
//           runs the pressure every 0.5 s; at the end, or when the cuff has been empty for 3 s, the result. An abort takes back a
//           start that was not sent yet. A measurement that runs cannot be stopped from here: an abort, and 150 s in all, are
//           answered by words that say so, at once, and by its result later. Good frames that answer another question than the
//           last count as no answer from the sixth in a row on; after five unanswered requests, or 30 s, a start has failed.
//
// Resync    A window slides byte by byte to 3E, a possible length and a sum of 0. A frame begun is dropped after 200 ms of silence.
//           The sum finds every single flipped bit.
//
// Doubts    What the module answers to a start, and its list of errors, are not known; errors are told by number.
// Sources   One open program with the examples of the maker's manual in its tests. See the protocol page. No recording of a device.

import VitalsModel

/// SunTech Advantage cuff modules.
public enum SunTech {
    /// The family.
    public static let family = DeviceFamily(
        id: "suntech", displayName: "SunTech Advantage OEM cuff modules", maturity: .reported, line: LineSettings(baud: 9600),
        signals: [.nibpSystolic, .nibpDiastolic, .nibpMean], initiative: .client, cuffControl: .startOnly
    ) { mode, _ in SunTechDecoder(mode) }
}

/// What the host sends.
enum SunTechCommand {
    static let start: [UInt8] = [0x3A, 0x20, 0xA6]
}

/// What the host asks.
enum SunTechRequest: Sendable, Hashable {
    case pressure, result

    var bytes: [UInt8] {
        switch self {
        case .pressure: [0x3A, 0x79, 0x05, 0x00, 0x48]
        case .result: [0x3A, 0x79, 0x03, 0x00, 0x4A]
        }
    }

    func isAnswered(by message: SunTechMessage) -> Bool {
        switch message {
        case .pressure: self == .pressure
        case .result: self == .result
        case .ended, .other: false
        }
    }
}
