import VitalsModel

/// One numeric value of one object, before it is known what it means.
struct IntelliVueObservation: Sendable {
    /// Context in the high half, handle in the low one: a handle alone is not unique.
    var object: UInt32
    /// What is measured.
    var physio: UInt16
    /// How far it may be trusted.
    var state: IntelliVueMeasurementState
    /// The unit.
    var unit: UInt16
    /// The bits of the FLOAT.
    var float: UInt32
    /// The bytes of the object's absolute time stamp; 0 for none.
    var stamp: UInt64 = 0

    /// The time stamp as a date, or nil when there is none or its digits are no date.
    var deviceTime: DeviceTime? {
        guard stamp != 0 else { return nil }
        var parts: [Int] = []
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            guard let part = PackedDecimal.number(UInt8(truncatingIfNeeded: stamp >> shift)) else { return nil }
            parts.append(part)
        }
        return DeviceTime(
            year: parts[0] * 100 + parts[1], month: parts[2], day: parts[3], hour: parts[4], minute: parts[5], second: parts[6],
            hundredths: parts[7])
    }
}

/// The numeric values of one answer. The array is kept from answer to answer, so that a stream allocates nothing.
struct IntelliVueNumericList: Sendable {
    /// The values in the order of the list.
    private(set) var values: [IntelliVueObservation] = []

    /// Reads a list; false when lengths and counts contradict each other.
    ///
    /// list = count, length of { context, count, length of { handle, attributes } }; attributes = count, length of { id, length, value }.
    mutating func read(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        values.removeAll(keepingCapacity: true)
        var cursor = ByteCursor(bytes, in: range)
        guard let contexts = cursor.readUInt16(), let length = cursor.readUInt16(), Int(length) == cursor.remaining else { return false }
        for _ in 0..<contexts {
            guard readContext(&cursor) else { return false }
        }
        return cursor.remaining == 0
    }

    private mutating func readContext(_ cursor: inout ByteCursor) -> Bool {
        guard let context = cursor.readUInt16(), let count = cursor.readUInt16(), let length = cursor.readUInt16() else { return false }
        guard var objects = cursor.read(Int(length)) else { return false }
        for _ in 0..<count {
            guard let handle = objects.readUInt16() else { return false }
            guard readObject(UInt32(context) << 16 | UInt32(handle), &objects) else { return false }
        }
        return objects.remaining == 0
    }

    private mutating func readObject(_ object: UInt32, _ cursor: inout ByteCursor) -> Bool {
        guard let count = cursor.readUInt16(), let length = cursor.readUInt16(), var attributes = cursor.read(Int(length)) else {
            return false
        }
        let first = values.count
        var stamp: UInt64 = 0
        for _ in 0..<count {
            guard let id = attributes.readUInt16(), let size = attributes.readUInt16() else { return false }
            switch id {
            case IntelliVueAttribute.numericValue:
                guard size == 10, readValue(object, &attributes) else { return false }
            case IntelliVueAttribute.compoundValue:
                guard var value = attributes.read(Int(size)), readCompound(object, &value) else { return false }
            case IntelliVueAttribute.absoluteTime:
                guard size == 8, let high = attributes.readUInt32(), let low = attributes.readUInt32() else { return false }
                stamp = UInt64(high) << 32 | UInt64(low)
            default:
                guard attributes.skip(Int(size)) else { return false }
            }
        }
        // The stamp may stand after the value; all FF says that the time is not known.
        if stamp != .max { for index in first..<values.count { values[index].stamp = stamp } }
        return attributes.remaining == 0
    }

    private mutating func readCompound(_ object: UInt32, _ cursor: inout ByteCursor) -> Bool {
        guard let count = cursor.readUInt16(), let length = cursor.readUInt16(), Int(length) == cursor.remaining else { return false }
        for _ in 0..<count {
            guard readValue(object, &cursor) else { return false }
        }
        return cursor.remaining == 0
    }

    private mutating func readValue(_ object: UInt32, _ cursor: inout ByteCursor) -> Bool {
        guard let physio = cursor.readUInt16(), let state = cursor.readUInt16(), let unit = cursor.readUInt16() else { return false }
        guard let float = cursor.readUInt32() else { return false }
        values.append(
            IntelliVueObservation(
                object: object, physio: physio, state: IntelliVueMeasurementState(rawValue: state), unit: unit, float: float))
        return true
    }
}
