import SessionFlow

/// Who takes responsibility for a plan. A plan without a signature works, and says so each time it is read.
enum PlanReview {
    /// Reads `review` of a plan: both name and date, or nil with a warning.
    static func read(from map: MapReader) -> PlanSignature? {
        guard let field = map.field("review") else {
            map.log.warning(unsigned, at: map.place, path: map.path.text)
            return nil
        }
        guard let review = field.map() else { return nil }
        let name = signature(review.field("reviewed_by"))
        let date = signature(review.field("reviewed_on"))
        let reviewer = name?.line(upTo: 80)
        let day = date.flatMap(readDate)
        review.finish()
        if name == nil || date == nil { field.warning(unsigned) }
        guard let reviewer, let day else { return nil }
        return PlanSignature(reviewer: reviewer, date: day)
    }

    private static let unsigned =
        "nobody has signed this plan: its limits are defaults for adults; a clinician of the clinic reviews every line, "
        + "then writes reviewed_by and reviewed_on"

    /// The field when something stands in it.
    private static func signature(_ field: Field?) -> Field? { field.flatMap { $0.isEmpty ? nil : $0 } }

    private static func readDate(_ field: Field) -> String? {
        guard let text = field.text() else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        guard parts.map(\.count) == [4, 2, 2], numbers.count == 3, (1...12).contains(numbers[1]),
            (1...days(inMonth: numbers[1], of: numbers[0])).contains(numbers[2])
        else {
            field.error("\"\(text)\" is not a date; write year-month-day, as in 2025-03-01")
            return nil
        }
        return text
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
