// Nonin oximeters, serial data formats 2 and 7 (OEM III, Xpod, 9560, 3150)
//
// Line      9600 baud, 8N1, no flow control. Frames hold 00, 03, 11, 13: the port must be raw. Nothing has to be sent.
//
// Frame     5 bytes, 75 a second; 25 frames make a packet, 3 packets a second
//             format 2   01 SS PP FF CC      P  pleth wave, 8 bit
//             format 7   SS PP PP FF CC      P  pleth wave, 16 bit
//             C  sum of the four bytes before, modulo 256
//             F  depends on the number of the frame in its packet, see below
//             S  bit 7 always 1
//                bit 6 sensor disconnected (OEM III, Xpod; reserved on the 9560: option model)
//                bit 5 artifact in this pulse        bit 4 out of track: no run of good pulses
//                bit 3 sensor alarm: no usable data  bits 2, 1 perfusion of the pulse
//                bit 0 sync: frame 1 of a packet
//
// Packet    frame 9  SpO2-D              frames 20, 21  HR-D high, low        (D: the averages that are meant for a display)
//           HR = (high & 03) x 128 + (low & 7F), 511 missing; SpO2 = value & 7F, 127 missing
//           The other frames hold faster and slower averages, a timer and a revision; none is used here.
//
// Meaning   Display values stay for 10 s after the finger has left: the sensor alarm bit, and not the number, says that the
//           sensor is off. It is told at the frame that carries it. A packet in which the monitor was out of track gives `suspect`
//           values. An artifact alone changes nothing. Values outside 18-321 /min and 0-100 % are refused as implausible.
//           A recording gives a value when it changes. A live device also gives it each second (each third packet), since a steady
//           value that is not repeated would look like one that is stale.
//
// Resync    A window slides byte by byte until two good frames follow each other; values are taken from a packet whose 25 frames
//           are all good, beginning with the sync frame. A bad frame or an early sync drops the packet. At a frame border the
//           9560 may put replies: 06, 15, or 02 op len ... 03 (op F2, F3, F4); they are skipped.
//           The sum of 8 bits finds every single flipped bit, but not every two: damage in two places may give a wrong value
//           that is plausible; never one outside the ranges above.
//
// Doubts    Whether bit 6 means a disconnected sensor depends on the model. The link counts as silent after 3 s (one driver's
//           figure). Firmware revisions with bit 7 set occur; nothing is refused for that. Formats 1, 8, 13 and the text lines are
//           not decoded: no recording of them was found.
// Sources   The maker's OEM specification 6470-000-01 (9560), the open drivers NoninPulseOx, mdpnp, pufferfish and app-nonin. See
//           the protocol page of the project. Proven on a few real frames only, hence `specified`.

import VitalsModel

/// Nonin oximeters that stream data format 2 or 7.
public enum Nonin {
    /// The family.
    public static let family = DeviceFamily(
        id: "nonin", displayName: "Nonin OEM III, Xpod, 9560, 3150 (data formats 2 and 7)", maturity: .specified,
        line: LineSettings(baud: 9600), signals: [.pulseRate, .spo2],
        options: [
            DeviceOption(key: "format", values: ["2", "7"], summary: "The data format: 2 (8 bit pleth wave) or 7 (16 bit pleth wave)."),
            DeviceOption(
                key: "model", values: ["9560", "oem3"],
                summary: "What status bit 6 says: nothing (9560, 3150), or that the sensor is disconnected (oem3: OEM III, Xpod)."),
        ]
    ) { mode, options in
        NoninDecoder(
            mode: mode, format: options["format"] == "7" ? .seven : .two, hasDisconnectBit: options["model"] == "oem3")
    }
}

/// A streaming data format.
public enum NoninFormat: Sendable, Hashable, CaseIterable {
    /// 75 frames a second with a pleth wave of 8 bits.
    case two
    /// 75 frames a second with a pleth wave of 16 bits.
    case seven
}

/// The status byte of a frame.
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
