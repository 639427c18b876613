// Contec CMS50D, CMS50D+ before firmware 4.6, older CMS50E/F: the stream of 5 bytes (protocol V5.0)
//
// Line      19200 baud, 8 data bits, odd parity; the maker's note says 4800, some drivers run without parity (other lines).
//           Bytes with a parity error are read as they came, since units without parity exist.
//           Nothing has to be sent while the unit's menu has the output switched on.
//
// Frame     A W B P S      5 bytes, 60 a second; only A has bit 7
//             A  bit 7 always 1, bit 6 beep, bit 5 saturation falls, bit 4 the search takes too long, bits 3-0 strength
//             W  pleth wave
//             B  bit 6 is bit 7 of the pulse rate, bit 5 searching, bit 4 probe error, bits 3-0 bar graph
//             P  bits 6-0 of the pulse rate      S  SpO2
//           Checksum: none.
//
// Meaning   Probe error: sensor off. Searching, or for too long: poor signal. With any of them no number counts, whatever the wire
//           still carries. Missing: rate 0 or 255, SpO2 0 or 127. SpO2 above 100 and rates below 18 are refused as implausible.
//           A recording gives the values of each packet; a live device gives a value when it changes and each second, counted in
//           packets; where packets are lost, 2 s after the last at the latest.
//
// Stored    F5 F5 asks for the recorded values, F6 F6 F6 ends that. Three times F2 and the hour and minute of the beginning, a length
//           in three bytes of 7 bits, then F0 or F1, rate, SpO2 for each second. Such a triplet is never a live packet: two low bytes
//           at most stand between two bytes with bit 7. Read by tests only; a live source never asks for it.
//
// Resync    A byte with bit 7 begins a packet; another one before four without it refuses the packet and begins anew; low bytes where
//           none is due are garbage. Without a checksum a flipped bit can make a wrong value that is possible. Hence a live packet
//           counts only if one of the two before it says the same, and the first one of a recording after a refusal if the next does.
//
// Doubts    The codes for missing values are not in the maker's note: the flags decide. Bit 4 of A is the finger that is out for one
//           driver (option long-search). It is said of some units that they wait for a byte of the host (option wake: F6 F6 F6 at the
//           opening and after each 3 s of silence).
// Sources   The maker's note V5.0A; the open drivers CMS50Dplus (atbrask), cms-p, cms50e-reader, SleepyHead. A real fragment of a
//           download is at hand, and no live packet of a real unit: hence `specified`. See the protocol page of the project.

import VitalsModel

/// Contec oximeters that send packets of 5 bytes.
public enum ContecCMS50Classic {
    /// The family.
    public static let family = DeviceFamily(
        id: "contec-cms50-classic", displayName: "Contec CMS50D, CMS50D+ before 4.6, older CMS50E/F (5-byte packets)",
        maturity: .specified, line: LineSettings(baud: 19_200, parity: .odd, checksParity: false), signals: [.spo2, .pulseRate],
        options: [
            DeviceOption(
                key: "long-search", values: ["search", "finger-out"],
                summary: "What bit 4 of the first byte says: that the search takes too long (the maker), or that the finger is out."),
            DeviceOption(
                key: "wake", values: ["no", "yes"],
                summary: "Whether F6 F6 F6 is sent while nothing comes, for units that wait for a byte before they send."),
        ],
        otherLines: [LineSettings(baud: 4800, parity: .odd, checksParity: false), LineSettings(baud: 19_200)]
    ) { mode, options in
        let longSearch: SignalCondition = options["long-search"] == "finger-out" ? .sensorOff : .poorSignal
        return FiveByteDecoder(mode, packetsPerSecond: 60, wake: options["wake"] == "yes" ? Self.endStored : nil) {
            OximeterPacket($0, longSearch: longSearch)
        }
    }

    /// The command that ends the sending of stored values; a unit goes back to live ones.
    public static let endStored: [UInt8] = [0xF6, 0xF6, 0xF6]
}

extension OximeterPacket {
    fileprivate init(_ frame: FiveByteFrame, longSearch: SignalCondition) {
        let (first, third) = (frame.bytes.0, frame.bytes.2)
        let isLong = first & 0x10 != 0
        let isOff = third & 0x10 != 0 || isLong && longSearch == .sensorOff
        self.init(
            offset: frame.offset, condition: isOff ? .sensorOff : isLong || third & 0x20 != 0 ? .poorSignal : .measuring,
            spo2: Self.saturation(frame.saturation), pulseRate: Self.rate(frame.rate))
    }
}
