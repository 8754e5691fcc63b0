import Consent
import Foundation
import GRDB

/// What a site asks its visitors now, to be kept with the time.
public struct AskedPolicy: Sendable {
    /// The site's name.
    public var site: String
    /// What is asked.
    public var revision: PolicyRevision
    /// The words it is asked with.
    public var texts: [ShownText]
    /// Days that the site's receipts are kept.
    public var retentionDays: Int

    /// Makes it of its parts.
    public init(site: String, revision: PolicyRevision, texts: [ShownText], retentionDays: Int) {
        self.site = site
        self.revision = revision
        self.texts = texts
        self.retentionDays = retentionDays
    }
}

/// What a site asked from some time on.
public struct RecordedRevision: Hashable, Sendable {
    /// Minutes since 1970-01-01T00:00Z.
    public let minute: Int64
    /// What was asked.
    public let revision: PolicyRevision
}

extension ReceiptStore {
    /// Keeps what sites ask from now on, and returns what each asked and showed before: revisions latest first, the
    /// digests of all texts. Durable like receipts, which refer to it.
    public func record(
        _ asked: [AskedPolicy], minute: Int64
    ) throws(StoreError) -> [(earlier: [PolicyRevision], texts: [Digest])] {
        try write { database in
            try asked.map { asked in
                let chain = try ChainRow.find(asked.site, in: database)
                try database.execute(
                    sql: "UPDATE chain SET retention_days = ? WHERE site = ?",
                    arguments: [asked.retentionDays, chain.site])
                let recorded = try recordedRevisions(site: asked.site, in: database)
                if recorded.last?.revision != asked.revision {
                    try database.execute(
                        sql: "INSERT INTO revision (site, minute, text) VALUES (?, ?, ?)",
                        arguments: [chain.site, minute, asked.revision.text])
                }
                for text in asked.texts {
                    try database.execute(
                        sql: """
                            INSERT INTO shown (site, digest, layer, language, minute, words) VALUES (?, ?, ?, ?, ?, ?)
                            ON CONFLICT DO NOTHING
                            """,
                        arguments: [
                            chain.site, text.digest.blob, text.layer.rawValue, text.language, minute, text.words,
                        ])
                }
                let texts = try Data.fetchAll(
                    database, sql: "SELECT digest FROM shown WHERE site = ?", arguments: [chain.site])
                return (recorded.reversed().map(\.revision), texts.compactMap(Digest.init(blob:)))
            }
        }
    }

    func recordedRevisions(site: String, in database: Database) throws -> [RecordedRevision] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT minute, text FROM revision WHERE site = (SELECT site FROM chain WHERE name = ?) ORDER BY number
                """,
            arguments: [site]
        ).compactMap { row in
            PolicyRevision(text: row[1]).map { RecordedRevision(minute: row[0], revision: $0) }
        }
    }
}
