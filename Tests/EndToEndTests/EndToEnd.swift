import Testing

/// Tests against the real daemon process. One at a time: they share two processors, and some of them measure time.
@Suite("End to end", .serialized)
enum EndToEnd {}
