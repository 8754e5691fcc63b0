import Consent

/// What Crumbgate knows of one service or piece of software: an entry of rules/trackers.yaml or rules/known-cookies.yaml.
public struct KnownService: Sendable {
    /// As `known_services: { except: […] }` names it.
    public let id: String
    /// What people call it.
    public internal(set) var name = ""
    /// The company behind it.
    public internal(set) var vendor = ""
    /// What it is for, in one English sentence.
    public internal(set) var purpose = ""
    /// The shipped file that says so.
    public let file: KnownFile
    /// The category of its hosts and snippets; nil for software that has neither.
    public internal(set) var category: ShippedCategory?
    /// `HOST[/PATH]`, as rules files write hosts.
    public internal(set) var hosts: [String] = []
    /// Texts that only this vendor's inline scripts hold.
    public internal(set) var snippets: [String] = []
    /// In the order of the file.
    public internal(set) var cookies: [KnownCookie] = []

    init(id: String, file: KnownFile) {
        self.id = id
        self.file = file
    }

    /// Everything that is shipped, read at the first use.
    public static let shipped: [KnownService] = KnownFile.allCases.flatMap { file in
        (try? file.services) ?? []
    }
}

/// A cookie as its vendor documents it.
public struct KnownCookie: Hashable, Sendable {
    /// Whose name it is set in.
    public enum Party: Sendable {
        /// The shop's: it passes through Crumbgate.
        case first
        /// The vendor's own: it never reaches Crumbgate, so that it is no rule of the shop.
        case third
    }

    /// `name`, `prefix*` or `/regex/`.
    public let pattern: String
    /// What it is for.
    public let category: ShippedCategory
    /// Seconds; 0 for the browser's session.
    public let lifetime: Int
    /// Whose name it is set in.
    public let party: Party
}

/// A shipped file of knowledge.
public enum KnownFile: String, CaseIterable, Sendable {
    /// Services of other companies.
    case trackers = "trackers.yaml"
    /// The shop's own software and servers.
    case knownCookies = "known-cookies.yaml"
}
