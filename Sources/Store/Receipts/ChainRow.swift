import Consent
import Foundation
import GRDB

/// A site's chain within a transaction: where it begins, where it ends, and what is done to it.
struct ChainRow {
    let site: Int64
    let name: String
    private(set) var beginning: ChainPlace
    private(set) var end: ChainPlace
    let retentionDays: Int?

    /// The chain of a site, which is begun where there is none.
    static func find(_ name: String, in database: Database) throws -> ChainRow {
        if let row = try existing(name, in: database) { return row }
        let start = ChainPlace.start(ofSite: name)
        try database.execute(
            sql: """
                INSERT INTO chain (name, first_number, first_link, last_number, last_link) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [name, start.number, start.link.blob, start.number, start.link.blob])
        return ChainRow(
            site: database.lastInsertedRowID, name: name, beginning: start, end: start, retentionDays: nil)
    }

    /// The chain of a site; nil where there is none.
    static func existing(_ name: String, in database: Database) throws -> ChainRow? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT site, first_number, first_link, last_number, last_link, retention_days FROM chain WHERE name = ?
                """,
            arguments: [name])
        guard let row else { return nil }
        guard let first = Digest(blob: row[2]), let last = Digest(blob: row[4]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
        return ChainRow(
            site: row[0], name: name, beginning: ChainPlace(number: row[1], link: first),
            end: ChainPlace(number: row[3], link: last), retentionDays: row[5])
    }

    mutating func append(_ content: ChainContent, to database: Database) throws {
        guard let salt = Digest.random() else { throw DatabaseError(message: "no random numbers") }
        let entry = end.next(content, salt: salt)
        try database.cachedStatement(
            sql: "INSERT INTO entry (site, number, commitment, link) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [site, entry.number, entry.commitment.blob, entry.link.blob])
        try database.cachedStatement(
            sql: "INSERT INTO content (site, number, receipt, minute, salt, text) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(
            arguments: [
                site, entry.number, content.receipt?.id.description, content.minute, salt.blob, content.text,
            ])
        end = entry.place
    }

    func keepEnd(in database: Database) throws {
        try database.execute(
            sql: "UPDATE chain SET last_number = ?, last_link = ? WHERE site = ?",
            arguments: [end.number, end.link.blob, site])
    }

    /// Removes the entries before the first one that is no older than `oldest`, if a receipt is among them.
    mutating func sweep(before oldest: Int64, minute: Int64, in database: Database) throws -> Int {
        let isDue = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM content WHERE site = ? AND minute < ? AND receipt IS NOT NULL)",
            arguments: [site, oldest])
        guard isDue == true else { return 0 }
        let kept = try Int64.fetchOne(
            database, sql: "SELECT min(number) FROM content WHERE site = ? AND minute >= ?", arguments: [site, oldest])
        let through = kept.map { $0 - 1 } ?? end.number
        let link = try Digest.fetch(
            database, sql: "SELECT link FROM entry WHERE site = ? AND number = ?", arguments: [site, through])
        // A clock that was set back may keep old receipts behind a younger one for a while.
        guard let link, through > beginning.number else { return 0 }
        let count = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM content WHERE site = ? AND number <= ? AND receipt IS NOT NULL",
            arguments: [site, through])
        try append(.sweep(through: through, link: link, minute: minute), to: database)
        for table in ["content", "entry"] {
            try database.execute(
                sql: "DELETE FROM \(table) WHERE site = ? AND number <= ?", arguments: [site, through])
        }
        beginning = ChainPlace(number: through, link: link)
        try database.execute(
            sql: "UPDATE chain SET first_number = ?, first_link = ? WHERE site = ?",
            arguments: [through, link.blob, site])
        try keepEnd(in: database)
        return count ?? 0
    }
}

extension Digest {
    /// As the tables hold it.
    var blob: DatabaseValue { DatabaseValue(value: Data(octets)) ?? .null }

    init?(blob: Data) { self.init(octets: [UInt8](blob)) }

    static func fetch(_ database: Database, sql: String, arguments: StatementArguments) throws -> Digest? {
        try Data.fetchOne(database, sql: sql, arguments: arguments).flatMap(Digest.init(blob:))
    }
}
