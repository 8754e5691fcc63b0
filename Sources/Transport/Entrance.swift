import Glibc
import Rules
import TLS

/// Where visitors come in, and what is spoken there: everything of a server that may need more privileges than serving
/// does, so that they can be given up in between.
///
/// The sockets are bound, but refuse whoever comes until the server runs.
public struct Entrance {
    /// What the sockets are for, in their order.
    let places: [Listener]
    let contexts: [ServerContext?]
    /// By event loop, then by place.
    let sockets: [[Int32]]
    /// By site.
    let endpoints: [ResolvedOrigin]
    /// The files of certificates and keys as they were before they were read.
    let certificates: CertificateWatch

    /// Finds the origins, reads certificates and keys, and binds the sockets of all event loops.
    public init(_ policy: Policy) throws {
        certificates = CertificateWatch(policy)
        endpoints = try Self.endpoints(of: policy)
        try Self.checkListeners(policy)
        places = policy.listeners
        contexts = try places.map { try $0.context() }
        var bound: [[Int32]] = []
        do {
            for _ in 0..<policy.workers { bound.append(try Self.bind(policy)) }
        } catch {
            for fd in bound.joined() { close(fd) }
            throw error
        }
        sockets = bound
    }

    /// Looks up the addresses of a policy's origins, and reads what TLS is spoken with.
    static func endpoints(of policy: Policy) throws -> [ResolvedOrigin] {
        try policy.sites.map { site in
            let addresses = try SocketAddress.resolve(
                host: site.origin.host, port: site.origin.port, isPassive: false)
            return ResolvedOrigin(
                host: site.origin.host, port: site.origin.port, addresses: addresses, tls: site.origin.tls,
                context: try site.origin.context())
        }
    }

    /// Whether the ports are free: event loops share theirs, so that another process of the same user could take a share
    /// of the connections too, unnoticed by anybody.
    private static func checkListeners(_ policy: Policy) throws {
        for listener in policy.listeners { try listener.checkIsFree() }
    }

    private static func bind(_ policy: Policy) throws -> [Int32] {
        var bound: [Int32] = []
        for listener in policy.listeners {
            do {
                let addresses = try SocketAddress.resolve(host: listener.host, port: listener.port, isPassive: true)
                guard let address = addresses.first else { continue }
                bound.append(try Socket.bind(to: address))
            } catch {
                for fd in bound { close(fd) }
                throw (error as? SystemError).map { ListenError(listener: listener, cause: $0) } ?? error
            }
        }
        return bound
    }
}

extension Listener {
    /// Throws unless the listener could be opened now.
    package func checkIsFree() throws {
        guard let address = try SocketAddress.resolve(host: host, port: port, isPassive: true).first else { return }
        do {
            try Socket.checkIsFree(address)
        } catch {
            throw ListenError(listener: self, cause: error)
        }
    }
}

/// A listener that cannot be opened.
public struct ListenError: Error, CustomStringConvertible {
    package let listener: Listener
    package let cause: SystemError

    /// The listener, the reason and what to do about it.
    public var description: String {
        let hint =
            cause.code == EADDRINUSE
            ? " - another program listens there" : cause.code == EACCES ? " - ports below 1024 need privileges" : ""
        return "cannot listen on \(listener.host):\(listener.port): \(cause)\(hint)"
    }
}
