import FoundationEssentials
import Measurement

/// What may be shown of the windows that are still open: each figure rounded to tens, and only from ten up.
///
/// The running proxy writes it to `open-window.json` in its runtime directory, and reports read it there. It is made of
/// cells that passed the gate as if the window closed now, so that rounding is not what protects small groups.
public struct OpenWindowSnapshot: Hashable, Sendable, Codable {
    /// The file's name within the runtime directory.
    public static let fileName = "open-window.json"
    /// Figures are multiples of it, and at least it.
    public static let step = 10
    private static let currentFormat = "crumbgate-open-window/1"

    private var format = currentFormat
    /// When it was made, in minutes since 1970-01-01T00:00Z: no finer, as the instant of a change could tell of a visit.
    public let minute: Int64
    /// The windows, by site.
    public let windows: [Window]

    /// The open window of one site.
    public struct Window: Hashable, Sendable, Codable {
        /// The site's id in the rules file.
        public let site: String
        /// The day since 1970-01-01, in the site's time zone.
        public let day: Int32
        /// Its figures, sorted by their names.
        public let figures: [Figure]
    }

    /// One rounded figure.
    public struct Figure: Hashable, Sendable, Codable {
        /// The table it belongs to.
        public let dimension: Dimension
        /// The row within the table.
        public let key: String
        /// The second word of a pair.
        public let key2: String?
        /// What was counted.
        public let measure: Measure
        /// About how many.
        public let about: Int
    }

    /// Rounds cells; the time is in seconds since 1970.
    public init(cells: [ReleasedCell], time: Int64) {
        minute = time / 60
        var figures: [WindowName: [Figure]] = [:]
        for cell in cells where cell.count >= Self.step {
            let about = (cell.count + Self.step / 2) / Self.step * Self.step
            figures[WindowName(site: cell.site, day: cell.day), default: []].append(
                Figure(dimension: cell.dimension, key: cell.key, key2: cell.key2, measure: cell.measure, about: about))
        }
        windows = figures.map { name, figures in
            Window(
                site: name.site, day: name.day, figures: figures.sorted { $0.name.lexicographicallyPrecedes($1.name) })
        }.sorted { ($0.site, $0.day) < ($1.site, $1.day) }
    }

    /// The window of a site on a day, if it is open and has a figure to show.
    public func window(site: String, day: Int32) -> Window? {
        windows.first { $0.site == site && $0.day == day }
    }
}

extension OpenWindowSnapshot.Window {
    /// The rows of one table.
    public func rows(of dimension: Dimension) -> [StoredRow] {
        var rows: [StoredRow] = []
        for figure in figures where figure.dimension == dimension {
            if let last = rows.last, last.key == figure.key, last.key2 == figure.key2 {
                rows[rows.count - 1].counts[figure.measure] = figure.about
            } else {
                rows.append(StoredRow(key: figure.key, key2: figure.key2, counts: [figure.measure: figure.about]))
            }
        }
        return rows
    }
}

extension OpenWindowSnapshot {
    /// Replaces the file in a directory, whole or not at all, readable by its owner only.
    public func write(toDirectory directory: String) throws(StoreError) {
        let path = directory + "/" + Self.fileName
        let content: [UInt8]
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            content = try [UInt8](encoder.encode(self))
        } catch {
            throw .failed(path: path, message: "\(error)")
        }
        try PrivateFile.replace(path, with: content)
    }

    /// Reads the file in a directory; nil when there is none, which is how a stopped proxy leaves it.
    public static func read(fromDirectory directory: String) throws(StoreError) -> OpenWindowSnapshot? {
        let path = directory + "/" + fileName
        guard PrivateFile.exists(path) else { return nil }
        guard let content = FileManager.default.contents(atPath: path) else { throw .notReadable(path: path) }
        guard let snapshot = try? JSONDecoder().decode(OpenWindowSnapshot.self, from: content),
            snapshot.format == currentFormat,
            snapshot.windows.allSatisfy({ $0.figures.allSatisfy { $0.about >= step && $0.about % step == 0 } })
        else { throw .corrupt(path: path) }
        return snapshot
    }

    /// Removes the file from a directory, if it is there.
    public static func remove(fromDirectory directory: String) {
        PrivateFile.remove(directory + "/" + fileName)
    }
}

private struct WindowName: Hashable {
    var site: String
    var day: Int32
}

extension OpenWindowSnapshot.Figure {
    fileprivate var name: [String] { [dimension.rawValue, key, key2 ?? "", measure.rawValue] }
}
