import Bytes
import HTMLRewriting
import HTTPWire

/// Takes what is withheld out of the response fields that make a browser contact other hosts: `Link` (RFC 8288), `Refresh`,
/// `Report-To` and `Reporting-Endpoints` (Reporting API), `NEL`, and the `report-uri` of a Content-Security-Policy.
///
/// Its memory is kept from response to response.
struct FieldGate: ~Copyable {
    private var resolver = ReferenceResolver()
    private var value = ByteBuffer(capacity: 256)

    init() {}

    /// Makes ready for one response.
    mutating func start(isSecure: Bool) { resolver.reset(isSecure: isSecure) }

    /// Writes a field without what is withheld; nothing where nothing is left.
    mutating func write(
        _ field: Field, of head: borrowing ResponseHead, bytes: RawSpan, withholding: Withholding,
        into output: inout ByteBuffer
    ) {
        let text = bytes[field.value]
        value.clear()
        switch field.id {
        case .link: keepMembers(of: text) { $0.link(in: text, $1, withholding) }
        case .reportingEndpoints, .reportTo, .speculationRules:
            keepMembers(of: text) { $0.strings(in: text, $1, withholding) }
        case .nel:
            guard !isReporting(head, bytes: bytes, withholding) else { return }
            value.append(text)
        case .refresh:
            if let target = refreshTarget(in: text), isWithheld(text[target], withholding) { return }
            value.append(text)
        default: value.append(text)
        }
        guard !value.isEmpty else { return }
        output.append(bytes[field.name])
        output.append(": ")
        output.append(value)
        output.append("\r\n")
    }

    /// Writes a Content-Security-Policy without the `report-uri`s that are withheld.
    mutating func writePolicy(_ policy: RawSpan, withholding: Withholding, into output: inout ByteBuffer) {
        var start = 0
        while start < policy.byteCount {
            // Policies are separated by commas, directives by semicolons; neither stands within a value (CSP §2.2).
            var end = start
            while end < policy.byteCount, policy[end] != UInt8(ascii: ";"), policy[end] != UInt8(ascii: ",") {
                end += 1
            }
            writeDirective(policy, ByteRange(start, end), withholding, into: &output)
            if end < policy.byteCount { output.append(policy[end]) }
            start = end + 1
        }
    }

    private mutating func writeDirective(
        _ policy: RawSpan, _ range: ByteRange, _ withholding: Withholding, into output: inout ByteBuffer
    ) {
        let directive = policy[range]
        let body = directive.trimmed(ByteRange(0, directive.byteCount))
        let name = directive.firstIndex(of: UInt8(ascii: " "), from: body.lowerBound) ?? body.upperBound
        guard name <= body.upperBound, directive.extracting(body.lowerBound..<name).equalsIgnoringCase("report-uri")
        else {
            output.append(directive)
            return
        }
        let before = output.count
        output.append(directive.extracting(0..<name))
        var kept = 0
        var at = name
        while at < body.upperBound {
            let end = directive.firstIndex(of: UInt8(ascii: " "), from: at) ?? body.upperBound
            let url = directive.extracting(at..<min(end, body.upperBound))
            if url.byteCount > 0, !isWithheld(url, withholding) {
                output.append(" ")
                output.append(url)
                kept += 1
            }
            at = end + 1
        }
        if kept == 0 { output.truncate(to: before) }
    }

    /// Whether a URL is withheld.
    private mutating func isWithheld(_ url: RawSpan, _ withholding: Withholding) -> Bool {
        resolver.resolve(url)
            && withholding.rule(forHost: resolver.host, port: resolver.port, path: resolver.path) != nil
    }

    /// Collects the members of a list that `isWithheld` says no to. Commas within quotes, brackets and braces separate
    /// nothing.
    private mutating func keepMembers(of text: RawSpan, _ isWithheld: (inout FieldGate, ByteRange) -> Bool) {
        var start = 0
        var at = 0
        var depth = 0
        var isQuoted = false
        while at <= text.byteCount {
            if at == text.byteCount || !isQuoted && depth <= 0 && text[at] == UInt8(ascii: ",") {
                let member = text.trimmed(ByteRange(start, at))
                if !member.isEmpty, !isWithheld(&self, member) {
                    if !value.isEmpty { value.append(", ") }
                    value.append(text[member])
                }
                start = min(at + 1, text.byteCount)
                at += 1
                continue
            }
            switch text[at] {
            case UInt8(ascii: "\\") where isQuoted: at += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<"): if !isQuoted { depth += 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ">"): if !isQuoted { depth -= 1 }
            default: break
            }
            at += 1
        }
    }

    /// Whether a link is withheld whose relation makes a browser fetch or connect.
    private mutating func link(in text: RawSpan, _ member: ByteRange, _ withholding: Withholding) -> Bool {
        let link = text[member]
        guard link.byteCount > 2, link[0] == UInt8(ascii: "<"), let close = link.firstIndex(of: UInt8(ascii: ">"))
        else { return false }
        guard isFetching(link.extracting(close + 1..<link.byteCount)) else { return false }
        return isWithheld(link.extracting(1..<close), withholding)
    }

    private func isFetching(_ parameters: RawSpan) -> Bool {
        var at = 0
        while let semicolon = parameters.firstIndex(of: UInt8(ascii: ";"), from: at) {
            let end = parameters.firstIndex(of: UInt8(ascii: ";"), from: semicolon + 1) ?? parameters.byteCount
            at = end
            let parameter = parameters[parameters.trimmed(ByteRange(semicolon + 1, end))]
            guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = parameter[parameter.trimmed(ByteRange(0, equals))]
            guard name.equalsIgnoringCase("rel") else { continue }
            var range = parameter.trimmed(ByteRange(equals + 1, parameter.byteCount))
            if range.count >= 2, parameter[range.lowerBound] == UInt8(ascii: "\"") {
                range = ByteRange(range.lowerBound + 1, range.upperBound - 1)
            }
            if parameter[range].namesFetchingRelation { return true }
        }
        return false
    }

    /// Whether one of the strings in a list's member is a URL that is withheld.
    private mutating func strings(in text: RawSpan, _ member: ByteRange, _ withholding: Withholding) -> Bool {
        let part = text[member]
        var at = 0
        while let open = part.firstIndex(of: UInt8(ascii: "\""), from: at) {
            var end = open + 1
            while end < part.byteCount, part[end] != UInt8(ascii: "\"") {
                end += part[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            end = min(end, part.byteCount)
            // JSON may write a slash with a backslash before it, which a URL takes for one slash more.
            if isWithheld(part.extracting(open + 1..<end), withholding) { return true }
            at = min(end + 1, part.byteCount)
        }
        return false
    }

    /// Whether reports of this response would go to a host that is withheld.
    private mutating func isReporting(
        _ head: borrowing ResponseHead, bytes: RawSpan, _ withholding: Withholding
    ) -> Bool {
        var index = 0
        while index < head.fieldCount {
            let field = head[index]
            index += 1
            guard field.id == .reportTo || field.id == .reportingEndpoints else { continue }
            if strings(in: bytes[field.value], ByteRange(0, field.value.count), withholding) { return true }
        }
        return false
    }
}
