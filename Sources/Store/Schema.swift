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
        """
        CREATE TABLE month_cell (
            site INTEGER NOT NULL REFERENCES site (id),
            dimension TEXT NOT NULL,
            key TEXT NOT NULL,
            key2 TEXT NOT NULL,
            month INTEGER NOT NULL,
            page_views INTEGER,
            visits INTEGER,
            visitors INTEGER,
            bounces INTEGER,
            entries INTEGER,
            exits INTEGER,
            conversions INTEGER,
            count INTEGER,
            page_views_variance INTEGER,
            visits_variance INTEGER,
            visitors_variance INTEGER,
            bounces_variance INTEGER,
            entries_variance INTEGER,
            exits_variance INTEGER,
            conversions_variance INTEGER,
            count_variance INTEGER,
            PRIMARY KEY (site, dimension, key, key2, month)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE retention (
            site INTEGER PRIMARY KEY REFERENCES site (id),
            days_from INTEGER NOT NULL,
            months_from INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        INSERT INTO month_cell
        WITH daily AS (
            SELECT site, dimension, day,
                sum(CASE measure WHEN 'pageViews' THEN variance END) AS page_views,
                sum(CASE measure WHEN 'visits' THEN variance END) AS visits,
                sum(CASE measure WHEN 'visitors' THEN variance END) AS visitors,
                sum(CASE measure WHEN 'bounces' THEN variance END) AS bounces,
                sum(CASE measure WHEN 'entries' THEN variance END) AS entries,
                sum(CASE measure WHEN 'exits' THEN variance END) AS exits,
                sum(CASE measure WHEN 'conversions' THEN variance END) AS conversions,
                sum(CASE measure WHEN 'count' THEN variance END) AS count
            FROM noise GROUP BY site, dimension, day
        )
        SELECT site, dimension, key, key2,
            CAST(strftime('%s', day * 86400, 'unixepoch', 'start of month') AS INTEGER) / 86400 AS month,
            sum(cell.page_views),
            sum(cell.visits),
            sum(cell.visitors),
            sum(cell.bounces),
            sum(cell.entries),
            sum(cell.exits),
            sum(cell.conversions),
            sum(cell.count),
            sum(CASE WHEN cell.page_views IS NOT NULL THEN daily.page_views END),
            sum(CASE WHEN cell.visits IS NOT NULL THEN daily.visits END),
            sum(CASE WHEN cell.visitors IS NOT NULL THEN daily.visitors END),
            sum(CASE WHEN cell.bounces IS NOT NULL THEN daily.bounces END),
            sum(CASE WHEN cell.entries IS NOT NULL THEN daily.entries END),
            sum(CASE WHEN cell.exits IS NOT NULL THEN daily.exits END),
            sum(CASE WHEN cell.conversions IS NOT NULL THEN daily.conversions END),
            sum(CASE WHEN cell.count IS NOT NULL THEN daily.count END)
        FROM cell LEFT JOIN daily USING (site, dimension, day) GROUP BY site, dimension, key, key2, month;
        """,
    ]

    static let format = FileFormat(applicationID: applicationID, steps: steps)

    /// Adds one row's figures to what is there; arguments: site, dimension, day, key, key2, then each measure.
    static let addCell = adding(Measure.allCases.map(column), to: "cell", by: "dimension, day, key, key2")

    /// Adds one row's figures to those of its month; arguments: site, dimension, key, key2, month, each measure, then the
    /// variance of each.
    static let addMonthCell = adding(
        Measure.allCases.map(column) + Measure.allCases.map { column($0) + "_variance" }, to: "month_cell",
        by: "dimension, key, key2, month")

    private static func adding(_ columns: [String], to table: String, by names: String) -> String {
        // A figure stays absent until something is counted.
        let sums = columns.map {
            "\($0) = CASE WHEN excluded.\($0) IS NULL THEN \($0) ELSE coalesce(\($0), 0) + excluded.\($0) END"
        }
        return """
            INSERT INTO \(table) (site, \(names), \(columns.joined(separator: ", ")))
            VALUES (?, ?, ?, ?, ?\(String(repeating: ", ?", count: columns.count)))
            ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "))
            """
    }

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
