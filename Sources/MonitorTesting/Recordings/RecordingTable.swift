/// Every file of real recordings: which family speaks in it, how it is read, and what it must give. None is left out.
public enum RecordingTable {
    /// One row a file.
    public static let all: [Recording] =
        Recording.intelliVue + Recording.nonin + Recording.masimo + Recording.nellcor + Recording.contec + Recording.berryBCI
        + Recording.berryMulti + Recording.ivy + Recording.draeger + Recording.geDRI + Recording.parNIBP + Recording.sunTech
}
