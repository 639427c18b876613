/// Packets of a Nonin oximeter in data format 2 (`DeviceProtocols/Families/Nonin.swift` has the layout), made so that the last
/// byte of each completes what is waited for.
struct OximeterPackets {
    /// Saturation of the next packet; it alternates, so that each packet gives a reading.
    private(set) var saturation: UInt8 = 96
    private var isAlarmed = false

    /// A packet with a saturation that differs from the one before.
    mutating func next() -> [UInt8] {
        saturation = saturation == 96 ? 97 : 96
        return packet(lastStatus: 0x80)
    }

    /// A packet that changes the sensor's condition: the alarm bit is set in its last frame, or in none.
    mutating func nextCondition() -> (bytes: [UInt8], condition: String) {
        isAlarmed.toggle()
        return (packet(lastStatus: isAlarmed ? 0x88 : 0x80), isAlarmed ? "sensor_off" : "measuring")
    }

    /// 25 frames: `01 status pleth value sum`; saturation in frame 9, a pulse of 72 per minute in frames 20 and 21.
    private func packet(lastStatus: UInt8) -> [UInt8] {
        (1...25).flatMap { number -> [UInt8] in
            let status: UInt8 = number == 1 ? 0x81 : number == 25 ? lastStatus : 0x80
            let value: UInt8 = number == 9 ? saturation : number == 21 || number == 23 ? 72 : 0
            let head: [UInt8] = [0x01, status, UInt8(number * 5), value]
            return head + [head.reduce(0, &+)]
        }
    }
}
