// Berry BM oximeters (BM1000 and kin over USB or Bluetooth serial), "BCI protocol" V1.2
//
// Line      The maker's sheet gives no speed; 115200 baud, 8N1 is a guess. Sends as soon as it is on; knows no commands.
//
// Frame     A W B P S      5 bytes, 100 a second; only A has bit 7
//             A  bit 7 always 1, bit 6 beep, bit 5 probe unplugged, bit 4 no signal, bits 3-0 strength
//             W  pleth wave 1-100, 0 none
//             B  bit 6 is bit 7 of the pulse rate, bit 5 searching, bit 4 no finger, bits 3-0 bar graph, 0 none
//             P  bits 6-0 of the pulse rate      S  SpO2
//           Checksum: none. The shape is that of the older Contec stream, the flags are not: a person must choose the family.
//
// Meaning   Probe unplugged or no finger: sensor off. No signal, or searching: poor signal. With any of them no number counts,
//           whatever the wire still carries. Missing: rate 255, SpO2 127, and 0 in either. SpO2 above 100 and rates below 18 are refused
//           as implausible.
//           A recording gives the values of each packet; a live device gives a value when it changes and each second, counted in
//           packets; where packets are lost, 2 s after the last at the latest.
//
// Resync    As in the older Contec stream: bit 7 begins a packet, four bytes without it must follow. Without a checksum a flipped bit
//           can make a wrong value that is possible. Hence a live packet counts only if one of the two before it says the same, and the
//           first one of a recording after a refusal if the next does.
//
// Doubts    One decoder of the Bluetooth units takes bit 4 of A for the opposite, "has signal" (option signal-bit). The ranges of the
//           wave and of the strength are not held against a packet. Newer units with packets of 20 bytes are not decoded.
// Sources   The maker's sheet V1.2; the open decoders berrymed-pulseox-reader and berry-oximeter. No bytes of a real unit were found:
//           hence `specified`. See the protocol page of the project.

import VitalsModel

/// Berry oximeters that send packets of 5 bytes.
public enum BerryBCI {
    /// The family.
    public static let family = DeviceFamily(
        id: "berry-bci", displayName: "Berry BM oximeters (BCI protocol V1.2)", maturity: .specified, line: LineSettings(baud: 115_200),
        signals: [.spo2, .pulseRate],
        options: [
            DeviceOption(
                key: "signal-bit", values: ["no-signal", "has-signal"],
                summary: "What bit 4 of the first byte says when it is set: that there is no signal (the maker), or that there is one.")
        ]
    ) { mode, options in
        let noSignal: UInt8 = options["signal-bit"] == "has-signal" ? 0x00 : 0x10
        return FiveByteDecoder(mode, packetsPerSecond: 100) { OximeterPacket($0, noSignal: noSignal) }
    }
}

extension OximeterPacket {
    /// - Parameter noSignal: bit 4 of the first byte as it stands when there is no signal.
    fileprivate init(_ frame: FiveByteFrame, noSignal: UInt8) {
        let (first, third) = (frame.bytes.0, frame.bytes.2)
        let isOff = first & 0x20 != 0 || third & 0x10 != 0
        let isPoor = first & 0x10 == noSignal || third & 0x20 != 0
        self.init(
            offset: frame.offset, condition: isOff ? .sensorOff : isPoor ? .poorSignal : .measuring,
            spo2: Self.saturation(frame.saturation), pulseRate: Self.rate(frame.rate))
    }
}
