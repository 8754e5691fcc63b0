/// What was found out about one thing that the proxy needs.
package struct Finding: Hashable, Sendable, Encodable {
    /// How bad it is.
    package enum Verdict: String, Sendable, Encodable, CaseIterable {
        case ok
        /// It works, but not as well or as safely as it could.
        case warning
        /// It does not work, or stops working soon.
        case problem
    }

    /// What was looked at.
    package enum Topic: String, Sendable, Encodable, CaseIterable {
        case rules, user, files, certificates, listeners, origin, places, state, memory, limits, clock, kernel
    }

    package let topic: Topic
    package let verdict: Verdict
    /// What is so.
    package let text: String
    /// What to do about it; nil where nothing is to be done.
    package let remedy: String?

    package static func ok(_ topic: Topic, _ text: String) -> Finding {
        Finding(topic: topic, verdict: .ok, text: text, remedy: nil)
    }

    package static func warning(_ topic: Topic, _ text: String, remedy: String) -> Finding {
        Finding(topic: topic, verdict: .warning, text: text, remedy: remedy)
    }

    package static func problem(_ topic: Topic, _ text: String, remedy: String) -> Finding {
        Finding(topic: topic, verdict: .problem, text: text, remedy: remedy)
    }
}

extension [Finding] {
    package func count(_ verdict: Finding.Verdict) -> Int { count { $0.verdict == verdict } }

    /// A line for each, with what to do below it, and one that counts them.
    package var text: String {
        let width = Finding.Topic.allCases.map(\.rawValue.count).max() ?? 0
        func padded(_ word: String, _ width: Int) -> String {
            word + String(repeating: " ", count: Swift.max(0, width - word.count))
        }
        var text = ""
        for finding in self {
            let margin = padded(finding.verdict.rawValue, 8) + " " + padded(finding.topic.rawValue, width) + "  "
            text += margin + finding.text + "\n"
            if let remedy = finding.remedy {
                text += String(repeating: " ", count: margin.count) + "→ " + remedy + "\n"
            }
        }
        func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
        return text + counted(count(.problem), "problem") + ", " + counted(count(.warning), "warning") + "\n"
    }
}
