// Nonin oximeters, serial data formats 2, 7, 8 and 13 (OEM III, Xpod, 9560, 3150) and the text lines of older monitors
// (PalmSAT 2500, 8500, 8600, 9847, 7500, Avant 4100 and 9600)
//
// Line      9600 baud, 8N1, no flow control; two stop bits on the Avant 9600 and the 7500. Frames hold 00, 03, 11, 13: the port must
//           be raw. Nothing has to be sent: the format is chosen by strapping or ordering, on the 9560 and 3150 once by a command
//           that they remember. The PalmSAT and 8500 family adds a ninth bit that is always 1 and reads as a stop bit.
//
// Formats 2 and 7
//   Frame   5 bytes, 75 a second; 25 frames make a packet, 3 packets a second
//             format 2   01 SS PP FF CC      P  pleth wave, 8 bit
//             format 7   SS PP PP FF CC      P  pleth wave, 16 bit
//             C  sum of the four bytes before, modulo 256
//             F  depends on the number of the frame in its packet, see below
//             S  bit 7 always 1
//                bit 6 sensor disconnected (OEM III, Xpod; reserved on the 9560: option model)
//                bit 5 artifact in this pulse        bit 4 out of track: no run of good pulses
//                bit 3 sensor alarm: no usable data  bits 2, 1 perfusion of the pulse
//                bit 0 sync: frame 1 of a packet
//   Packet  frame 9  SpO2-D              frames 20, 21  HR-D high, low        (D: the averages that are meant for a display)
//           HR = (high & 03) x 128 + (low & 7F), 511 missing; SpO2 = value & 7F, 127 missing
//           The other frames hold faster and slower averages, a timer and a revision; none is used here.
//
// Format 8  4 bytes, one packet a second:  SS HH OO TT, no checksum
//             S  bit 7 always 1, bit 6 as above, bit 5 out of track, bits 4, 3 perfusion, bit 2 artifact, bits 1, 0 HR-D high
//             H  HR-D low, 7 bits    O  SpO2-D, 7 bits    T  bit 3 sensor alarm, bit 0 low battery; bit 7 of the three always 0
//
// Format 13 one frame for each spot check:  00 02 00 0D LL LL data CC 03
//             L  length of the data, at least 14; more than 14 bytes are skipped (at most 32 are believed)
//             C  sum of the data, modulo 256
//             data  20 YY MM DD hh mm ss ff   S S  R R  xx  O     date and time in BCD; ff is not used, its unit is not known
//             S  high: bit 1 quality reached, bit 0 no measurement; low: bit 4 from memory, bit 0 low battery
//             R  HR, 16 bits, of which the lower nine count (not the split of the other formats); O  SpO2
//
// Text      [HH:MM:SS ]SPO2=xxx HR=xxx, then any of F (fast averaging), * (event mark), B (breath); CR LF; one line a second.
//           Values have three characters, filled with zeros or blanks; `---` missing. Lines without `=` are headings.
//
// Meaning   Display values stay for 10 s after the finger has left: the sensor alarm bit, and not the number, says that the
//           sensor is off. It is told at the second frame in a row that carries it (one alone may be chance after a lost byte), for
//           the first one. A packet in which the monitor was out of track gives `suspect` values. An artifact alone changes
//           nothing. Values outside 18-321 /min and 0-100 % are refused as implausible.
//           A spot check whose quality was not reached is `suspect`. One from memory is old: a recording gives it with its time, a
//           live device does not, for it would look like the patient's present state.
//           A recording gives a value when it changes, spot checks each. A live device also gives it each second (formats 2, 7:
//           each third packet; where packets are lost, 2 s after the last at the latest), since a steady value that is not
//           repeated would look like one that is stale.
//
// Resync    Formats 2, 7 and 8: a window slides byte by byte until two good frames follow each other (format 8: a recording that
//           begins with a good frame is believed at once). In formats 2 and 7 values are taken from a packet whose 25 frames
//           are all good, beginning with the sync frame. A bad frame or an early sync drops the packet. At a frame border the
//           9560 may put replies: 06, 15, or 02 op len ... 03 (op F2, F3, F4); they are skipped. Format 13: the next 00 02 00 0D.
//           The sum of 8 bits finds every single flipped bit, but not every two: damage in two places may give a wrong value
//           that is plausible; never one outside the ranges above. Format 8 and the text have no sum: one flipped bit may give a
//           wrong value within the ranges; what does not fit the marks, or the widths of the text, is refused.
//
// Timing    The link counts as silent after 3 s (one driver's figure); after 30 s in format 13, whose device speaks only when it
//           has measured.
//
// Doubts    Whether bit 6 means a disconnected sensor depends on the model. Firmware revisions with bit 7 set occur; nothing is
//           refused for that. One driver reads the date of format 13 as plain numbers, the maker says BCD. Format 1 is known
//           from hearsay only and is not decoded. No recording of formats 7, 8, 13 and of the text was found.
// Sources   The maker's OEM specification 6470-000-01 (9560), operator's manuals of the older monitors, the open drivers
//           NoninPulseOx, mdpnp, pufferfish, javautilityclasses and app-nonin. See the protocol page of the project. Proven on a
//           few real frames only, hence `specified`.

import VitalsModel

/// Nonin oximeters: streaming data formats 2, 7 and 8, spot checks in format 13, and text lines.
public enum Nonin {
    /// The family.
    public static let family = DeviceFamily(
        id: "nonin", displayName: "Nonin OEM III, Xpod, 9560, 3150 (data formats 2, 7, 8, 13) and monitors with text lines",
        maturity: .specified, line: LineSettings(baud: 9600), signals: [.pulseRate, .spo2],
        options: [
            DeviceOption(
                key: "format", values: ["2", "7", "8", "13", "text"],
                summary:
                    "The data format: 2 (8 bit pleth wave), 7 (16 bit pleth wave), 8 (a packet a second), 13 (spot checks), or text lines."
            ),
            DeviceOption(
                key: "model", values: ["9560", "oem3"],
                summary: "What status bit 6 says: nothing (9560, 3150), or that the sensor is disconnected (oem3: OEM III, Xpod)."),
        ],
        otherLines: [LineSettings(baud: 9600, stopBits: 2)]
    ) { mode, options in
        let hasDisconnectBit = options["model"] == "oem3"
        return switch options["format"] {
        case "7": NoninDecoder(mode: mode, format: .seven, hasDisconnectBit: hasDisconnectBit)
        case "8": NoninDisplayDecoder(mode: mode, framing: .packets(NoninDeframer(.eight)), hasDisconnectBit: hasDisconnectBit)
        case "13": NoninDisplayDecoder(mode: mode, framing: .spotChecks(NoninSpotCheckDeframer()), hasDisconnectBit: hasDisconnectBit)
        case "text":
            NoninDisplayDecoder(mode: mode, framing: .lines(TextLines(longest: NoninTextLine.longest)), hasDisconnectBit: hasDisconnectBit)
        default: NoninDecoder(mode: mode, format: .two, hasDisconnectBit: hasDisconnectBit)
        }
    }
}

/// A streaming data format with a pleth wave.
public enum NoninFormat: Sendable, Hashable, CaseIterable {
    /// 75 frames a second with a pleth wave of 8 bits.
    case two
    /// 75 frames a second with a pleth wave of 16 bits.
    case seven
}

/// The status byte of a frame of formats 2 and 7.
public struct NoninStatus: OptionSet, Sendable, Hashable {
    /// The bits on the wire.
    public let rawValue: UInt8
    /// Creates a status from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Set in every frame.
    public static let always = Self(rawValue: 0x80)
    /// The sensor is unplugged (OEM III and Xpod only).
    public static let disconnected = Self(rawValue: 0x40)
    /// A short disturbance of the current pulse.
    public static let artifact = Self(rawValue: 0x20)
    /// No run of good pulses.
    public static let outOfTrack = Self(rawValue: 0x10)
    /// The data is not usable: the finger is out.
    public static let sensorAlarm = Self(rawValue: 0x08)
    /// Frame 1 of a packet.
    public static let sync = Self(rawValue: 0x01)
}
