/// The families that Vigil speaks; one line each.
public enum DeviceCatalog {
    /// All of them, in the order of their ids.
    public static let families: [DeviceFamily] = [
        BerryBCI.family,
        BerryMulti.family,
        Casmed740.family,
        ContecCMS50.family,
        ContecCMS50Classic.family,
        DraegerMedibus.family,
        GEDRI.family,
        IntelliVue.family,
        Ivy450C.family,
        MasimoASCII1.family,
        Nellcor.family,
        Nonin.family,
        ParNIBP.family,
        SunTech.family,
    ]

    /// The family of an id, or nil.
    public static func family(_ id: String) -> DeviceFamily? { families.first { $0.id == id } }
}
