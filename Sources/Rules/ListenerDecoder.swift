import Foundation
import TLS
import Yams

/// Reads `listen`, and looks at the certificates that it names.
struct ListenerDecoder {
    let reader: RulesReader
    /// The folder that paths start from.
    let directory: String
    /// Seconds since 1970.
    let now = Int64(Date().timeIntervalSince1970)
    /// Where a listener's `tls` is, and its certificates, for what can be said only when the sites are known.
    private var shown: [(place: Node, certificates: [Certificate])] = []

    /// A certificate that ends so soon is worth a warning: certificates from ACME are renewed 30 days before.
    private static let soon: Int64 = 14 * 86_400

    init(reader: RulesReader, directory: String) {
        self.reader = reader
        self.directory = directory
    }

    /// The listeners; the standard one where nothing is said.
    mutating func listeners(_ node: Node?) -> [Listener] {
        guard let node, !reader.isNull(node) else { return [Listener(host: "127.0.0.1", port: 8080)] }
        let items = reader.items(node)
        if items.isEmpty { reader.report("listen is an empty list", at: node, expected: "at least one listener") }
        var listeners: [Listener] = []
        for item in items {
            guard let listener = listener(item) else { continue }
            if listeners.contains(where: listener.isSamePlace) {
                reader.report("this listener is there twice", at: item)
            }
            listeners.append(listener)
        }
        return listeners
    }

    /// Says which hosts would be shown a certificate of another name.
    func checkNames(of sites: [Site]) {
        for (place, certificates) in shown {
            for site in sites {
                for host in site.hosts where !certificates.contains(where: { $0.covers(host) }) {
                    reader.report(
                        "no certificate of this listener is good for `\(host)`: browsers will refuse it", at: place,
                        expected: "a certificate with that name; these are there: "
                            + list(certificates.flatMap(\.names).prefix(8), "", "and"), severity: .warning)
                }
            }
        }
    }

    private mutating func listener(_ node: Node) -> Listener? {
        guard node.mapping != nil else { return reader.listener(node) }
        guard let section = reader.section(node, .listener, "a listener") else { return nil }
        guard let place = section["address"] else {
            reader.report(
                "a listener without `address`", at: node, expected: "`address`: an address and a port, `0.0.0.0:443`")
            return nil
        }
        guard var listener = reader.listener(place) else { return nil }
        if let node = section["tls"] {
            guard let tls = tls(node, at: section.key("tls") ?? node) else { return nil }
            listener.tls = tls
        }
        return listener
    }

    private mutating func tls(_ node: Node, at key: Node) -> ListenerTLS? {
        guard let section = reader.section(node, .tls, "tls") else { return nil }
        var pairs: [(section: RulesReader.Section, place: Node)] = []
        if let list = section["certificates"] {
            for name in ["certificate", "key"] {
                guard let node = section.key(name) else { continue }
                reader.report("`\(name)` belongs to each item when there is a list of `certificates`", at: node)
            }
            pairs = reader.items(list).compactMap { item in
                reader.section(item, .certificate, "a certificate").map { ($0, item) }
            }
        } else {
            pairs = [(section, key)]
        }
        let read = pairs.compactMap { certificate($0.section, at: $0.place) }
        guard let first = read.first, read.count == pairs.count else {
            if pairs.isEmpty {
                reader.report("no certificate is named", at: key, expected: "`certificate` and `key`: two PEM files")
            }
            return nil
        }
        shown.append((key, read.map(\.certificate)))
        var tls = ListenerTLS(certificates: [first.files] + read.dropFirst().map(\.files))
        if let node = section["minimum_version"] {
            tls.minimumVersion = reader.word(node, "minimum_version", TLSVersion.self) ?? tls.minimumVersion
        }
        return tls
    }

    /// A certificate and its key, both looked at.
    private func certificate(
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
        return (CertificateFiles(certificate: chain.path, key: key.path), certificate)
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

    private func file(_ node: Node, _ what: String) -> (path: String, bytes: [UInt8])? {
        guard let text = reader.text(node, what) else { return nil }
        let path = join(directory, text)
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
