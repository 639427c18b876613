// PAR NIBP modules and relatives with the ";;" text protocol (PAR NIBP2010, NIBP2020 UP, Sinnor N6, UN300C)
//
// Line      4800 baud, 8N1 (pressure only); boards with SpO2 use 19200. The module is silent until it is asked or its cuff runs.
//
// Host      02 c c ; ; k k 03        c  code, two digits        k  sum of the four bytes before, modulo 256, two hex digits
//             01 start one measurement   03 manual mode, no more cycles   18 send the status   24 adult mode
//             58 ('X') alone, unframed: deflate now
//           Other codes exist (cycles, first inflation, leak test, resets). They are not sent.
//
// Frame     02 ... 03 0D, three kinds
//             d d d C c S s                                               while the cuff runs, several times a second, no checksum
//               d  cuff pressure, mmHg               c  caution: 1 wrong cuff for an adult, 2 for a neonate
//               s  3 measuring, 8 inflating, 9 holding; 4 manometer, 7 leak test
//             9 9 9                                                       the measurement is over
//             Sa;Ab;Ccc;Mmm;Psssdddmmm;Rrrr;Ttttt;;kk                     the status, 39 bytes
//               a  0 self test, 1 standby, 2 error, 3 measuring, 4 manometer, 5 initialising, 6 cycle, 7 leak test, 8, 9 as above
//               b  0 adult, 1 neonate    c  cycle in min    m  message, 00 and 03 are good    s, d, m  systolic, DIASTOLIC, MEAN
//               r  pulse rate            t  seconds to the next measurement; what is missing is dashes, spaces or zeros
//
// Checksum  k: sum of every byte from S to the second semicolon, modulo 256, as two upper-case hex digits.
//
// Meaning   A status gives values only with a 1, b 0, a good message and pressures that a body can have (systolic 40-300, diastolic
//           20-200, diastolic < mean < systolic). A status with an error may still carry the pressures of the measurement before:
//           they are remembered, so that they are never taken for new ones, and never given. A measurement is new when the cuff
//           was seen running and 999 was seen; without these only when its numbers differ from those known before. With a 6 only
//           a measurement that was seen gives values. What the module holds when the link comes up is of unknown age: live it is
//           remembered, offline it is given.
//           A caution that two pressures of a measurement say (they have no checksum) is told, and makes its values `suspect`.
//           The pulse rate of the cuff is used to tell results apart and is not given: it would pass for a streaming value.
//
// Dialogue  18 every 5 s at rest (link, measurements begun elsewhere). To start: 18, wait for a module that is free, 03 if it
//           makes cycles, 24 if it is in neonatal mode, 01; the cuff must be seen running, else 01 again, twice at most, and each time only after a status which
//           says that the module rests: never two measurements. At 999: 18 until the result is there. No cuff pressure for 3 s: 18;
//           no answer to that, or 150 s in all: X. An abort sends X at once, and again until the module says that it rests; if
//           the line was dead meanwhile also when it comes back; and if a start was sent before it, also to a cuff that runs
//           within 2 s.
//
// Resync    02 begins a message anew, 03 ends it; 62 bytes without 03 are dropped. Every place of a message is checked.
//
// Doubts    The example of a status in one manual has a checksum that the rule does not give; the rule is believed. Whether the
//           module says 999 after X is not known; both are handled. Boards with SpO2 that frame by FD FE are not decoded. Some
//           boards send version text in the shape of a status at power-up: it fails the checks and is dropped.
// Sources   Two open drivers written after the maker's description, four others; see the protocol page. No recording of a device.

import VitalsModel

/// PAR NIBP modules and relatives.
public enum ParNIBP {
    /// The family.
    public static let family = DeviceFamily(
        id: "par-nibp", displayName: "PAR NIBP2010, NIBP2020 UP, Sinnor N6, UN300C", maturity: .reported,
        line: LineSettings(baud: 4800), signals: [.nibpSystolic, .nibpDiastolic, .nibpMean],
        otherLines: [LineSettings(baud: 19_200)], initiative: .client, cuffControl: .startAndAbort
    ) { mode, _ in ParNIBPDecoder(mode) }
}

/// Codes of the host.
enum ParCommand: String {
    case start = "01"
    case manual = "03"
    case status = "18"
    case adult = "24"

    var frame: [UInt8] {
        let text = Array(rawValue.utf8) + [0x3B, 0x3B]
        return [0x02] + text + ParText.sum(text) + [0x03]
    }

    static let abort: [UInt8] = [0x58]
}
