/// A serial port as udev knows it.
public struct SerialPortDescription: Sendable, Hashable {
    /// The device now, such as `/dev/ttyUSB0`; it may be another after replugging.
    public var devicePath: String
    /// Names that stay, such as `/dev/serial/by-id/...` and `by-path/...`, in the order of their text.
    public var links: [String]
    /// USB vendor, four lower-case hexadecimal digits (`ID_VENDOR_ID`).
    public var vendorID: String?
    /// USB product, four lower-case hexadecimal digits (`ID_MODEL_ID`).
    public var productID: String?
    /// The maker of the adapter in words (`ID_VENDOR_FROM_DATABASE`, else `ID_VENDOR`).
    public var vendorName: String?
    /// The adapter in words (`ID_MODEL_FROM_DATABASE`, else `ID_MODEL`).
    public var productName: String?
    /// The adapter's serial number (`ID_SERIAL_SHORT`); cheap ones have none, or all the same.
    public var serialNumber: String?
    /// Where it is plugged in (`ID_PATH`).
    public var physicalPath: String?
    /// Which of several ports of one adapter (`ID_USB_INTERFACE_NUM`), such as `00`.
    public var interfaceNumber: String?

    /// Reads a description from udev's properties.
    public init(devicePath: String, property: (String) -> String?) {
        self.devicePath = devicePath
        links = (property("DEVLINKS") ?? "").split(separator: " ").map(String.init).sorted()
        vendorID = property("ID_VENDOR_ID")?.lowercased()
        productID = property("ID_MODEL_ID")?.lowercased()
        vendorName = property("ID_VENDOR_FROM_DATABASE") ?? property("ID_VENDOR")
        productName = property("ID_MODEL_FROM_DATABASE") ?? property("ID_MODEL")
        serialNumber = property("ID_SERIAL_SHORT")
        physicalPath = property("ID_PATH")
        interfaceNumber = property("ID_USB_INTERFACE_NUM")
    }

    /// Whether this is the adapter that a configuration names; nil for `serial` takes any serial number.
    public func isAdapter(vendor: String, product: String, serial: String?) -> Bool {
        vendorID == vendor.lowercased() && productID == product.lowercased() && (serial == nil || serialNumber == serial)
    }

    /// Whether a path means this port: the device itself or one of its links.
    public func isAt(_ path: String) -> Bool { devicePath == path || links.contains(path) }

    /// The link that says where the adapter is plugged in; nil for a built-in port.
    public var pathLink: String? { links.first { $0.hasPrefix("/dev/serial/by-path/") } }
}
