/// What visitors were asked at some time: the categories and their vendors, which is all that the validity of a
/// decision depends on.
///
/// Texts, cookies and hosts are not part of it: a better wording or one more cookie of a vendor that was named is
/// nothing new to consent to.
public struct PolicyRevision: Hashable, Sendable {
    /// One category as far as a decision depends on it.
    public struct Purpose: Hashable, Sendable {
        /// The category's id.
        public let id: String
        /// Whether it is granted without asking.
        public let isRequired: Bool
        /// Who receives what it allows, each once, sorted.
        public let vendors: [String]

        /// Makes a purpose.
        public init(id: String, isRequired: Bool, vendors: [String]) {
            self.id = id
            self.isRequired = isRequired
            self.vendors = Set(vendors).sorted()
        }
    }

    /// Sorted by id.
    public let purposes: [Purpose]
    /// The revision as one text, to be kept: `init(text:)` reads it.
    public let text: String
    /// The first 32 bits of the text's SHA-256: what consent cookies carry.
    public let number: UInt32

    /// Makes the revision of a site's categories.
    public init(categories: [Category]) {
        self.init(purposes: categories.map { Purpose(id: $0.id, isRequired: $0.isRequired, vendors: $0.vendors) })
    }

    /// Makes the revision of some purposes.
    public init(purposes: [Purpose]) {
        let sorted = purposes.sorted { $0.id < $1.id }
        self.purposes = sorted
        text = LengthPrefixed.text(
            sorted.flatMap { [$0.id, $0.isRequired ? "required" : "optional", "\($0.vendors.count)"] + $0.vendors })
        number = sha256(Array(text.utf8)).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a revision's text; nil for a text that no revision has.
    public init?(text: String) {
        guard var rest = LengthPrefixed.parts(text)?[...] else { return nil }
        var purposes: [Purpose] = []
        while let id = rest.popFirst() {
            guard let necessity = rest.popFirst(), let count = rest.popFirst().flatMap({ Int($0) }),
                count >= 0, count <= rest.count
            else { return nil }
            purposes.append(
                Purpose(id: id, isRequired: necessity == "required", vendors: Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        self.init(purposes: purposes)
        guard self.text == text else { return nil }
    }

    /// The number as rules, pages and cookies spell it: eight hexadecimal digits.
    public var name: String { Self.name(of: number) }

    /// A revision's number as eight hexadecimal digits.
    public static func name(of number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Whether a category of this revision was asked for in `earlier` with every vendor it has now: an answer of then
    /// is an answer to it (GDPR art. 4(11), "specific" and "informed").
    public func hasAsked(_ id: String, in earlier: PolicyRevision) -> Bool {
        guard let now = purposes.first(where: { $0.id == id }),
            let then = earlier.purposes.first(where: { $0.id == id })
        else { return false }
        return !then.isRequired && Set(now.vendors).isSubset(of: then.vendors)
    }

    /// What is different from an earlier revision, additions first.
    public func changes(since earlier: PolicyRevision) -> [PolicyChange] {
        var changes: [PolicyChange] = []
        for now in purposes {
            guard let then = earlier.purposes.first(where: { $0.id == now.id }) else {
                changes.append(.categoryAdded(now.id, isRequired: now.isRequired))
                continue
            }
            if now.isRequired != then.isRequired {
                changes.append(now.isRequired ? .becameRequired(now.id) : .becameOptional(now.id))
            }
            for vendor in now.vendors where !then.vendors.contains(vendor) {
                changes.append(.vendorAdded(vendor, category: now.id, isRequired: now.isRequired))
            }
            for vendor in then.vendors where !now.vendors.contains(vendor) {
                changes.append(.vendorRemoved(vendor, category: now.id))
            }
        }
        for then in earlier.purposes where !purposes.contains(where: { $0.id == then.id }) {
            changes.append(.categoryRemoved(then.id))
        }
        return changes.filter(\.asksAgain) + changes.filter { !$0.asksAgain }
    }
}

/// One difference between two policy revisions.
public enum PolicyChange: Hashable, Sendable, CustomStringConvertible {
    case categoryAdded(String, isRequired: Bool)
    case categoryRemoved(String)
    case becameOptional(String)
    case becameRequired(String)
    case vendorAdded(String, category: String, isRequired: Bool)
    case vendorRemoved(String, category: String)

    /// Whether an earlier decision does not cover it: something is asked that was not asked before.
    public var asksAgain: Bool {
        switch self {
        case .categoryAdded(_, let isRequired), .vendorAdded(_, _, let isRequired): !isRequired
        case .becameOptional: true
        case .categoryRemoved, .becameRequired, .vendorRemoved: false
        }
    }

    /// The difference in words for the operator.
    public var description: String {
        switch self {
        case .categoryAdded(let id, let isRequired): "category \(id) added" + (isRequired ? " (required)" : "")
        case .categoryRemoved(let id): "category \(id) removed"
        case .becameOptional(let id): "category \(id) is not required any more"
        case .becameRequired(let id): "category \(id) is required now"
        case .vendorAdded(let vendor, let id, let isRequired):
            "vendor \(vendor) added to \(id)" + (isRequired ? " (required)" : "")
        case .vendorRemoved(let vendor, let id): "vendor \(vendor) removed from \(id)"
        }
    }
}

/// The earlier revisions of a site's policy as far as they matter to what it asks now.
public struct PolicyHistory: Sendable {
    /// One revision that was in force before.
    public struct Entry: Hashable, Sendable {
        /// Its number.
        public let revision: UInt32
        /// The optional categories of now that were asked for then as they are now.
        public let asked: CategorySet
    }

    /// Latest first; without the revision that is in force.
    public let entries: [Entry]
    /// The most revisions that are looked at: decisions under older ones are over.
    public static let maximumEntries = 64

    /// A site that never asked anything else.
    public static let none = PolicyHistory(entries: [])

    private init(entries: [Entry]) { self.entries = entries }

    /// Compares earlier revisions, latest first, with what a site asks now.
    public init(_ earlier: [PolicyRevision], scheme: ConsentScheme) {
        let now = PolicyRevision(categories: scheme.categories)
        var entries: [Entry] = []
        for revision in earlier
        where revision.number != now.number && !entries.contains(where: { $0.revision == revision.number }) {
            if entries.count == Self.maximumEntries { break }
            let asked = scheme.categories.indices.filter { now.hasAsked(scheme.categories[$0].id, in: revision) }
            entries.append(
                Entry(
                    revision: revision.number,
                    asked: CategorySet(asked.map { CategorySet(index: $0) }).intersection(scheme.optional)))
        }
        self.entries = entries
    }

    /// The optional categories that a decision under a revision answers: all of them under the one in force, none under
    /// one that nobody knows.
    public func asked(under revision: UInt32, scheme: borrowing ConsentScheme) -> CategorySet {
        if revision == scheme.revision { return scheme.optional }
        for entry in entries where entry.revision == revision { return entry.asked }
        return []
    }

    /// Whether a decision under a revision answers all that is asked now.
    public func covers(_ revision: UInt32, scheme: borrowing ConsentScheme) -> Bool {
        if revision == scheme.revision { return true }
        for entry in entries where entry.revision == revision { return entry.asked == scheme.optional }
        return false
    }

    /// The revisions under which a decision is still good, the one in force first.
    public func coveredRevisions(scheme: borrowing ConsentScheme) -> [UInt32] {
        let optional = scheme.optional
        return [scheme.revision] + entries.filter { $0.asked == optional }.map(\.revision)
    }
}
