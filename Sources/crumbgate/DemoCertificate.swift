import Foundation
import Rules
import TLS

/// A certificate that signed itself, made for one run of the demo.
struct DemoCertificate {
    let files: CertificateFiles
    private let folder: URL

    /// Nil when it cannot be made: the demo goes on without TLS.
    init?(for names: [String]) {
        guard let made = Certificate.selfSigned(names: names, days: 7) else { return nil }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("crumbgate-demo-\(UUID().uuidString)")
        let certificate = folder.appendingPathComponent("certificate.pem")
        let key = folder.appendingPathComponent("key.pem")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try Data(made.certificate.utf8).write(to: certificate)
            try Data(made.key.utf8).write(to: key)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
        } catch {
            return nil
        }
        files = CertificateFiles(certificate: certificate.path, key: key.path)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
