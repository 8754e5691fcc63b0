import Consent
import Store

/// A file of receipts: whole chains, which can be verified as in the store, or the entries of one visitor, which can be
/// verified each by itself.
public struct ReceiptFile: Sendable {
    /// The forms of a file.
    public enum Format: String, CaseIterable, Sendable {
        case csv
        case json
        case xml

        /// The value of a Content-Type field.
        public var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .json: "application/json"
            case .xml: "application/xml"
            }
        }
    }

    /// Why a text is no file of receipts.
    public struct Malformed: Error, CustomStringConvertible {
        /// What it is not.
        public let description: String
    }

    static let version = "crumbgate-receipts/1"

    var lines: [ReceiptLine]

    /// How many lines there are.
    public var count: Int { lines.count }

    /// The whole chains of some sites.
    public init(_ store: ReceiptStore, sites: [String]) throws(StoreError) {
        lines = []
        for site in sites {
            var part: [ReceiptLine] = []
            let places = try store.read(site: site) { part.append(ReceiptLine($0, site: site)) }
            if let places { part.append(ReceiptLine(end: places.end, site: site)) }
            lines += part
        }
    }

    /// The entries of one visitor.
    public init(_ store: ReceiptStore, of id: ReceiptID, site: String? = nil) throws(StoreError) {
        lines = try store.entries(of: id, site: site).map { ReceiptLine($0.entry, site: $0.site) }
    }

    /// Reads a file of any form.
    public init(text: String) throws(Malformed) {
        let start = text.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }
        switch start {
        case "{": lines = try Self.jsonLines(text)
        case "<": lines = try Self.xmlLines(text)
        default: lines = try Self.csvLines(text)
        }
    }

    /// The file in a form.
    public func text(_ format: Format) -> String {
        switch format {
        case .csv: csv
        case .json: json
        case .xml: xml
        }
    }

    /// What verifying one site's part of a file gave.
    public struct Verdict: Sendable {
        /// The site's name.
        public let site: String
        /// What was found.
        public let report: ChainReport
        /// Whether it is a whole chain; else only what is there was looked at.
        public let isWhole: Bool
    }

    /// Verifies what the file has of each site.
    public func verify() -> [Verdict] {
        var sites: [String] = []
        for line in lines where !sites.contains(line.site) { sites.append(line.site) }
        return sites.map { site in
            let own = lines.filter { $0.site == site }
            let entries = own.compactMap(\.entry)
            let end = own.compactMap(\.end).last
            let unreadable = own.count - entries.count - own.filter { $0.end != nil }.count
            guard let end else { return verifyEach(entries, unreadable, site: site) }
            let beginning = entries.first.flatMap { first in
                first.number > 1 ? ChainPlace(number: first.number - 1, link: first.previous) : nil
            }
            var verifier = ChainVerifier(site: site, beginning: beginning)
            for entry in entries { verifier.read(entry) }
            var report = verifier.finish(end: end)
            report.faults += Array(repeating: .unreadable, count: unreadable)
            return Verdict(site: site, report: report, isWhole: true)
        }
    }

    /// Entries that do not follow one another are verified as far as each goes.
    private func verifyEach(_ entries: [ChainEntry], _ unreadable: Int, site: String) -> Verdict {
        var report = ChainReport()
        for entry in entries {
            report.entries += 1
            if !entry.hasRightLink { report.faults.append(.brokenLink(entry.number)) }
            if !entry.hasRightContent { report.faults.append(.changed(entry.number)) }
            if entry.content?.receipt != nil { report.receipts += 1 }
        }
        report.faults += Array(repeating: .unreadable, count: unreadable)
        return Verdict(site: site, report: report, isWhole: false)
    }
}
