/// The tables of the console's file.
enum ConsoleSchema {
    static let format = FileFormat(
        applicationID: 0x4352_4743,  // "CRGC"
        steps: [
            """
            CREATE TABLE account (
                name TEXT PRIMARY KEY,
                role TEXT NOT NULL,
                password TEXT NOT NULL,
                revision INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE audit (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                minute INTEGER NOT NULL,
                account TEXT NOT NULL,
                event TEXT NOT NULL,
                detail TEXT NOT NULL
            ) STRICT;
            """,
            // Refused attempts are counted in a row per minute, and bounded apart from the rest.
            """
            ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE audit ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
            UPDATE audit SET refused = 1 WHERE event IN ('login-failed', 'login-refused');
            CREATE INDEX audit_by_kind ON audit (refused, minute);
            """,
        ])
}
