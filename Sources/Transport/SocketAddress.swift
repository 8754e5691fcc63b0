import CLinux
import Glibc
import Location

/// An IP address and port as the kernel writes them.
struct SocketAddress: Sendable {
    private var storage: sockaddr_storage
    private let length: socklen_t

    init(_ storage: sockaddr_storage, length: socklen_t) {
        self.storage = storage
        self.length = length
    }

    var family: Int32 { Int32(storage.ss_family) }

    /// Begins to connect a socket; 0, or -1 with the reason in errno.
    func connect(_ fd: Int32) -> Int32 {
        unsafe withUnsafePointer(to: storage) { unsafe crumbgate_connect(fd, $0, length) }
    }

    /// Binds a socket; 0, or -1 with the reason in errno.
    func bind(_ fd: Int32) -> Int32 { unsafe withUnsafePointer(to: storage) { unsafe crumbgate_bind(fd, $0, length) } }

    /// The address without the port, or nil for another family than IP.
    var client: ClientAddress? {
        var octets = InlineArray<16, UInt8>(repeating: 0)
        let count = unsafe withUnsafePointer(to: storage) { storage in
            // The function writes at most 16 octets.
            unsafe withUnsafeMutableBytes(of: &octets) { bytes in
                unsafe crumbgate_octets(storage, bytes.bindMemory(to: UInt8.self).baseAddress)
            }
        }
        switch count {
        case 4:
            let value = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(octets[$1]) }
            return ClientAddress(ipv4: value)
        case 16:
            let high = (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(octets[$1]) }
            let low = (8..<16).reduce(UInt64(0)) { $0 << 8 | UInt64(octets[$1]) }
            return ClientAddress(ipv6High: high, low: low)
        default: return nil
        }
    }

    /// Accepts one connection; nil when none waits or it is already gone.
    static func accept(_ listener: Int32) -> (fd: Int32, peer: ClientAddress)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // The kernel writes at most `length` bytes, the size of the storage.
        let fd = unsafe crumbgate_accept(listener, &storage, &length)
        guard fd >= 0 else { return nil }
        guard let peer = SocketAddress(storage, length: length).client else {
            close(fd)
            return nil
        }
        return (fd, peer)
    }

    /// The addresses of a host and port; blocks while the resolver works.
    static func resolve(host: String, port: UInt16, isPassive: Bool) throws(ResolutionError) -> [SocketAddress] {
        let limit = 8
        var storages = Array(repeating: sockaddr_storage(), count: limit)
        var lengths = Array(repeating: socklen_t(0), count: limit)
        // The function writes at most `limit` elements of each array.
        let count = unsafe crumbgate_resolve(
            host, String(port), isPassive ? 1 : 0, &storages, &lengths, Int32(limit))
        guard count > 0 else {
            // The text is a constant of the C library.
            let reason = count < 0 ? unsafe String(cString: gai_strerror(count)) : "no address"
            throw ResolutionError(host: host, reason: reason)
        }
        return (0..<Int(count)).map { SocketAddress(storages[$0], length: lengths[$0]) }
    }
}

extension SocketAddress: Equatable {
    static func == (one: SocketAddress, other: SocketAddress) -> Bool {
        guard one.length == other.length else { return false }
        // `length` is at most the size of the storage.
        return unsafe withUnsafeBytes(of: one.storage) { first in
            unsafe withUnsafeBytes(of: other.storage) { second in
                unsafe first.prefix(Int(one.length)).elementsEqual(second.prefix(Int(one.length)))
            }
        }
    }
}

/// A host name without an address.
public struct ResolutionError: Error, CustomStringConvertible {
    let host: String
    let reason: String

    /// The host and the reason in words.
    public var description: String { "cannot find the address of \(host): \(reason)" }
}
