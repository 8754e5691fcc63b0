import Bytes

/// An attribute through which an element makes the browser load something, or say something, by itself.
enum ReferenceAttribute: UInt8, CaseIterable {
    case src, srcset, href, xlinkHref, poster, data, content, srcdoc, imagesrcset, background
    /// The values of an animated attribute of SVG (SVG Animations Level 2 §4.6).
    case to, from, by, values

    /// The attribute that `name`, of any case, is on an element; nil for every other.
    init?(_ name: RawSpan, of element: Element) {
        let found: ReferenceAttribute
        switch name.byteCount {
        case 2 where name.equalsIgnoringCase("to"): found = .to
        case 2 where name.equalsIgnoringCase("by"): found = .by
        case 3 where name.equalsIgnoringCase("src"): found = .src
        case 4 where name.equalsIgnoringCase("href"): found = .href
        case 4 where name.equalsIgnoringCase("data"): found = .data
        case 4 where name.equalsIgnoringCase("from"): found = .from
        case 6 where name.equalsIgnoringCase("srcset"): found = .srcset
        case 6 where name.equalsIgnoringCase("srcdoc"): found = .srcdoc
        case 6 where name.equalsIgnoringCase("poster"): found = .poster
        case 6 where name.equalsIgnoringCase("values"): found = .values
        case 7 where name.equalsIgnoringCase("content"): found = .content
        case 10 where name.equalsIgnoringCase("xlink:href"): found = .xlinkHref
        case 10 where name.equalsIgnoringCase("background"): found = .background
        case 11 where name.equalsIgnoringCase("imagesrcset"): found = .imagesrcset
        default: return nil
        }
        guard found.isOf(element) else { return nil }
        self = found
    }

    /// Whether an attribute is the one under which a frame's document waits, whoever wrote it. The name begins like that
    /// of an event handler: what cleans others' markup takes those away, and lets `data-` pass.
    static func isWaitingDocument(_ name: RawSpan, of element: Element) -> Bool {
        name.byteCount == 17 && element == .iframe && name.equalsIgnoringCase("oncrumbgatesrcdoc")
    }

    /// Whether its value may hold more than one URL.
    var holdsSeveral: Bool {
        switch self {
        case .srcdoc, .srcset, .imagesrcset, .values: true
        case .src, .href, .xlinkHref, .poster, .data, .content, .background, .to, .from, .by: false
        }
    }

    /// What the attribute's name is led by while it waits.
    var waitingPrefix: StaticString { self == .srcdoc ? "oncrumbgate" : "data-crumbgate-" }

    private func isOf(_ element: Element) -> Bool {
        switch element {
        case .script: self == .src || self == .href || self == .xlinkHref
        case .iframe: self == .src || self == .srcdoc
        case .frame, .audio, .track, .embed, .input: self == .src
        case .img, .source: self == .src || self == .srcset
        // In HTML another name for `img` (§13.2.6.4.7), in SVG an element of its own.
        case .image: self == .src || self == .srcset || self == .href || self == .xlinkHref
        case .video: self == .src || self == .poster
        case .object: self == .data
        case .link: self == .href || self == .imagesrcset
        case .use, .feImage: self == .href || self == .xlinkHref
        case .meta: self == .content
        case .body, .table, .thead, .tbody, .tfoot, .tr, .td, .th, .col, .colgroup: self == .background
        case .animate, .set: self == .to || self == .from || self == .by || self == .values
        default: false
        }
    }

    var bit: UInt16 { 1 << UInt16(rawValue) }
}

extension Element {
    /// Whether it has an attribute of this kind.
    var mayRefer: Bool {
        switch self {
        case .script, .iframe, .frame, .audio, .track, .embed, .input, .img, .source, .image, .video, .object, .link,
            .use, .feImage, .meta, .body, .table, .thead, .tbody, .tfoot, .tr, .td, .th, .col, .colgroup, .animate,
            .set:
            true
        default: false
        }
    }

    /// Whether its start tag does no more than refer: it neither begins text nor opens or closes foreign content but
    /// for what only tree construction within it tells.
    var onlyRefers: Bool {
        switch self {
        case .frame, .audio, .track, .embed, .input, .img, .source, .image, .video, .object, .link, .use, .feImage,
            .thead, .tbody, .tfoot, .tr, .td, .th, .col, .colgroup, .animate, .set:
            true
        default: false
        }
    }

    /// Whether it embeds a page that visitors look at.
    var isFrame: Bool { self == .iframe || self == .object || self == .embed }
}
