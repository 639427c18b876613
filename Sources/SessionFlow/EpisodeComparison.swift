import VitalsModel

/// Which alerts only one of two plans gave on the same recording.
///
/// An episode has a counterpart where the other plan has an episode on the same signal (the first that its rule watches; none for a
/// rule on time such as an overdue cuff), of at least the same priority, that was open at the same time: from raised to ended, both
/// included; one that the data cut off is open to the end. The rules' ids do not matter, since a plan may name and cut its rules
/// anew; nor whether people were called, since a graver episode of the family then spoke for it.
public enum EpisodeComparison {
    /// The episodes of `these` that have no counterpart among `others`, in their order.
    public static func only(_ these: [PlanBacktest.Episode], notIn others: [PlanBacktest.Episode]) -> [PlanBacktest.Episode] {
        let bySignal = Dictionary(grouping: others, by: \.signal)
        return these.filter { episode in
            !(bySignal[episode.signal] ?? []).contains { isCounterpart($0, of: episode) }
        }
    }

    private static func isCounterpart(_ other: PlanBacktest.Episode, of episode: PlanBacktest.Episode) -> Bool {
        other.priority >= episode.priority && other.raised <= episode.ended ?? .infinity && episode.raised <= other.ended ?? .infinity
    }
}
