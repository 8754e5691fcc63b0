import Consent
import Foundation

/// The key that consent cookies are signed with, kept in a file that only the proxy's user may read.
enum ConsentSecret {
    /// Reads the key, or makes and keeps a new one where the file is missing.
    static func load(path: String) throws -> [UInt8] {
        if let data = FileManager.default.contents(atPath: path) {
            guard data.count >= ConsentSigner.secretLength else {
                throw ConsentSecretError.tooShort(path: path, count: data.count)
            }
            return [UInt8](data)
        }
        guard let secret = ConsentSigner.randomSecret() else { throw ConsentSecretError.noRandomness }
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(secret), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw ConsentSecretError.notWritable(path: path) }
        return secret
    }
}

/// Why there is no key to sign consent cookies with.
enum ConsentSecretError: Error, CustomStringConvertible {
    case tooShort(path: String, count: Int)
    case notWritable(path: String)
    case noRandomness

    var description: String {
        switch self {
        case .tooShort(let path, let count):
            "\(path) holds \(count) octets; a signing key has at least \(ConsentSigner.secretLength). Delete the file "
                + "to have a new one made; visitors are then asked again."
        case .notWritable(let path):
            "cannot write the signing key to \(path): make its folder writable, or name another under consent.secret_file"
        case .noRandomness: "the operating system gives no random numbers"
        }
    }
}
