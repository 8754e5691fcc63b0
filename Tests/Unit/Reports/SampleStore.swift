import FoundationEssentials
import Measurement
import Reports
import Store

/// A store with three weeks of a small shop, the same figures every time.
final class SampleStore: Sendable {
    static let lastDay = Day(number: 20_778)
    /// One for all tests that only read.
    static let shared = Result { try SampleStore() }
    let store: ReleaseStore
    private let directory: URL

    init(isEmpty: Bool = false) throws {
        directory = FileManager.default.temporaryDirectory.appending(component: "crumbgate-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.appending(component: ReleaseStore.fileName).path(percentEncoded: false)
        let writer = try ReleaseStore.open(path: path)
        if !isEmpty {
            for day in (Self.lastDay.number - 20)...Self.lastDay.number where day != Self.lastDay.number - 4 {
                try writer.store(Self.cells(day: day), release: .init(site: "shop", day: day, epoch: 1, k: 10))
            }
            try writer.store([], release: .init(site: "shop", day: Self.lastDay.number, epoch: 2, k: 10))
        }
        try writer.close()
        store = try ReleaseStore.openReadOnly(path: path)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    static func cells(day: Int32) -> [ReleasedCell] {
        let size = 80 + Int(day % 7) * 25
        var cells: [ReleasedCell] = []
        func add(_ dimension: Dimension, _ key: String, _ figures: [Measure: Int], next: String? = nil) {
            for (measure, count) in figures {
                cells.append(
                    ReleasedCell(
                        site: "shop", day: day, dimension: dimension, key: key, key2: next, measure: measure,
                        count: count))
            }
        }
        add(
            .total, "",
            [
                .pageViews: size * 9, .visits: size * 2, .visitors: size + 40, .bounces: size / 2,
                .conversions: size / 12,
            ])
        let pages = [
            "/", "/cart", "/checkout", "/product/kettle", "/product/teapot-with-a-name-longer-than-any-column-is-wide",
            "/produkt/茶壺と急須", "/suche?q=Größe", "=HYPERLINK(\"http://evil.example\")", "/a,b;\"c\"",
            "/esc\u{1B}[31mred",
            "/rtl\u{202E}gpj.exe", "/🫖", "/imprint", "/cafe\u{301}", "/👩‍👩‍👧", "/한국",
        ]
        for (index, page) in pages.enumerated() {
            add(.page, page, [.pageViews: size * 4 / (index + 2), .visitors: size * 2 / (index + 2)])
        }
        add(.page, "(other)", [.pageViews: size * 5, .visitors: size])
        add(.entryPage, "/", [.entries: size, .bounces: size / 4])
        add(.entryPage, "/product/kettle", [.entries: size / 2, .bounces: size / 5])
        add(.exitPage, "/", [.exits: size / 3])
        add(.exitPage, "/checkout", [.exits: size / 2])
        add(.exitPage, "(other)", [.exits: 21])
        add(.pagePair, "/", [.count: size], next: "/product/kettle")
        add(.pagePair, "/product/kettle", [.count: size / 2], next: "/cart")
        for (index, source) in ["(direct)", "search.example", "social.example"].enumerated() {
            let visits = size / (index + 1)
            add(
                .source, source,
                [.visits: visits, .visitors: visits * 3 / 4, .bounces: visits / 4, .conversions: visits / 20])
        }
        add(.channel, "direct", [.visits: size, .visitors: size * 3 / 4, .bounces: size / 4])
        add(.channel, "search", [.visits: size / 2, .visitors: size / 3])
        add(.place, "DE", [.visits: size, .visitors: size / 2])
        add(.place, "AT", [.visits: size / 4, .visitors: size / 5])
        add(.place, "unknown", [.visits: size / 6, .visitors: size / 7])
        add(.browser, "Firefox 128", [.visits: size, .visitors: size / 2])
        add(.operatingSystem, "Windows", [.visits: size, .visitors: size / 2])
        add(.device, "desktop", [.visits: size, .visitors: size / 2])
        add(.device, "phone", [.visits: size * 3, .visitors: size * 2])
        for hour in 6...22 { add(.hour, "\(hour)", [.pageViews: size / 6 + hour * 37 % 23, .visits: hour * 3]) }
        add(.weekday, "\(Day(number: day).weekday)", [.pageViews: size * 9, .visits: size * 2])
        add(.visitLength, "0", [.visits: size])
        add(.visitLength, "61-180", [.visits: size / 2])
        add(.pagesPerVisit, "1", [.visits: size])
        add(.pagesPerVisit, "4-5", [.visits: size / 3])
        add(.conversion, "order", [.conversions: size / 12])
        add(.consentOutcome, "accepted", [.count: size / 2])
        add(.consentOutcome, "refused", [.count: size])
        add(.answerLanguage, "de", [.count: size / 3], next: "agreed")
        add(.answerLanguage, "de", [.count: size / 2], next: "refused")
        if day % 2 == 0 { add(.answerLanguage, "fr", [.count: size / 6], next: "agreed") }
        if day % 2 == 0 { add(.answerLanguage, "fr", [.count: size / 8], next: "refused") }
        add(.answerLanguage, "(other)", [.count: 24], next: "refused")
        add(.withheldCookie, "_ga", [.count: size * 3])
        add(.withheldCookie, "_fbp", [.count: size])
        add(.unknownCookie, "sid", [.count: size * 2])
        add(.unknownCookie, "(other)", [.count: size / 2])
        add(.blockedHost, "cdn.tracker.example", [.count: size * 2])
        add(.bot, "Googlebot", [.count: size / 3])
        add(.botReason, "search engine", [.count: size / 3])
        add(.missingPage, "/sale-:id", [.count: size / 4])
        add(.download, "/size-chart.pdf", [.count: size / 5])
        add(.outbound, "pay.example", [.count: size / 6])
        add(.search, "blue shoe", [.count: size / 7])
        return cells
    }

    /// The open window of the day after the last.
    static var openWindow: OpenWindowSnapshot {
        let cells = cells(day: lastDay.number).map { cell in
            var cell = cell
            cell.day = lastDay.number + 1
            return cell
        }
        return OpenWindowSnapshot(cells: cells, time: 1_795_257_759)
    }
}
