import Bytes
import Consent
import Foundation
import Reports
import Store
import Testing

@Suite("Files of receipts")
struct ReceiptFileTests {
    let store: ReceiptStore
    let mine: Receipt

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: "crumbgate-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        store = try ReceiptStore.open(path: directory.appending(component: ReceiptStore.fileName).path)
        func receipt(_ minute: Int64) throws -> Receipt {
            Receipt(
                id: try #require(ReceiptID.random()), minute: minute, revision: 0x00a8_2eaa,
                text: Digest(of: "Cookies?".utf8), language: "pt-br", granted: ["analytics", "chat"],
                refused: ["social"], source: .noScript, action: .renewed)
        }
        mine = try receipt(29_921_002)
        let asked = AskedPolicy(
            site: "shop", revision: PolicyRevision(purposes: []), texts: [], retentionDays: 30)
        _ = try store.record([asked], minute: 1)
        try store.append([("shop", receipt(100))])
        try store.append([("shop", receipt(29_921_000)), ("shop", receipt(29_921_001)), ("lamps", receipt(29_921_001))])
        _ = try store.sweep(minute: 29_921_001)
        try store.append([("shop", mine)])
        let last = try receipt(29_921_003)
        try store.append([("shop", last)])
        try store.erase(last.id, minute: 29_921_004)
    }

    @Test(
        "Every form of a whole export can be verified, and is found changed when it is",
        arguments: ReceiptFile.Format.allCases)
    func export(format: ReceiptFile.Format) throws {
        let file = try ReceiptFile(store, sites: ["lamps", "shop"])
        let text = file.text(format)
        let read = try ReceiptFile(text: text)
        #expect(read.text(format) == text && read.count == file.count)
        let verdicts = read.verify()
        #expect(verdicts.map(\.site) == ["lamps", "shop"] && verdicts.map(\.isWhole) == [true, true])
        #expect(verdicts.map(\.report.faults) == [[], []])
        #expect(try verdicts[1].report == store.verify(site: "shop"))
        for (old, new) in [
            ("analytics chat", "analytics"), ("social", "chat"), ("pt-br", "pt"), ("no-js", "gpc"),
            ("renewed", "given"), ("00a82eaa", "00a82eab"), ("2026-11-21T11:22Z", "2026-11-21T11:23Z"),
            (mine.id.description, "q83vEjRWeJCrze8SNFZ4kA"), ("erasure", "erased"),
        ] {
            try #require(text.contains(old), "\(old)")
            let changed = try ReceiptFile(text: text.replacingOccurrences(of: old, with: new))
            #expect(changed.verify().map(\.report.faults) != [[], []], "\(old)")
        }
    }

    @Test("A missing line is found", arguments: ReceiptFile.Format.allCases)
    func missing(format: ReceiptFile.Format) throws {
        let text = try ReceiptFile(store, sites: ["shop"]).text(format)
        var lines = text.components(separatedBy: format == .csv ? "\r\n" : "\n")
        let place = try #require(lines.firstIndex { $0.contains(mine.id.description) })
        lines.remove(at: place)
        let read = try ReceiptFile(text: lines.joined(separator: "\n"))
        #expect(read.verify().map(\.report.faults) == [[.missing(5...5)]])
    }

    @Test(
        "One visitor's own record can be verified by itself, and holds nobody else's",
        arguments: ReceiptFile.Format.allCases)
    func own(format: ReceiptFile.Format) throws {
        let text = try ReceiptFile(store, of: mine.id, site: "shop").text(format)
        let verdicts = try ReceiptFile(text: text).verify()
        #expect(verdicts.count == 1 && !verdicts[0].isWhole && verdicts[0].report.entries == 1)
        #expect(verdicts[0].report.faults == [])
        let forged = try ReceiptFile(text: text.replacingOccurrences(of: "analytics chat", with: "analytics"))
        #expect(forged.verify()[0].report.faults == [.changed(5)])
        #expect(try ReceiptFile(store, of: mine.id, site: "lamps").count == 0)
    }

    @Test(
        "What is no file of receipts is refused, and nothing crashes",
        arguments: [
            "", "x", "{", "{}", #"{"format":"other/1","entries":[]}"#, "<a/>", "<", "site,number\r\n", "\"", ",,,\n",
        ])
    func foreign(text: String) {
        #expect(throws: ReceiptFile.Malformed.self) { try ReceiptFile(text: text) }
    }

    @Test("An id that begins like a formula is guarded in CSV and read back")
    func formula() throws {
        let bytes = Array("-83vEjRWeJCrze8SNFZ4kA".utf8)
        let found = ReceiptID(bytes.rawSpan)
        let id = try #require(found)
        var receipt = mine
        receipt.id = id
        try store.append([("shop", receipt)])
        let text = try ReceiptFile(store, of: id).text(.csv)
        #expect(text.contains("'-83vEjRWeJCrze8SNFZ4kA"))
        #expect(try ReceiptFile(text: text).verify()[0].report.faults == [])
    }

    @Test("Minutes have one text form")
    func minutes() {
        for number in [0, 1, 1439, 1440, 29_921_000, 30_000_001] as [Int64] {
            #expect(Minute(Minute(number: number).description)?.number == number)
        }
        #expect(Minute(number: 29_921_002).description == "2026-11-21T11:22Z")
        for text in [
            "", "2026-11-21", "2026-11-21T24:00Z", "2026-11-21T08:4Z", "2026-02-30T08:42Z", "2026-11-21T08:42",
        ] {
            #expect(Minute(text) == nil)
        }
    }
}
