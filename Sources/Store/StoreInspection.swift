import GRDB

/// A look at the files of a state directory that changes none of them.
public enum StoreInspection {
    /// What is wrong with them; a file that is not there yet, or of an older version, is in order.
    public static func faults(inDirectory directory: String) -> [StoreError] {
        let files: [(name: String, format: FileFormat)] = [
            (ReleaseStore.fileName, Schema.format), (ReceiptStore.fileName, ReceiptSchema.format),
            (ConsoleStore.fileName, ConsoleSchema.format),
        ]
        return files.compactMap { fault(of: "\(directory)/\($0.name)", $0.format) }
    }

    private static func fault(of path: String, _ format: FileFormat) -> StoreError? {
        do {
            let queue = try format.openReadOnly(path, label: "inspection", patience: 2)
            let verdict = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            try queue.close()
            return verdict == "ok" ? nil : .corrupt(path: path)
        } catch {
            let error = StoreError(error, path: path)
            switch error {
            case .missing, .olderSchema, .busy: return nil
            case .directoryMissing, .notReadable, .notWritable, .notAStore, .corrupt, .newerSchema, .full, .failed:
                return error
            }
        }
    }
}
