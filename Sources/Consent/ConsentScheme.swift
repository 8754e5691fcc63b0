import Bytes
import COpenSSL

/// What a site asks its visitors: its categories in the order of their bits, and how long an answer lasts.
public struct ConsentScheme: Sendable {
    /// The site's name, which consent cookies are bound to.
    public let site: String
    /// The number of its `PolicyRevision`: changes when a category or vendor is added, removed or changes between
    /// required and optional, and with nothing else.
    public let revision: UInt32
    /// At most 64, with distinct ids.
    public let categories: [Category]
    /// The categories that are granted without asking.
    public let required: CategorySet
    /// Days that a decision of either kind lasts.
    public let validityDays: Int

    /// SHA-256 of the site's name, cut to 16 octets: goes before a cookie's text into its MAC.
    let binding: [UInt8]
    private let idOctets: [UInt8]
    private let idEnds: [Int]

    /// The most categories of a site.
    public static let maximumCategories = 64
    /// Thirteen months: no answer lasts longer.
    public static let maximumValidityDays = 396

    /// Makes a scheme; requires at most 64 categories with distinct ids and 1 to 396 days.
    public init(site: String, categories: [Category], validityDays: Int = 182) {
        precondition(categories.count <= Self.maximumCategories)
        precondition(Set(categories.map(\.id)).count == categories.count)
        precondition((1...Self.maximumValidityDays).contains(validityDays))
        self.site = site
        self.categories = categories
        self.validityDays = validityDays
        required = CategorySet(
            categories.indices.filter { categories[$0].isRequired }.map { CategorySet(index: $0) })
        revision = PolicyRevision(categories: categories).number
        binding = Array(sha256(Array("crumbgate consent of site \(site)".utf8)).prefix(16))
        idOctets = categories.flatMap { Array($0.id.utf8) }
        var ends: [Int] = []
        for category in categories { ends.append((ends.last ?? 0) + category.id.utf8.count) }
        idEnds = ends
    }

    /// All categories.
    public var all: CategorySet {
        CategorySet(rawValue: categories.count == 64 ? .max : 1 << UInt64(categories.count) - 1)
    }

    /// The categories that wait for consent.
    public var optional: CategorySet { all.subtracting(required) }

    /// The index of the category with this id.
    public func index(of id: RawSpan) -> Int? {
        var start = 0
        for index in 0..<idEnds.count {
            let end = idEnds[index]
            if end - start == id.byteCount, idOctets.rawSpan.extracting(start..<end).equals(id) { return index }
            start = end
        }
        return nil
    }
}

/// SHA-256 (FIPS 180-4).
func sha256(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    // Both arrays outlive the call, and `digest` has the 32 octets that it writes.
    unsafe message.withUnsafeBufferPointer { message in
        unsafe digest.withUnsafeMutableBufferPointer { digest in
            unsafe crumbgate_sha256(message.baseAddress, message.count, digest.baseAddress)
        }
    }
    return digest
}
