import Foundation
import Rules

/// The top of the repository.
let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The rules files in a folder of fixtures/rules, by name.
func fixtures(_ folder: String) -> [String] {
    let path = root.appendingPathComponent("fixtures/rules/\(folder)").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted()
}

/// The bytes of a file in fixtures/rules.
func fixture(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: root.appendingPathComponent("fixtures/rules/\(name)")))
}

/// The policy of a valid file.
func policy(_ name: String) throws -> Policy {
    try Policy.parse(fixture("valid/\(name).yaml"), sourceFile: "rules.yaml")
}

/// The policy of one site with these lines under the origin.
func policy(with lines: String) throws -> Policy {
    try Policy.parse("origin: http://127.0.0.1:9000\n" + lines, sourceFile: "rules.yaml")
}
