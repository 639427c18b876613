import DeviceProtocols
import VitalsModel

/// One line of `vigil device decode`, with the keys of DESIGN.md, section 4, and no other.
struct DecodedLine: Decodable, Equatable {
    var offset: Int
    var signal: String
    var value: Double?
    var unit: String
    var quality: String
    var device_time: String?

    init(_ reading: DecodedReading) {
        (offset, signal, value) = (reading.offset, reading.signal.rawValue, reading.value)
        (unit, quality, device_time) = (reading.signal.unit.rawValue, reading.quality.rawValue, reading.deviceTime?.description)
    }
}
