import LinuxIO
import Locking
import Testing

/// Work on all cores, taken in order.
@Suite struct AllCoresTests {
    private struct Failure: Error, Equatable { var item: Int }

    /// How many are begun and not yet taken, and the most that there were.
    private final class Ahead: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }
        func begin() {
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
        }
        func take() { counts.withLock { $0.now -= 1 } }
    }

    @Test func outcomesComeInTheOrderOfTheItems() throws {
        var taken: [Int] = []
        try AllCores.inOrder(Array(0..<500), work: { item in (0..<(500 - item)).reduce(item) { $0 ^ $1 ^ $1 } }) { index, outcome in
            #expect(index == taken.count)
            taken.append(outcome)
        }
        #expect(taken == Array(0..<500))
        try AllCores.inOrder([Int](), work: { $0 }) { _, _ in Issue.record("nothing to take") }
    }

    @Test func onlyFewAreAheadOfWhatIsTaken() throws {
        let ahead = Ahead()
        try AllCores.inOrder(Array(0..<200), work: { _ in ahead.begin() }) { _, _ in ahead.take() }
        #expect(ahead.most <= 2 * AllCores.count)
    }

    @Test func theFirstFailureEndsItAfterWhatCameBefore() throws {
        var taken = 0
        #expect(throws: Failure(item: 30)) {
            try AllCores.inOrder(Array(0..<100), work: { if $0 >= 30 { throw Failure(item: $0) } }) { _, _ in taken += 1 }
        }
        #expect(taken == 30)
        #expect(throws: Failure(item: 3)) {
            try AllCores.inOrder(Array(0..<100), work: { $0 }) { index, _ in if index == 3 { throw Failure(item: index) } }
        }
    }
}
