import VitalsModel

/// The cuffs of a room that can be told something from outside, each list with the preferred one first, and whom they disturb.
public struct RoomCuffs: Sendable, Hashable {
    /// Those that can be started and aborted: the plan's schedule drives them.
    public var driven: [SourceID]
    /// Those that can only be started, and only by a person.
    public var startOnly: [SourceID]

    /// The sources whose clip sits on the arm of a cuff: while one is inflated they have no pulse.
    public var sameArm: Set<SourceID>

    /// Creates the lists.
    public init(driven: [SourceID] = [], startOnly: [SourceID] = [], sameArm: Set<SourceID> = []) {
        self.driven = driven
        self.startOnly = startOnly
        self.sameArm = sameArm
    }

    /// All that can be started; one that can be aborted is the better choice.
    public var all: [SourceID] { driven + startOnly }
    /// Whether there is none.
    public var isEmpty: Bool { driven.isEmpty && startOnly.isEmpty }
}
