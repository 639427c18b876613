// Philips IntelliVue, Data Export over MIB/RS232 (MP, MX and X series with a MIB port set to "Data Export")
//
// Line      115200 baud, 8N1, no flow control; the port's "fixed baud rate" setting.
// Integers  big-endian everywhere, except the check sequence of a frame.
//
// Frame     C0 | 11 01 LL LL | user data (L bytes) | ff FF | C1
//             L  length of the user data        fF  CRC-16/X-25 of header and user data, low byte first
//           Between C0 and C1 the bytes C0, C1, 7D are sent as 7D and the byte xor 20. 7D C1 gives a frame up.
//
// User data, by its first byte
//           0D association request   0E accept   0C refuse   09 release request   0A release response   19 abort
//           E1 00 00 02 | TT TT | LL LL | operation
//             T  1 invoke, 2 result, 3 error, 5 linked result (then state 1 first, 2 middle, 3 last, and a count from 1)
//           operation = invoke id, command, length, body; an event report has command 1, a poll command 7
//
// Dialogue  client                                   monitor
//           release request (clears an old one)  ->
//           association request, each second     ->
//                                                <-  accept, then the MDS create event, repeated until answered
//           create event result                  ->
//           extended poll F13B of class 6, period ->
//                                                <-  each 1.024 s linked results ..., then a result (the cycle is over)
//           the same poll again before it ends; single poll 0C16 as a keep-alive each 4 s
//           A renewed poll keeps its poll number and invoke id: in the RS232 recording the client repeats its poll so, and the
//           cycles go on one a second instead of doubling. The keep-alive asks class 36h, group 0811: of the polls in use for
//           this it is the one whose answer holds no bed label. Patient data (class 2Ah) is never asked for.
//
// Answer    poll no, [sequence], relative time (1/8 ms), 8 bytes of absolute time, 0001, class, group, list
//           list = count, length of { context, count, length of { handle, count, length of { id, length, value } } }
//           0950 one value, 094B several, 0990 time stamp of the measurement
//           value = PP PP  SS SS  UU UU  EE MM MM MM
//             P  physiological identifier: 4182 heart rate, 4822 pulse rate of the pleth wave, 4BB8 SpO2, 500A respiration,
//                4BB0 perfusion index, 4A05/4A06/4A07 systolic/diastolic/mean of the cuff
//             S  state: 8000 invalid, 4000 questionable, 2000 unavailable, 1000 calibrating, 0800 test, 0400 demo,
//                0040 early, 0020 running
//             U  unit: 0AA0 and 0AE0 per minute, 0220 %, 0200 none, 0F20 mmHg, 0F03 kPa
//             E  exponent, M mantissa of value = M x 10^E; 7FFFFF no number
//
// Meaning   A value counts when none of 8000, 2000, 1000 is set and the FLOAT is a number; 0400 and 0800 make it `demo`, 4000
//           makes it `suspect`. Early and running are no fault. A cuff measurement is given once, told apart by its 0990.
// Not mapped  pulse from other sources (480A), pulse of the cuff (F0E5), arterial pressures (4A11.., 4A15..), ectopic beats
//           (4261), temperatures, alarms (class 36h, group 0801): no signal of ours is meant by them.
//
// Doubts    - A single repository says that 7D C1 aborts a frame, and another gives the monitor's time-out for silent clients
//             (10 s at our poll period): a cycle of 4 s stays well inside whatever it is.
//           - Sources differ on whether demo values are valid; here they have a quality of their own.
//           - One public decoder computes the check sequence otherwise; it fails on the recordings.
//           - That "invalid" of an oximeter means sensor off was seen on one monitor.
// Sources   Two recordings (RS232 and LAN), and the open decoders mdpnp, VSCaptureMP, intellipy, intellivue, LNhealth; the maker's
//           "Data Export Interface Programming Guide" by its table of contents. See the protocol page of the project.

import VitalsModel

/// Philips IntelliVue bedside monitors over their serial Data Export port.
public enum IntelliVue {
    /// The family.
    public static let family = DeviceFamily(
        id: "intellivue", displayName: "Philips IntelliVue (Data Export over MIB/RS232)", maturity: .proven,
        line: LineSettings(baud: 115_200),
        signals: [
            .heartRate, .pulseRate, .spo2, .nibpSystolic, .nibpDiastolic, .nibpMean, .respRate, .perfusionIndex,
        ], initiative: .client
    ) { mode, _ in
        switch mode {
        case .live: IntelliVueClient()
        case .offline: IntelliVueRecording()
        }
    }
}
