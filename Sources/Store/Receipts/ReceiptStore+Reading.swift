import Consent
import Foundation
import GRDB

extension ReceiptStore {
    /// The sites that have a chain, sorted.
    public func sites() throws(StoreError) -> [String] { try read { try siteNames(in: $0) } }

    /// When the oldest receipt of a site was given, in minutes since 1970-01-01T00:00Z; nil without any.
    public func oldestMinute(site: String) throws(StoreError) -> Int64? {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT min(minute) FROM content WHERE receipt IS NOT NULL
                        AND site = (SELECT site FROM chain WHERE name = ?)
                    """,
                arguments: [site])
        }
    }

    /// The entries with an id, oldest first, each with its site.
    public func entries(
        of id: ReceiptID, site: String? = nil
    ) throws(StoreError) -> [(site: String, entry: ChainEntry)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT chain.name, entry.number, entry.commitment, entry.link, content.text, content.salt,
                        coalesce(before.link, chain.first_link)
                    FROM content JOIN entry USING (site, number) JOIN chain USING (site)
                        LEFT JOIN entry AS before ON before.site = entry.site AND before.number = entry.number - 1
                    WHERE content.receipt = ? AND (?2 IS NULL OR chain.name = ?2)
                    ORDER BY content.minute, entry.site, entry.number
                    """,
                arguments: [id.description, site]
            ).map { row in
                guard let previous = Digest(blob: row[6]) else { throw StoreError.corrupt(path: path) }
                return (row[0], try chainEntry(row, after: previous, offset: 1))
            }
        }
    }

    /// Gives every entry of a site's chain that is left, in order, and then where the chain ends.
    public func read(
        site: String, _ body: (ChainEntry) throws -> Void
    ) throws(StoreError) -> (beginning: ChainPlace, end: ChainPlace)? {
        try read { database in
            guard let chain = try ChainRow.existing(site, in: database) else { return nil }
            var previous = chain.beginning.link
            try forEachRow(of: chain, in: database) { row in
                let entry = try chainEntry(row, after: previous)
                previous = entry.link
                try body(entry)
            }
            return (chain.beginning, chain.end)
        }
    }

    /// Goes through a site's chain, its columns and the texts that were shown, and says what is wrong; nil for a site
    /// without a chain.
    public func verify(site: String) throws(StoreError) -> ChainReport? {
        try read { database in
            guard let chain = try ChainRow.existing(site, in: database) else { return nil }
            var verifier = ChainVerifier(site: site, beginning: chain.beginning)
            var previous = chain.beginning.link
            var faults: [ChainFault] = []
            try forEachRow(of: chain, in: database) { row in
                let entry = try chainEntry(row, after: previous)
                previous = entry.link
                verifier.read(entry)
                // What rows are found by says the same as what was committed to.
                guard entry.hasRightContent, let content = entry.content else { return }
                if row[5] as String? != content.receipt?.id.description || row[6] as Int64? != content.minute {
                    faults.append(.changed(entry.number))
                }
            }
            var report = verifier.finish(end: chain.end)
            let strangers = try Int64.fetchAll(
                database,
                sql: """
                    SELECT number FROM content WHERE site = ? AND NOT EXISTS (
                        SELECT 1 FROM entry WHERE entry.site = content.site AND entry.number = content.number)
                    ORDER BY number
                    """,
                arguments: [chain.site])
            report.faults += faults + strangers.map { .outOfOrder($0) }
            report.faults += try changedTexts(of: chain, in: database)
            return report
        }
    }

    /// What was asked at a site, oldest first.
    public func revisions(site: String) throws(StoreError) -> [RecordedRevision] {
        try read { try recordedRevisions(site: site, in: $0) }
    }

    /// The words with a digest, wherever they were shown.
    public func shownText(_ digest: Digest) throws(StoreError) -> ShownText? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT layer, language, words FROM shown WHERE digest = ?", arguments: [digest.blob]
            ).flatMap { row in
                ShownText.Layer(rawValue: row[0]).map { ShownText(layer: $0, language: row[1], words: row[2]) }
            }
        }
    }

    private func changedTexts(of chain: ChainRow, in database: Database) throws -> [ChainFault] {
        var faults: [ChainFault] = []
        let shown = try Row.fetchCursor(
            database, sql: "SELECT digest, words FROM shown WHERE site = ? ORDER BY digest", arguments: [chain.site])
        while let row = try shown.next() {
            let words: String = row[1]
            if Digest(blob: row[0]) != Digest(of: words.utf8) { faults.append(.shownTextChanged) }
        }
        let revisions = try String.fetchAll(
            database, sql: "SELECT text FROM revision WHERE site = ? ORDER BY number", arguments: [chain.site])
        if revisions.contains(where: { PolicyRevision(text: $0) == nil }) { faults.append(.revisionChanged) }
        return faults
    }

    private func forEachRow(of chain: ChainRow, in database: Database, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT entry.number, entry.commitment, entry.link, content.text, content.salt, content.receipt,
                    content.minute
                FROM entry LEFT JOIN content USING (site, number) WHERE entry.site = ? ORDER BY entry.number
                """,
            arguments: [chain.site])
        while let row = try rows.next() { try body(row) }
    }

    private func chainEntry(_ row: Row, after previous: Digest, offset: Int = 0) throws -> ChainEntry {
        guard let commitment = Digest(blob: row[offset + 1]), let link = Digest(blob: row[offset + 2]) else {
            throw StoreError.corrupt(path: path)
        }
        return ChainEntry(
            number: row[offset], previous: previous, commitment: commitment, link: link, text: row[offset + 3],
            salt: (row[offset + 4] as Data?).flatMap(Digest.init(blob:)))
    }
}
