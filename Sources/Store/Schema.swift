import GRDB
import Measurement

/// The tables of the store, and the way from each version of them to the next.
///
/// Only integers and words that anybody may read. Tables without row ids hold no order of insertion.
enum Schema {
    /// Marks the file as ours (`PRAGMA application_id`): "CRGT".
    static let applicationID: Int32 = 0x4352_4754

    /// The step from version `index` to `index + 1`; a step that has shipped never changes.
    static let steps = [
        """
        CREATE TABLE site (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE release (
            site INTEGER NOT NULL REFERENCES site (id),
            day INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            mode TEXT NOT NULL,
            k INTEGER NOT NULL,
            PRIMARY KEY (site, day, epoch)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cell (
            site INTEGER NOT NULL REFERENCES site (id),
            dimension TEXT NOT NULL,
            day INTEGER NOT NULL,
            key TEXT NOT NULL,
            key2 TEXT NOT NULL,
            page_views INTEGER,
            visits INTEGER,
            visitors INTEGER,
            bounces INTEGER,
            entries INTEGER,
            exits INTEGER,
            conversions INTEGER,
            count INTEGER,
            PRIMARY KEY (site, dimension, day, key, key2)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE release ADD COLUMN budget INTEGER;

        CREATE TABLE noise (
            site INTEGER NOT NULL REFERENCES site (id),
            dimension TEXT NOT NULL,
            day INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            measure TEXT NOT NULL,
            variance INTEGER NOT NULL,
            PRIMARY KEY (site, dimension, day, epoch, measure)
        ) STRICT, WITHOUT ROWID;
        """,
    ]

    private static let format = FileFormat(applicationID: applicationID, steps: steps)

    static func checkOwnership(_ database: Database, path: String) throws {
        try format.checkOwnership(database, path: path)
    }

    static func migrate(_ database: Database) throws { try format.migrate(database) }

    static func check(_ database: Database, path: String) throws { try format.check(database, path: path) }

    /// Adds one row's figures to what is there; arguments: site, dimension, day, key, key2, then each measure.
    static let addCell: String = {
        let columns = Measure.allCases.map(column)
        // A measure stays absent until something is counted.
        let sums = columns.map {
            "\($0) = CASE WHEN excluded.\($0) IS NULL THEN \($0) ELSE coalesce(\($0), 0) + excluded.\($0) END"
        }
        return """
            INSERT INTO cell (site, dimension, day, key, key2, \(columns.joined(separator: ", ")))
            VALUES (?, ?, ?, ?, ?\(String(repeating: ", ?", count: columns.count)))
            ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "))
            """
    }()

    /// The column of a measure.
    static func column(_ measure: Measure) -> String {
        switch measure {
        case .pageViews: "page_views"
        case .visits: "visits"
        case .visitors: "visitors"
        case .bounces: "bounces"
        case .entries: "entries"
        case .exits: "exits"
        case .conversions: "conversions"
        case .count: "count"
        }
    }
}
