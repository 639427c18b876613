import DeviceProtocols
import Foundation

/// The one family that the tests over all families are held to while a driver is written: `VIGIL_TEST_FAMILY`. Without it, and with a
/// name that no family has, they run over all of them.
public enum ChosenFamily {
    /// Its id, or nil for all.
    public static let id: String? = {
        guard let name = ProcessInfo.processInfo.environment["VIGIL_TEST_FAMILY"] else { return nil }
        let isKnown = DeviceCatalog.family(name) != nil
        print(isKnown ? "VIGIL_TEST_FAMILY: only \(name)" : "VIGIL_TEST_FAMILY: \(name) is no family; all of them are tested")
        return isKnown ? name : nil
    }()

    /// Whether a family is to be tested.
    public static func includes(_ family: String) -> Bool { id == nil || id == family }
}
