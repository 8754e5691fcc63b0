import FoundationEssentials

/// A directory that goes with the test that made it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(component: "crumbgate-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func mode(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }

    /// All bytes of all files.
    func bytes() throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted().reduce(into: [UInt8]()) { bytes, name in
            bytes.append(contentsOf: try Data(contentsOf: URL(filePath: file(name))))
        }
    }
}
