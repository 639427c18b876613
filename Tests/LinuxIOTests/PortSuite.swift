import Testing

/// All tests that hold pseudo-terminals. One at a time: their numbers are given again at once, and some tests count them.
@Suite(.serialized, .timeLimit(.minutes(2)))
enum PortSuite {}
