import Bytes
import Consent
import Foundation
import Gateway
import HTTPWire
import Rules
import Testing

/// 2026-11-21.
let now = Moment(monotonic: 0, epoch: 20_778 * 86_400 + 3600)
let signer = ConsentSigner(secret: Array(0..<32))

func site(_ lines: String = "") throws -> Site {
    try Policy.parse("origin: http://127.0.0.1:9000\n" + lines, sourceFile: "rules.yaml").sites[0]
}

/// A shop with some cookies, vendors and hostile texts.
let richRules = """
    categories:
      analytics:
        vendors: ["Smith & <Sons>"]
        purpose: { en: 'Counts "visits" & <b>more</b>', de: Zählt }
        cookies:
          - { name: _ga, vendor: Google, lifetime: 90d }
          - { name: /_x<y>.*/, lifetime: 1d }
      cart:
        cookies: [basket]
    consent:
      texts:
        en: { banner_title: "Cookies & <script>alert(1)</script>" }
    """

func request(
    _ path: OwnRequest.Path, _ method: HTTPWire.Method = .get, query: String = "", authority: String = "shop.example",
    isSecure: Bool = true, consent: ConsentState? = nil
) -> OwnRequest {
    let undecided = ConsentState(granted: [], refused: [], source: .undecided, isDecided: false, day: 0)
    var request = OwnRequest(
        path: path, method: method, authority: authority, isSecure: isSecure, consent: consent ?? undecided)
    request.query = query
    return request
}

/// A decision from the site's own banner.
func decision(_ body: String, contentType: String? = "application/x-www-form-urlencoded") -> OwnRequest {
    var request = request(.consent, .post)
    request.fetchSite = "same-origin"
    request.origin = "https://shop.example"
    request.referer = "https://shop.example/product/1?size=m"
    request.contentType = contentType
    request.body = Array(body.utf8)
    return request
}

extension OwnPages {
    /// The answer, with what forms of these pages say of themselves added to a decision that does not say it.
    func answer(_ request: OwnRequest) -> OwnAnswer {
        var request = request
        let body = text(request.body)
        if request.path == .consent, body.contains("choice"), !body.contains("revision") {
            if request.contentType?.lowercased().hasPrefix("application/json") == true {
                let fields = askedFields(self).replacing("=", with: #"":""#).replacing("&", with: #"",""#)
                if body.hasSuffix("\"}") || body.hasSuffix("]}") || body.hasSuffix("] } ") {
                    request.body = Array(body.replacing("{", with: #"{"\#(fields)","#, maxReplacements: 1).utf8)
                }
            } else {
                request.body += Array("&\(askedFields(self))".utf8)
            }
        }
        return answer(to: request, signer: signer, at: now)
    }
}

/// What the forms of the first language's banner say of themselves, as a body has it.
func askedFields(_ pages: OwnPages) -> String {
    let markup = text(pages.bannerMarkup(0))
    return ["revision", "text"].map { name in
        let value = markup.components(separatedBy: "name=\"\(name)\" value=\"").dropFirst().first ?? ""
        return "\(name)=\(value.prefix { $0 != "\"" })"
    }.joined(separator: "&")
}

extension OwnAnswer {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The values of the fields with this name.
    func values(_ name: String) -> [String] {
        String(decoding: fields, as: UTF8.self).split(separator: "\r\n").compactMap { line in
            line.hasPrefix(name + ": ") ? String(line.dropFirst(name.count + 2)) : nil
        }
    }

    func value(_ name: String) -> String? { values(name).first }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

func headMarkup(_ pages: OwnPages, nonce: String = "") -> String {
    var output = ByteBuffer()
    pages.writeHead(nonce: Array(nonce.utf8), into: &output)
    return output.bytes.text
}
