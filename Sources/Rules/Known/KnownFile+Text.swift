import CKnownServices

extension KnownFile {
    /// Its text, as it was when the program was built.
    public var text: String {
        var length = 0
        let start: UnsafePointer<UInt8>
        switch self {
        case .trackers: unsafe start = crumbgate_trackers(&length)
        case .knownCookies: unsafe start = crumbgate_known_cookies(&length)
        }
        // The array has `length` bytes, and lives as long as the program.
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
    }

    /// What it says.
    ///
    /// - Throws: what is wrong with it. A test sees to it that nothing is.
    public var services: [KnownService] {
        get throws { try KnownServiceReader(file: self).read(text) }
    }
}
