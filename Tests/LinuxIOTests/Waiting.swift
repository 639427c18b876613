import Glibc
import LinuxIO
import VitalsModel

/// Looks at a condition every millisecond until it holds; false when the deadline passes first.
func eventually(within limit: Duration = .seconds(10), _ condition: () -> Bool) -> Bool {
    let deadline = BootClock.now().boot + limit
    while !condition() {
        if BootClock.now().boot > deadline { return false }
        poll(nil, 0, 1)
    }
    return true
}

/// Whether a condition holds at every look during a time.
func always(for time: Duration, _ condition: () -> Bool) -> Bool {
    !eventually(within: time) { !condition() }
}
