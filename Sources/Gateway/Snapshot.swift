import Bytes
import Consent
import Cookies
import Location
import Measurement
import PublicSuffix
import Rules

/// The rules as one event loop uses them: a policy, what is computed from it once, and how many exchanges still go by
/// it after its successor came.
///
/// Each loop has its own, so that no reference count is shared between cores.
final class Snapshot {
    let policy: Policy
    let sites: [SiteContext]
    let limits: Limits
    let places: PlaceDatabase?
    let placeDetail: PlaceDatabase.Detail
    var exchanges = 0

    init(policy: Policy, resources: Resources) {
        self.policy = policy
        limits = policy.limits
        places = resources.places
        placeDetail = policy.location.detail == .country ? .country : .subdivision
        sites = policy.sites.map { site in
            SiteContext(
                site: site, signer: resources.signer,
                measured: site.index < resources.measured.count ? resources.measured[site.index] : nil,
                history: site.index < resources.histories.count ? resources.histories[site.index] : .none,
                assets: site.index < resources.assets.count ? resources.assets[site.index] : nil)
        }
    }
}

/// What the shell gives with a policy: things read from files.
public struct Resources: Sendable {
    /// What signs and verifies the sites' consent cookies.
    public let signer: ConsentSigner
    /// Where places come from; nil for nowhere.
    public let places: PlaceDatabase?
    /// By site.
    public let measured: [MeasuredSite]
    /// What was asked and shown before, by site; none where it is missing.
    public let histories: [SiteHistory]
    /// The files that pages refer to, by site; made by each event loop where they are missing.
    public let assets: [SiteAssets]

    /// Makes the resources of a policy.
    public init(
        signer: ConsentSigner, places: PlaceDatabase?, measured: [MeasuredSite], histories: [SiteHistory] = [],
        assets: [SiteAssets] = []
    ) {
        self.assets = assets
        self.signer = signer
        self.places = places
        self.measured = measured
        self.histories = histories
    }
}

/// What a site's visitors were asked and shown before.
public struct SiteHistory: Sendable {
    /// The earlier revisions of what is asked.
    public let policy: PolicyHistory
    /// The digests of all texts that were ever shown.
    public let texts: [Digest]
    /// What is shown now, as `ShownText.all(of:)` gives it; made by each event loop where it is missing.
    public let shown: [ShownText]

    /// Makes a history of its parts.
    public init(policy: PolicyHistory, texts: [Digest], shown: [ShownText] = []) {
        self.policy = policy
        self.texts = texts
        self.shown = shown
    }

    /// A site that is asked for the first time.
    public static let none = SiteHistory(policy: .none, texts: [])
}

/// One site with the bytes that its responses and forwarded requests are made of.
final class SiteContext {
    let site: Site
    let signer: ConsentSigner
    /// `Host: …\r\n` for an origin that wants its own authority, else empty.
    let originHost: [UInt8]
    /// `Strict-Transport-Security: …\r\n` for responses over TLS, else empty.
    let transportSecurity: [UInt8]
    let pages: OwnPages
    let gate: GateMarkup
    /// The optional categories that something is withheld for.
    let gatedCategories: UInt64
    /// Changes with everything that is done to documents.
    let revision: UInt32
    let measured: MeasuredSite?
    let history: PolicyHistory
    let sharedVariant: UInt32
    /// The category that measurement in full needs; none when the operator removed it.
    let analytics: CategorySet?
    /// By category: its place among counters.
    private let slots: [UInt8]
    /// The last authority that cookies were expired for, and its registrable domain.
    private var lastAuthority: [UInt8] = []
    private var registrableDomain: [UInt8] = []

    init(
        site: Site, signer: ConsentSigner, measured: MeasuredSite?, history: SiteHistory, assets: SiteAssets?
    ) {
        self.site = site
        self.signer = signer
        originHost = site.origin.preservesHost ? [] : Array("Host: \(site.origin.authority)\r\n".utf8)
        transportSecurity = Array((site.transportSecurity?.fieldLine ?? "").utf8)
        pages = OwnPages(site: site, history: history, assets: assets)
        gate = GateMarkup(site: site, texts: pages.texts)
        gatedCategories = site.gatedCategories
        revision = pages.revision ^ gate.revision
        self.history = history.policy
        self.measured = measured
        sharedVariant = Variant.shared(revision: revision, scheme: site.consent)
        let index = site.consent.categories.firstIndex { $0.id == "analytics" }
        analytics = index.map { CategorySet(rawValue: 1 << UInt64($0)) }
        slots = CategorySlots.slots(of: site)
    }

    /// The place of a cookie's category among counters.
    func slot(of treatment: CookieTreatment) -> Int {
        let category = Int(treatment.category)
        return Int(category < slots.count ? slots[category] : CategorySlots.unknown)
    }

    /// Appends the field lines that make a browser forget a cookie.
    func writeExpiry(
        of name: RawSpan, authority: RawSpan, path: RawSpan, isSecure: Bool, into output: inout ByteBuffer
    ) {
        let host = authority.extracting(0..<(authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.byteCount))
        if !host.equals(lastAuthority.rawSpan) {
            lastAuthority = host.array
            registrableDomain = Array((PublicSuffix.registrableDomain(of: host.text) ?? "").utf8)
        }
        let query = path.firstIndex(of: UInt8(ascii: "?")) ?? path.byteCount
        let domain = registrableDomain
        if domain.isEmpty {
            ExpiryLines.write(
                name: name, host: host, registrableDomain: nil, requestPath: path.extracting(0..<query),
                isSecure: isSecure, into: &output)
        } else {
            ExpiryLines.write(
                name: name, host: host, registrableDomain: domain.rawSpan,
                requestPath: path.extracting(0..<query), isSecure: isSecure, into: &output)
        }
    }
}
