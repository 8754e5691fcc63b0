import Foundation
import Rules
import TLS

extension Listener {
    /// Why the listener cannot speak TLS with what its rules name; nil when it can, or is to speak none.
    package var contextFault: String? {
        do {
            _ = try context()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// What the listener speaks TLS with; nil where it does not.
    func context() throws(ContextError) -> ServerContext? {
        guard let tls else { return nil }
        let identities = try tls.certificates.map { (files) throws(ContextError) in
            // Without a response the certificate is as good.
            let status = files.status.flatMap { try? contents($0) } ?? []
            return Identity(chain: try contents(files.certificate), key: try contents(files.key), status: status)
        }
        do {
            return try ServerContext(
                identities: identities, minimum: tls.minimumVersion, offersHTTP2: tls.offersHTTP2, listener: authority)
        } catch {
            throw ContextError(path: tls.certificates[error.index].certificate, reason: error.reason)
        }
    }
}

extension OriginServer {
    /// What TLS is spoken with; nil where it is not.
    func context() throws(ContextError) -> ClientContext? {
        guard let tls else { return nil }
        var trust = ClientContext.Trust.system
        if let authorities = tls.authorities { trust = .authorities(try contents(authorities)) }
        if !tls.isVerified { trust = .anybody }
        var identity: Identity?
        if let files = tls.identity {
            identity = Identity(chain: try contents(files.certificate), key: try contents(files.key))
        }
        do {
            return try ClientContext(trust: trust, identity: identity)
        } catch {
            throw ContextError(path: tls.authorities ?? tls.identity?.certificate ?? authority, reason: error.reason)
        }
    }
}

private func contents(_ path: String) throws(ContextError) -> [UInt8] {
    do {
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
        let isThere = FileManager.default.fileExists(atPath: path)
        throw ContextError(path: path, reason: isThere ? "this user cannot read it" : "there is no such file")
    }
}

/// A certificate or key that cannot be used.
struct ContextError: Error, CustomStringConvertible {
    let path: String
    let reason: String

    /// The file, the reason, and where to look further.
    var description: String { "\(path): \(reason); `crumbgate check` says more" }
}
