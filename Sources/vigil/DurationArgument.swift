import ArgumentParser
import ServiceConfiguration
import VitalsModel

/// Checks a time that a person types: `30s`, `"30 s"`, `10m`, `10min`, `1h`.
func parseDuration(_ text: String, of option: String) throws -> Duration {
    // At a prompt m is minutes; a plan, which is signed, writes min.
    switch DurationText.read(text.hasSuffix("m") ? "\(text)in" : text) {
    case .duration(let duration): return duration
    case .refused(let why): throw ValidationError("\(option): \(why)")
    }
}
