/// A field name that something here treats specially, so that it is told apart once, by the parser (RFC 9110 §5.1).
///
/// A name that is not listed is `.other`. To add one, add a case and its `name`: the lookup table builds itself.
public enum FieldID: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable {
    case other
    case host, connection, keepAlive, proxyConnection, te, trailer, upgrade, transferEncoding, contentLength
    case cookie, setCookie, accept, acceptEncoding, acceptLanguage, acceptCharset, userAgent, referer, origin
    case expect, range, ifRange, ifNoneMatch, ifMatch, ifModifiedSince, ifUnmodifiedSince, maxForwards
    case forwarded, xForwardedFor, xForwardedProto, xForwardedHost, xForwardedPort, xForwardedServer, xRealIP
    case via, from, priority, pragma, secGPC, dnt, secFetchDest, secFetchSite, secFetchMode, secFetchUser
    case secPurpose, purpose, xRequestedWith, secCHUA, secCHUAMobile, secCHUAPlatform, upgradeInsecureRequests
    case secWebSocketKey, secWebSocketVersion, secWebSocketProtocol, secWebSocketExtensions
    case secWebSocketAccept, http2Settings, authorization, proxyAuthorization, proxyAuthenticate
    case wwwAuthenticate, contentType, contentEncoding, contentLanguage, contentLocation, contentDisposition
    case contentRange, contentMD5, digest, contentDigest, reprDigest, cacheControl, surrogateControl
    case cdnCacheControl, expires, etag, lastModified, vary, age, date, server, location, refresh
    case acceptRanges, retryAfter, allow, contentSecurityPolicy, contentSecurityPolicyReportOnly, link
    case reportTo, reportingEndpoints, nel, speculationRules, altSvc, strictTransportSecurity, referrerPolicy
    case permissionsPolicy
    case xContentTypeOptions, xFrameOptions, xPoweredBy, xRobotsTag, accessControlAllowOrigin
    case timingAllowOrigin, serverTiming, clearSiteData, xAccelBuffering

    /// The name in lowercase, as HTTP/2 writes it; empty for `.other`.
    public var name: StaticString {
        switch self {
        case .other: ""
        case .host: "host"
        case .connection: "connection"
        case .keepAlive: "keep-alive"
        case .proxyConnection: "proxy-connection"
        case .te: "te"
        case .trailer: "trailer"
        case .upgrade: "upgrade"
        case .transferEncoding: "transfer-encoding"
        case .contentLength: "content-length"
        case .cookie: "cookie"
        case .setCookie: "set-cookie"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .acceptCharset: "accept-charset"
        case .userAgent: "user-agent"
        case .referer: "referer"
        case .origin: "origin"
        case .expect: "expect"
        case .range: "range"
        case .ifRange: "if-range"
        case .ifNoneMatch: "if-none-match"
        case .ifMatch: "if-match"
        case .ifModifiedSince: "if-modified-since"
        case .ifUnmodifiedSince: "if-unmodified-since"
        case .maxForwards: "max-forwards"
        case .forwarded: "forwarded"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedProto: "x-forwarded-proto"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedPort: "x-forwarded-port"
        case .xForwardedServer: "x-forwarded-server"
        case .xRealIP: "x-real-ip"
        case .via: "via"
        case .from: "from"
        case .priority: "priority"
        case .pragma: "pragma"
        case .secGPC: "sec-gpc"
        case .dnt: "dnt"
        case .secFetchDest: "sec-fetch-dest"
        case .secFetchSite: "sec-fetch-site"
        case .secFetchMode: "sec-fetch-mode"
        case .secFetchUser: "sec-fetch-user"
        case .secPurpose: "sec-purpose"
        case .purpose: "purpose"
        case .xRequestedWith: "x-requested-with"
        case .secCHUA: "sec-ch-ua"
        case .secCHUAMobile: "sec-ch-ua-mobile"
        case .secCHUAPlatform: "sec-ch-ua-platform"
        case .upgradeInsecureRequests: "upgrade-insecure-requests"
        case .secWebSocketKey: "sec-websocket-key"
        case .secWebSocketVersion: "sec-websocket-version"
        case .secWebSocketProtocol: "sec-websocket-protocol"
        case .secWebSocketExtensions: "sec-websocket-extensions"
        case .secWebSocketAccept: "sec-websocket-accept"
        case .http2Settings: "http2-settings"
        case .authorization: "authorization"
        case .proxyAuthorization: "proxy-authorization"
        case .proxyAuthenticate: "proxy-authenticate"
        case .wwwAuthenticate: "www-authenticate"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .contentLanguage: "content-language"
        case .contentLocation: "content-location"
        case .contentDisposition: "content-disposition"
        case .contentRange: "content-range"
        case .contentMD5: "content-md5"
        case .digest: "digest"
        case .contentDigest: "content-digest"
        case .reprDigest: "repr-digest"
        case .cacheControl: "cache-control"
        case .surrogateControl: "surrogate-control"
        case .cdnCacheControl: "cdn-cache-control"
        case .expires: "expires"
        case .etag: "etag"
        case .lastModified: "last-modified"
        case .vary: "vary"
        case .age: "age"
        case .date: "date"
        case .server: "server"
        case .location: "location"
        case .refresh: "refresh"
        case .acceptRanges: "accept-ranges"
        case .retryAfter: "retry-after"
        case .allow: "allow"
        case .contentSecurityPolicy: "content-security-policy"
        case .contentSecurityPolicyReportOnly: "content-security-policy-report-only"
        case .link: "link"
        case .reportTo: "report-to"
        case .reportingEndpoints: "reporting-endpoints"
        case .nel: "nel"
        case .speculationRules: "speculation-rules"
        case .altSvc: "alt-svc"
        case .strictTransportSecurity: "strict-transport-security"
        case .referrerPolicy: "referrer-policy"
        case .permissionsPolicy: "permissions-policy"
        case .xContentTypeOptions: "x-content-type-options"
        case .xFrameOptions: "x-frame-options"
        case .xPoweredBy: "x-powered-by"
        case .xRobotsTag: "x-robots-tag"
        case .accessControlAllowOrigin: "access-control-allow-origin"
        case .timingAllowOrigin: "timing-allow-origin"
        case .serverTiming: "server-timing"
        case .clearSiteData: "clear-site-data"
        case .xAccelBuffering: "x-accel-buffering"
        }
    }
}
