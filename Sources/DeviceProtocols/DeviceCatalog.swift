/// The families that Vigil speaks; one line each.
public enum DeviceCatalog {
    /// All of them, in the order of their ids.
    public static let families: [DeviceFamily] = [
        IntelliVue.family,
        Nonin.family,
    ]

    /// The family of an id, or nil.
    public static func family(_ id: String) -> DeviceFamily? { families.first { $0.id == id } }
}
