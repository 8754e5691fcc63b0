import Foundation
import TLS
import Yams

/// Reads certificates and keys that rules name, and says what is wrong with them at the place that names them.
struct CertificateReader {
    let reader: RulesReader
    /// Seconds since 1970.
    private let now = Int64(Date().timeIntervalSince1970)

    /// A certificate that ends so soon is worth a warning: certificates from ACME are renewed 30 days before.
    private static let soon: Int64 = 21 * 86_400

    init(reader: RulesReader) { self.reader = reader }

    /// A certificate and its key, both looked at.
    func certificate(
        _ section: RulesReader.Section, at place: Node
    ) -> (files: CertificateFiles, certificate: Certificate)? {
        guard let node = section["certificate"], let keyNode = section["key"] else {
            let missing = section["certificate"] == nil ? "certificate" : "key"
            reader.report(
                "`\(missing)` is missing", at: section.key("certificate") ?? section.key("key") ?? place,
                expected:
                    "`certificate`: a PEM file with the certificate and its chain; `key`: one with its private key")
            return nil
        }
        // Both files are looked at, so that one run finds what is wrong with either.
        let chain = file(node, "certificate")
        let key = file(keyNode, "key")
        guard let chain, let key else { return nil }
        guard let certificate = Certificate(pem: chain.bytes) else {
            reader.report(
                "`\(chain.path)` holds no certificate, or a broken one", at: node,
                expected: "PEM: `-----BEGIN CERTIFICATE-----`, first the certificate, then those of its issuers")
            return nil
        }
        checkDates(of: certificate, chain.path, at: node)
        let problem: (message: String, expected: String)?
        switch Certificate.fit(key: key.bytes, certificate: chain.bytes) {
        case .fits: problem = nil
        case .differs:
            problem = (
                "`\(key.path)` is not the key of the certificate in `\(chain.path)`",
                "the key that the certificate was requested with; after a renewal, both files of the same one"
            )
        case .unreadable: problem = ("`\(key.path)` holds no private key", "PEM: `-----BEGIN PRIVATE KEY-----`")
        case .encrypted:
            problem = (
                "the key in `\(key.path)` needs a passphrase",
                "a key without one, which only the server's user can read: openssl pkey -in … -out …"
            )
        }
        if let problem {
            reader.report(problem.message, at: keyNode, expected: problem.expected)
            return nil
        }
        let response = section["ocsp_response"].flatMap { status($0, of: chain) }
        return (CertificateFiles(certificate: chain.path, key: key.path, status: response), certificate)
    }

    /// The path of a file with certificates of authorities.
    func authorities(_ node: Node) -> String? {
        guard let found = file(node, "authorities") else { return nil }
        if let certificate = Certificate(pem: found.bytes) {
            checkDates(of: certificate, found.path, at: node)
            return found.path
        }
        reader.report(
            "`\(found.path)` holds no certificate, or a broken one", at: node,
            expected: "PEM: `-----BEGIN CERTIFICATE-----`, of whoever signs the server's")
        return nil
    }

    /// The path of an OCSP response; nil after the reader was told why there is none: the certificate is shown without.
    private func status(_ node: Node, of certificate: (path: String, bytes: [UInt8])) -> String? {
        guard let found = file(node, "ocsp_response") else { return nil }
        let message: String
        switch Certificate.status(found.bytes, certificate: certificate.bytes) {
        case .good(let end):
            guard let end, end <= now else { return found.path }
            message = "the OCSP response in `\(found.path)` ended on \(day(end)): it is not shown"
        case .bad:
            message = "by the OCSP response in `\(found.path)` the certificate is revoked or not known"
        case .differs: message = "the OCSP response in `\(found.path)` is about another certificate"
        case .unreadable: message = "`\(found.path)` holds no OCSP response"
        }
        reader.report(
            message, at: node, expected: "DER, from `openssl ocsp -respout …`; it is taken as soon as its file changes",
            severity: .warning)
        return found.path
    }

    private func checkDates(of certificate: Certificate, _ path: String, at node: Node) {
        let end = day(certificate.notAfter)
        let message: String
        if now >= certificate.notAfter {
            message = "the certificate in `\(path)` expired on \(end): browsers refuse it"
        } else if now < certificate.notBefore {
            message = "the certificate in `\(path)` is not valid before \(day(certificate.notBefore))"
        } else if certificate.notAfter - now < Self.soon {
            message = "the certificate in `\(path)` expires on \(end)"
        } else {
            return
        }
        reader.report(
            message, at: node, expected: "a renewed certificate; it is taken as soon as its file changes",
            severity: .warning)
    }

    func file(_ node: Node, _ what: String) -> (path: String, bytes: [UInt8])? {
        guard let text = reader.text(node, what) else { return nil }
        let path = join(reader.directory, text)
        do {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            if what == "key", isReadableByOthers(path) {
                reader.report(
                    "every user of this machine can read the key in `\(path)`", at: node,
                    expected: "a file for the server's user only: chmod 600 \(path)", severity: .warning)
            }
            return (path, bytes)
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            reader.report(
                isThere ? "`\(path)` cannot be read by this user" : "there is no file `\(path)`", at: node,
                expected: isThere
                    ? "a file that the server's user can read" : "a PEM file; paths start where the rules file is")
            return nil
        }
    }
}

private func isReadableByOthers(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.posixPermissions] as? Int ?? 0) & 0o004 != 0
}

/// `2026-11-21`, in UTC.
private func day(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
}
