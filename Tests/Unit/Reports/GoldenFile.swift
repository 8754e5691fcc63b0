import FoundationEssentials
import Testing

/// Compares a text with `fixtures/reports/NAME`; with CRUMBGATE_UPDATE_FIXTURES set, writes it there instead.
func expectGolden(_ text: String, _ name: String, location: SourceLocation = #_sourceLocation) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "fixtures/reports").appending(component: name)
    if ProcessInfo.processInfo.environment["CRUMBGATE_UPDATE_FIXTURES"] != nil {
        try Data(text.utf8).write(to: file)
    }
    let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text == golden, "\(name) differs", sourceLocation: location)
}
