import Consent
import Foundation
import Rules

/// Findings as a terminal shows them.
package struct ScanReport {
    private let findings: Findings
    private let knowledge = Knowledge()

    package init(_ findings: Findings) { self.findings = findings }

    /// Tables of cookies, storage and third parties.
    package var text: String {
        var text = table(
            "Cookies", ["name", "domain", "set by", "kept", "category", "service"],
            findings.cookies.map { cookie in
                let fact = knowledge.fact(of: cookie)
                return [
                    cookie.name, cookie.isFirstParty ? "the shop" : cookie.domain, cookie.setter.rawValue,
                    lifetime(cookie.lifetime), fact?.category.id ?? "unknown", fact?.service.name ?? "",
                ]
            })
        text += table(
            "Third parties", ["host", "asked for", "category", "service", "by"],
            findings.hosts.map { host in
                let facts = knowledge.facts(of: host)
                let categories = Set(facts.map(\.category.id)).sorted().joined(separator: ", ")
                return [
                    host.host + (host.port.map { ":\($0)" } ?? ""), host.kinds.joined(separator: ", "),
                    facts.isEmpty ? "unknown" : categories, facts.map(\.service.name).joined(separator: ", "),
                    host.initiator,
                ]
            })
        text += table(
            "Storage", ["key", "area", "of"], findings.storage.map { [$0.key, $0.area.rawValue, $0.origin] })
        if !findings.inlineServices.isEmpty {
            let names = KnownService.shipped.filter { findings.inlineServices.contains($0.id) }.map(\.name)
            text += "Inline scripts of: \(names.joined(separator: ", "))\n\n"
        }
        for failure in findings.failures { text += "Not looked at: \(plain(failure))\n" }
        return text
    }

    private func table(_ title: String, _ heads: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "\(title): none\n\n" }
        let cells = ([heads] + rows).map { row in row.map { String(plain($0).prefix(60)) } }
        let widths = heads.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return "  " + line
        }
        return "\(title) (\(rows.count))\n\(lines.joined(separator: "\n"))\n\n"
    }
}
