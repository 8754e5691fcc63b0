import Foundation
import Glibc

/// What the process takes of the machine.
struct ProcessFigures: Sendable {
    let residentBytes: UInt64
    let cpuSeconds: Double
    let threads: UInt64

    /// Asks the system; nil when it does not say.
    init?() {
        var usage = rusage()
        // The structure is valid for the one that the call fills.
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0,
            let status = try? String(contentsOf: URL(fileURLWithPath: "/proc/self/status"), encoding: .utf8)
        else { return nil }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        func number(_ key: String) -> UInt64 {
            let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
            return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { UInt64($0) }
                ?? 0
        }
        residentBytes = number("VmRSS:") * 1024
        threads = number("Threads:")
    }
}
