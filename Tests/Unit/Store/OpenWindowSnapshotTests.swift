import FoundationEssentials
import Measurement
import Store
import Testing

@Suite("The snapshot of the open window")
struct OpenWindowSnapshotTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func snapshot(_ counts: [Int]) -> OpenWindowSnapshot {
        OpenWindowSnapshot(
            cells: counts.enumerated().map { index, count in
                ReleasedCell(
                    site: "shop", day: 20_000, dimension: .page, key: "/\(index)", measure: .pageViews, count: count)
            }, time: 1_795_257_759)
    }

    @Test("Figures are rounded to tens, and shown from ten up")
    func rounding() throws {
        let window = try #require(snapshot([0, 1, 9, 10, 14, 15, 24, 25, 1234, -20]).window(site: "shop", day: 20_000))
        #expect(window.rows(of: .page).map { $0.counts[.pageViews] } == [10, 10, 20, 20, 30, 1230])
        #expect(window.rows(of: .page).map(\.key) == ["/3", "/4", "/5", "/6", "/7", "/8"])
    }

    @Test("What was written is read, by its owner only, and gone after the proxy stopped")
    func roundTrip() throws {
        #expect(try OpenWindowSnapshot.read(fromDirectory: directory.path) == nil)
        let first = snapshot([100])
        try first.write(toDirectory: directory.path)
        let second = snapshot([200, 31])
        try second.write(toDirectory: directory.path)
        #expect(try OpenWindowSnapshot.read(fromDirectory: directory.path) == second)
        #expect(try directory.mode(of: OpenWindowSnapshot.fileName) == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [OpenWindowSnapshot.fileName])
        OpenWindowSnapshot.remove(fromDirectory: directory.path)
        #expect(try OpenWindowSnapshot.read(fromDirectory: directory.path) == nil)
        OpenWindowSnapshot.remove(fromDirectory: directory.path)
    }

    @Test("The exact figure is nowhere in the file, nor the second it was made")
    func content() throws {
        try snapshot([1237]).write(toDirectory: directory.path)
        let text = try String(contentsOfFile: directory.file(OpenWindowSnapshot.fileName), encoding: .utf8)
        #expect(!text.contains("1237"))
        #expect(!text.contains("1795257759"))
        #expect(text.contains("1240"))
    }

    @Test("A window of another day or site is not shown")
    func selection() {
        #expect(snapshot([100]).window(site: "shop", day: 20_001) == nil)
        #expect(snapshot([100]).window(site: "other", day: 20_000) == nil)
    }

    @Test(
        "A file that is no snapshot, or holds figures that were not rounded, is refused",
        arguments: [
            "", "{", "[]", "{\"format\":\"crumbgate-open-window/2\",\"minute\":1,\"windows\":[]}",
            """
            {"format":"crumbgate-open-window/1","minute":1,"windows":[{"site":"s","day":1,"figures":[
            {"dimension":"page","key":"/","measure":"visits","about":11}]}]}
            """,
            """
            {"format":"crumbgate-open-window/1","minute":1,"windows":[{"site":"s","day":1,"figures":[
            {"dimension":"page","key":"/","measure":"visits","about":0}]}]}
            """,
        ])
    func refusals(text: String) throws {
        let path = directory.file(OpenWindowSnapshot.fileName)
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(throws: StoreError.corrupt(path: path)) { try OpenWindowSnapshot.read(fromDirectory: directory.path) }
    }

    @Test("A missing directory is told")
    func missingDirectory() {
        let path = directory.file("none")
        #expect(throws: StoreError.directoryMissing(path: path)) { try snapshot([10]).write(toDirectory: path) }
    }
}
