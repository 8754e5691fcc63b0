/// The tables of the receipts file.
///
/// An entry stays as long as the chain; its content goes when it is erased. What visitors were asked and shown holds
/// nothing about any of them, and stays.
enum ReceiptSchema {
    /// Marked as "CRGR".
    static let format = FileFormat(applicationID: 0x4352_4752, steps: steps)

    private static let steps = [
        """
        CREATE TABLE chain (
            site INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            first_number INTEGER NOT NULL,
            first_link BLOB NOT NULL,
            last_number INTEGER NOT NULL,
            last_link BLOB NOT NULL,
            retention_days INTEGER
        ) STRICT;

        CREATE TABLE entry (
            site INTEGER NOT NULL REFERENCES chain (site),
            number INTEGER NOT NULL,
            commitment BLOB NOT NULL,
            link BLOB NOT NULL,
            PRIMARY KEY (site, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE content (
            site INTEGER NOT NULL REFERENCES chain (site),
            number INTEGER NOT NULL,
            receipt TEXT,
            minute INTEGER NOT NULL,
            salt BLOB NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (site, number)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX content_by_receipt ON content (receipt) WHERE receipt IS NOT NULL;
        CREATE INDEX content_by_time ON content (site, minute);

        CREATE TABLE revision (
            number INTEGER PRIMARY KEY,
            site INTEGER NOT NULL REFERENCES chain (site),
            minute INTEGER NOT NULL,
            text TEXT NOT NULL
        ) STRICT;

        CREATE TABLE shown (
            site INTEGER NOT NULL REFERENCES chain (site),
            digest BLOB NOT NULL,
            layer TEXT NOT NULL,
            language TEXT NOT NULL,
            minute INTEGER NOT NULL,
            words TEXT NOT NULL,
            PRIMARY KEY (site, digest)
        ) STRICT, WITHOUT ROWID;
        """
    ]
}
