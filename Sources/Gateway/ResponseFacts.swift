import Bytes
import ContentCoding
import HTMLRewriting
import HTTPWire

/// What a response's fields say of how it may be treated; read once per response head.
struct ResponseFacts {
    var isHTML = false
    /// How a document is read.
    var syntax = DocumentSyntax.html
    var isTransformForbidden = false
    /// Nil: a coding that is not known here, or several.
    var coding: ContentCoding? = .identity
    /// The charset's bytes below 0x80 are ASCII, so markup can be found.
    var isASCIICompatible = true
    /// The fields name a charset in which all bytes below 0x80 are ASCII: nothing in the page can say otherwise.
    var namesCharset = false
    /// Browsers make a document of what comes without a type, or as another kind of XML, but it is not read here.
    var isOtherDocument = true
    /// The origin lets shared caches keep it (RFC 9111 §3).
    var isShared = false
    var isPrivate = false
    var hasCacheControl = false

    /// Why a page with these fields cannot be rewritten; nil when it can.
    var reasonToClose: ClosedPolicy.Reason? {
        if !isHTML { return isOtherDocument ? .type : nil }
        if isTransformForbidden { return .noTransform }
        if coding == nil { return .coding }
        return isASCIICompatible ? nil : .charset
    }

    init(_ head: borrowing ResponseHead, bytes: RawSpan) {
        if let index = head.firstIndex(of: .contentType) { readContentType(bytes[head[index].value]) }
        if let index = head.firstIndex(of: .contentEncoding) { coding = ContentCoding.parse(bytes[head[index].value]) }
        if head.firstIndex(of: .cacheControl) != nil { readCacheControl(head, bytes: bytes) }
        if !hasCacheControl, head.firstIndex(of: .expires) != nil { isShared = true }
        if isPrivate { isShared = false }
    }

    private mutating func readContentType(_ value: RawSpan) {
        let end = value.firstIndex(of: UInt8(ascii: ";")) ?? value.byteCount
        let type = value[value.trimmed(ByteRange(0, end))]
        if type.equalsIgnoringCase("application/xhtml+xml") { syntax = .xml }
        isHTML = syntax == .xml || type.equalsIgnoringCase("text/html")
        isOtherDocument = !isHTML && type.isOtherDocument
        guard isHTML, end < value.byteCount else { return }
        var offset = end + 1
        while offset + 8 <= value.byteCount {
            if value.extracting(offset..<offset + 8).equalsIgnoringCase("charset=") {
                let rest = value.extracting(offset + 8..<value.byteCount)
                let stop = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.byteCount
                var name = rest.trimmed(ByteRange(0, stop))
                if name.count >= 2, rest[name.lowerBound] == UInt8(ascii: "\"") {
                    name = ByteRange(name.lowerBound + 1, name.upperBound - 1)
                }
                let charset = rest[name]
                namesCharset = charset.isKnownCharset
                isASCIICompatible = namesCharset || !charset.isForeignCharset
                return
            }
            offset += 1
        }
    }

    private mutating func readCacheControl(_ head: borrowing ResponseHead, bytes: RawSpan) {
        var index = 0
        while index < head.fieldCount {
            let field = head[index]
            index += 1
            guard field.id == .cacheControl else { continue }
            hasCacheControl = true
            let value = bytes[field.value]
            var start = 0
            while start < value.byteCount {
                let end = value.firstIndex(of: UInt8(ascii: ","), from: start) ?? value.byteCount
                let directive = value[value.trimmed(ByteRange(start, end))]
                if directive.equalsIgnoringCase("no-transform") {
                    isTransformForbidden = true
                } else if directive.equalsIgnoringCase("public") || isAge(directive, "s-maxage=")
                    || isAge(directive, "max-age=")
                {
                    isShared = true
                } else if directive.byteCount >= 7, directive.extracting(0..<7).equalsIgnoringCase("private") {
                    isPrivate = true
                } else if directive.equalsIgnoringCase("no-store") {
                    isPrivate = true
                }
                start = end + 1
            }
        }
    }

    /// Whether a directive gives an age above zero.
    private func isAge(_ directive: RawSpan, _ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard directive.byteCount > length, directive.extracting(0..<length).equalsIgnoringCase(name) else {
            return false
        }
        return directive.extracting(length..<directive.byteCount).decimal.map { $0 > 0 } ?? false
    }
}

extension RawSpan {
    /// Whether a browser looks into what has this type, or reads it as XML (MIME Sniffing §7, HTML §7.5.2).
    fileprivate var isOtherDocument: Bool {
        if byteCount >= 4, extracting(byteCount - 4..<byteCount).equalsIgnoringCase("+xml") { return true }
        return firstIndex(of: UInt8(ascii: "/")) == nil || equalsIgnoringCase("text/xml")
            || equalsIgnoringCase("application/xml") || equalsIgnoringCase("*/*")
            || equalsIgnoringCase("unknown/unknown") || equalsIgnoringCase("application/unknown")
    }

    /// Whether it names one of those encodings of the WHATWG Encoding Standard that put other things on ASCII's bytes
    /// (§4.2), or one that browsers gave up.
    fileprivate var isForeignCharset: Bool {
        func starts(_ prefix: StaticString) -> Bool {
            let count = prefix.utf8CodeUnitCount
            return byteCount >= count && extracting(0..<count).equalsIgnoringCase(prefix)
        }
        return starts("utf-16") || starts("utf-32") || starts("iso-2022-") || starts("csiso2022") || starts("unicode")
            || equalsIgnoringCase("csunicode") || equalsIgnoringCase("iso-10646-ucs-2")
            || equalsIgnoringCase("ucs-2") || equalsIgnoringCase("utf-7") || equalsIgnoringCase("hz-gb-2312")
    }

    /// A name that every browser knows; behind any other it may look into the page.
    fileprivate var isKnownCharset: Bool {
        if equalsIgnoringCase("utf-8") || equalsIgnoringCase("utf8") || equalsIgnoringCase("us-ascii") { return true }
        return byteCount >= 9 && (extracting(0..<9).equalsIgnoringCase("iso-8859-"))
            || byteCount >= 8 && (extracting(0..<8).equalsIgnoringCase("windows-"))
    }
}
