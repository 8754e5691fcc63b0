/// The place where a chain of receipts ends, or where what is left of it begins: a number and the link it has.
public struct ChainPlace: Hashable, Sendable {
    /// The entry's number; the first entry has 1.
    public let number: Int64
    /// What the next entry's link is made with.
    public let link: Digest

    /// Makes a place.
    public init(number: Int64, link: Digest) {
        self.number = number
        self.link = link
    }

    /// Before the first entry of a site's chain.
    public static func start(ofSite site: String) -> ChainPlace {
        ChainPlace(number: 0, link: Digest(ofParts: ["crumbgate receipts 1", site]))
    }

    /// The entry that says something next.
    ///
    /// - Parameter salt: random octets of its own, which are erased with the content.
    public func next(_ content: ChainContent, salt: Digest) -> ChainEntry {
        let commitment = ChainEntry.commitment(to: content.text, salt: salt)
        return ChainEntry(
            number: number + 1, previous: link, commitment: commitment,
            link: ChainEntry.link(number: number + 1, previous: link, commitment: commitment), text: content.text,
            salt: salt)
    }
}

/// One entry of a site's chain of receipts.
///
/// Its link is a digest over its number, the link before it and its commitment; the commitment is a digest over its
/// content and a random salt. So the content and the salt can be erased and the chain still be verified, and without
/// the salt nobody can find out by trying what the content was.
public struct ChainEntry: Hashable, Sendable {
    /// Counted from 1.
    public var number: Int64
    /// The link of the entry before.
    public var previous: Digest
    /// Stands for the content.
    public var commitment: Digest
    /// Stands for this entry and all before it.
    public var link: Digest
    /// What it says, as `ChainContent.text` has it; nil when it was erased.
    public var text: String?
    /// Nil when it was erased.
    public var salt: Digest?

    /// Makes an entry as it was kept.
    public init(number: Int64, previous: Digest, commitment: Digest, link: Digest, text: String?, salt: Digest?) {
        self.number = number
        self.previous = previous
        self.commitment = commitment
        self.link = link
        self.text = text
        self.salt = salt
    }

    /// What it says; nil when that was erased, or cannot be read.
    public var content: ChainContent? { text.flatMap(ChainContent.init(text:)) }

    /// Its place in the chain.
    public var place: ChainPlace { ChainPlace(number: number, link: link) }

    static func commitment(to text: String, salt: Digest) -> Digest {
        Digest(ofParts: ["crumbgate entry 1", salt.description, text])
    }

    static func link(number: Int64, previous: Digest, commitment: Digest) -> Digest {
        Digest(ofParts: ["crumbgate link 1", "\(number)", previous.description, commitment.description])
    }

    /// Whether its link is what its number, the link before and its commitment make.
    public var hasRightLink: Bool {
        link == Self.link(number: number, previous: previous, commitment: commitment)
    }

    /// Whether its content, if it is there, is the one that was committed to.
    public var hasRightContent: Bool {
        switch (text, salt) {
        case (nil, nil): true
        case (let text?, let salt?): content != nil && commitment == Self.commitment(to: text, salt: salt)
        default: false
        }
    }
}
