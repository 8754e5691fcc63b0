import Bytes
import Consent
import Cookies
import Location

/// One shop of a policy: its hosts, its origin server and the rules for its visitors.
public final class Site: Sendable {
    /// Its place in `Policy.sites`.
    public let index: Int
    /// The name in reports and on the command line.
    public let name: String
    /// Host patterns as written: `shop.example`, `*.shop.example`; none for the site that takes every other host.
    public let hosts: [String]
    /// Where its requests go.
    public let origin: OriginServer
    /// The site's categories, in the order of their bits, and their revision.
    public let consent: ConsentScheme
    /// How its visitors are asked.
    public let consentSettings: ConsentSettings
    /// Payload: an index into `cookieRules` and `cookieTreatments`.
    public let cookies: NameClassifier
    /// What to do per cookie rule: the part of a rule that an exchange reads.
    public let cookieTreatments: [CookieTreatment]
    /// The rules as written: for explanations, reports and the consent page.
    public let cookieRules: [CookieRule]
    /// What a cookie without a rule gets.
    public let unknownCookies: UnknownCookies
    /// Whether cookies without a rule are listed for the operator, passed on or withheld.
    @inlinable public var listsUnknownCookies: Bool { unknownCookies != .allow }
    /// What to do with an unknown cookie where it is let through.
    public let unknownTreatment: CookieTreatment
    /// Third-party hosts by category.
    public let hostRules: HostRules
    /// The shipped knowledge, asked where neither `cookies` nor `hostRules` has a rule.
    public let known: KnownRules
    /// Inline scripts by category.
    public let snippetRules: SnippetRules
    /// The index of the category whose consent measuring in full needs; nil when the site has none of that name.
    public let analyticsCategory: Int?
    /// What is left of an address.
    public let addressPrecision: AddressPrecision
    /// Request paths whose origin gets the full address; most sites have none.
    public let fullAddressRoutes: PathTable
    /// What is counted.
    public let measurement: MeasurementSettings
    /// What browsers that came over TLS are told about coming back; nil for nothing.
    public let transportSecurity: TransportSecurity?
    /// Whether it leads to the operator's console: over TLS only, and nothing in its pages is changed.
    public let isConsole: Bool

    package init(
        index: Int, name: String, hosts: [String], origin: OriginServer, consent: ConsentScheme,
        consentSettings: ConsentSettings, cookies: NameClassifier, cookieTreatments: [CookieTreatment],
        cookieRules: [CookieRule], unknownCookies: UnknownCookies, unknownTreatment: CookieTreatment,
        hostRules: HostRules, known: KnownRules, snippetRules: SnippetRules, analyticsCategory: Int?,
        addressPrecision: AddressPrecision, fullAddressRoutes: PathTable, measurement: MeasurementSettings,
        transportSecurity: TransportSecurity? = nil, isConsole: Bool = false
    ) {
        self.index = index
        self.name = name
        self.hosts = hosts
        self.origin = origin
        self.consent = consent
        self.consentSettings = consentSettings
        self.cookies = cookies
        self.cookieTreatments = cookieTreatments
        self.cookieRules = cookieRules
        self.unknownCookies = unknownCookies
        self.unknownTreatment = unknownTreatment
        self.hostRules = hostRules
        self.known = known
        self.snippetRules = snippetRules
        self.analyticsCategory = analyticsCategory
        self.addressPrecision = addressPrecision
        self.fullAddressRoutes = fullAddressRoutes
        self.measurement = measurement
        self.transportSecurity = transportSecurity
        self.isConsole = isConsole
    }

    /// What becomes of a cookie, in either direction, under a decision.
    @inlinable
    public func fate(ofCookie name: RawSpan, granted: CategorySet) -> CookieFate {
        let treatment: CookieTreatment
        if let rule = cookies.classify(name) {
            treatment = cookieTreatments[Int(rule)]
        } else if let shipped = known.treatment(ofCookie: name) {
            treatment = shipped
        } else {
            return CookieFate(isForwarded: unknownCookies != .withhold, treatment: unknownTreatment)
        }
        let isGranted = granted.rawValue >> UInt64(treatment.category) & 1 == 1
        return CookieFate(isForwarded: isGranted, treatment: treatment)
    }
}

/// How TLS is spoken with an origin server.
public struct OriginTLS: Hashable, Sendable {
    /// The name that it is asked for and that its certificate must have; nil for the host that is connected to.
    public var serverName: String?
    /// A PEM file with the certificates of whoever may have signed the server's; nil for the system's authorities.
    public var authorities: String?
    /// What is shown to a server that asks for a certificate.
    public var identity: CertificateFiles?
    /// Whether the server's certificate is looked at.
    public var isVerified = true

    package init() {}
}

/// The origin server of a site.
public struct OriginServer: Hashable, Sendable {
    /// A host name or an address without brackets.
    public let host: String
    /// Its TCP port.
    public let port: UInt16
    /// Whether the origin sees the `Host` field of the visitor's request, else its own authority.
    public let preservesHost: Bool

    /// How TLS is spoken with it; nil where HTTP is spoken without it.
    public let tls: OriginTLS?

    package init(host: String, port: UInt16, preservesHost: Bool, tls: OriginTLS? = nil) {
        self.host = host
        self.port = port
        self.preservesHost = preservesHost
        self.tls = tls
    }

    /// `host[:port]` as a Host field names it.
    public var authority: String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return port == (tls == nil ? 80 : 443) ? bracketed : "\(bracketed):\(port)"
    }
}

/// What a cookie without a rule gets.
public enum UnknownCookies: String, Sendable, CaseIterable {
    /// Nothing: it never passes, and is listed for the operator.
    case withhold
    /// It passes.
    case allow
    /// It passes and is listed for the operator to classify.
    case learn
}

/// How one cookie is handled: plain numbers, read for every cookie of every exchange.
@frozen
public struct CookieTreatment: Hashable, Sendable {
    /// Which rule it comes from, for `Site.cookieRule(of:)`; -1 for a cookie without a rule.
    public let rule: Int32
    /// Index of the category in the site's scheme; 255 for a cookie without a rule.
    public let category: UInt8
    /// Attributes to add to its set-cookie-strings.
    public let hardening: CookieHardening
    /// The longest lifetime in seconds it may be given.
    public let cap: Int?

    package init(rule: Int32, category: UInt8, hardening: CookieHardening, cap: Int?) {
        self.rule = rule
        self.category = category
        self.hardening = hardening
        self.cap = cap
    }

    /// Whether no rule names the cookie.
    @inlinable public var isUnknown: Bool { rule < 0 }
}

/// A decision about one cookie.
@frozen
public struct CookieFate: Hashable, Sendable {
    /// Whether it passes.
    public let isForwarded: Bool
    /// How it is changed if it does.
    public let treatment: CookieTreatment

    @inlinable
    init(isForwarded: Bool, treatment: CookieTreatment) {
        self.isForwarded = isForwarded
        self.treatment = treatment
    }
}

/// A cookie rule as its operator wrote it, or as it is shipped.
public struct CookieRule: Hashable, Sendable {
    /// `name`, `prefix*` or `/regex/`.
    public let pattern: String
    /// Index of the category in the site's scheme.
    public let category: Int
    /// The company that reads the cookie.
    public let vendor: String?
    /// The longest lifetime in seconds that the cookie may be given.
    public let cap: Int?
    /// Attributes to add to its set-cookie-strings.
    public let hardening: CookieHardening
    /// The rule's line in the rules file, from 1; 0 for a shipped one.
    public let sourceLine: Int
    /// The id of the known service that a shipped rule is about.
    public let service: String?

    package init(
        pattern: String, category: Int, vendor: String?, cap: Int?, hardening: CookieHardening, sourceLine: Int,
        service: String? = nil
    ) {
        self.pattern = pattern
        self.category = category
        self.vendor = vendor
        self.cap = cap
        self.hardening = hardening
        self.sourceLine = sourceLine
        self.service = service
    }
}

/// How visitors are asked, and what counts as an answer without asking.
public struct ConsentSettings: Sendable {
    /// The edge or corner of the window that the banner sits at.
    public enum BannerPosition: String, Sendable, CaseIterable {
        case bottom, top
        case bottomLeft = "bottom-left"
        case bottomRight = "bottom-right"
    }
    /// Where the *Cookie settings* link of every page sits.
    public enum SettingsLink: String, Sendable, CaseIterable {
        case bottomLeft = "bottom-left"
        case bottomRight = "bottom-right"
        /// The shop places its own `data-crumbgate="settings"` link.
        case none
    }

    /// The categories that `Sec-GPC: 1` denies; nil when the signal is not honoured.
    public let gpcDenies: CategorySet?
    /// The categories that `DNT: 1` denies; nil when the signal is not honoured.
    public let dntDenies: CategorySet?
    /// What the banner and the settings page say, per language: the shipped texts with the operator's own wording over
    /// them. The first is for visitors whose own language is not there.
    public let texts: [InterfaceText]
    /// Where the banner sits.
    public let bannerPosition: BannerPosition
    /// Where the *Cookie settings* link sits.
    public let settingsLink: SettingsLink
    /// How all of it looks.
    public let theme: Theme
    /// Days that receipts are kept.
    public let receiptRetentionDays: Int
    /// What Google's tags are told; nil when they are told nothing.
    public let googleConsentMode: GoogleConsentMode?

    /// Six months: the days that receipts are kept after the decision is over, unless the rules say otherwise.
    package static let receiptRetentionBeyondValidity = 183

    package init(
        gpcDenies: CategorySet?, dntDenies: CategorySet?, texts: [InterfaceText], bannerPosition: BannerPosition,
        settingsLink: SettingsLink, theme: Theme, receiptRetentionDays: Int, googleConsentMode: GoogleConsentMode?
    ) {
        self.googleConsentMode = googleConsentMode
        self.gpcDenies = gpcDenies
        self.dntDenies = dntDenies
        self.texts = texts
        self.bannerPosition = bannerPosition
        self.settingsLink = settingsLink
        self.theme = theme
        self.receiptRetentionDays = receiptRetentionDays
    }
}
