import CPublicSuffix

/// The registrable domain of a host name, one label below its public suffix (publicsuffix.org), in lower case; nil for
/// an IP address, a public suffix itself and a name of one label.
///
/// The list is the one built into libpsl; names that no rule covers count their last label as the suffix.
public func registrableDomain(of host: String) -> String? {
    let name = host.hasSuffix(".") ? String(host.dropLast()).lowercased() : host.lowercased()
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, labels.count <= 127, labels.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 63 }),
        name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "[") })
    else { return nil }
    // A last label of digits makes an IPv4 address (WHATWG URL §3.5).
    if let last = labels.last, last.utf8.allSatisfy({ $0 &- 0x30 < 10 }) { return nil }
    guard let list = unsafe psl_builtin() else { return nil }
    return unsafe name.withCString { text in
        // libpsl answers with a pointer into `text`, which lives until the closure ends; the built-in list is constant.
        guard let domain = unsafe psl_registrable_domain(list, text) else { return nil }
        return unsafe String(cString: domain)
    }
}
