/// The finger in the clip of an oximeter: it goes, it comes back, and then its pulse has to be found again. The flags on the wire say
/// so at once; the numbers stay for a while.
struct FingerClip: Sendable, Hashable {
    /// How long the oximeter searches for a pulse after the finger came back.
    let searchTime: Duration
    /// How long the numbers stay after the finger is gone.
    let numbersLinger: Duration
    /// Since when the finger is out; nil while it is in.
    private(set) var gone: Duration?
    /// When its pulse was found, or will be.
    private(set) var found: Duration

    /// A finger that is in the clip at the session's clock 0, its pulse found already, or only then put in.
    init(searchTime: Duration, numbersLinger: Duration, isNew: Bool = false) {
        (self.searchTime, self.numbersLinger) = (searchTime, numbersLinger)
        found = isNew ? searchTime : .zero
    }

    /// Looks whether the finger is out.
    mutating func look(_ isOff: Bool, at clock: Duration) {
        if isOff, gone == nil { gone = clock }
        if !isOff, gone != nil {
            gone = nil
            found = clock + searchTime
        }
    }

    /// Whether its pulse is followed.
    func isTracked(at clock: Duration) -> Bool { gone == nil && clock >= found }

    /// Whether the finger is gone and its numbers still stand.
    func areNumbersLeft(at clock: Duration) -> Bool { gone.map { clock - $0 < numbersLinger } ?? false }
}
