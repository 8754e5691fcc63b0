import Bytes

/// An element name that something here or in a gate asks for; every other name is `other`.
@frozen
public enum Element: UInt8, CaseIterable, Sendable {
    case other
    case html, head, body, frameset, frame, base, basefont, bgsound, link, meta, title, script
    case style, template, noscript, noframes, noembed, xmp, iframe, textarea, plaintext, svg, math
    case foreignObject, desc, annotationXML, mi, mo, mn, ms, mtext, mglyph, malignmark, br, p, b
    case big, blockquote, center, code, dd, div, dl, dt, em, embed, h1, h2, h3, h4, h5, h6, hr, i
    case img, li, listing, menu, nobr, ol, pre, ruby, s, small, span, strong, strike, sub, sup
    case table, tt, u, ul, `var`, font, a, image, use, source, video, audio, object, input, form
    case button, select, option, track, feImage, thead, tbody, tfoot, tr, td, th, col, colgroup, animate, set

    /// The name in lowercase; empty for `other`.
    public var name: StaticString {
        switch self {
        case .other: ""
        case .html: "html"
        case .head: "head"
        case .body: "body"
        case .frameset: "frameset"
        case .frame: "frame"
        case .base: "base"
        case .basefont: "basefont"
        case .bgsound: "bgsound"
        case .link: "link"
        case .meta: "meta"
        case .title: "title"
        case .script: "script"
        case .style: "style"
        case .template: "template"
        case .noscript: "noscript"
        case .noframes: "noframes"
        case .noembed: "noembed"
        case .xmp: "xmp"
        case .iframe: "iframe"
        case .textarea: "textarea"
        case .plaintext: "plaintext"
        case .svg: "svg"
        case .math: "math"
        case .foreignObject: "foreignobject"
        case .desc: "desc"
        case .annotationXML: "annotation-xml"
        case .mi: "mi"
        case .mo: "mo"
        case .mn: "mn"
        case .ms: "ms"
        case .mtext: "mtext"
        case .mglyph: "mglyph"
        case .malignmark: "malignmark"
        case .br: "br"
        case .p: "p"
        case .b: "b"
        case .big: "big"
        case .blockquote: "blockquote"
        case .center: "center"
        case .code: "code"
        case .dd: "dd"
        case .div: "div"
        case .dl: "dl"
        case .dt: "dt"
        case .em: "em"
        case .embed: "embed"
        case .h1: "h1"
        case .h2: "h2"
        case .h3: "h3"
        case .h4: "h4"
        case .h5: "h5"
        case .h6: "h6"
        case .hr: "hr"
        case .i: "i"
        case .img: "img"
        case .li: "li"
        case .listing: "listing"
        case .menu: "menu"
        case .nobr: "nobr"
        case .ol: "ol"
        case .pre: "pre"
        case .ruby: "ruby"
        case .s: "s"
        case .small: "small"
        case .span: "span"
        case .strong: "strong"
        case .strike: "strike"
        case .sub: "sub"
        case .sup: "sup"
        case .table: "table"
        case .tt: "tt"
        case .u: "u"
        case .ul: "ul"
        case .`var`: "var"
        case .font: "font"
        case .a: "a"
        case .image: "image"
        case .use: "use"
        case .source: "source"
        case .video: "video"
        case .audio: "audio"
        case .object: "object"
        case .input: "input"
        case .form: "form"
        case .button: "button"
        case .select: "select"
        case .option: "option"
        case .track: "track"
        case .feImage: "feimage"
        case .thead: "thead"
        case .tbody: "tbody"
        case .tfoot: "tfoot"
        case .tr: "tr"
        case .td: "td"
        case .th: "th"
        case .col: "col"
        case .colgroup: "colgroup"
        case .animate: "animate"
        case .set: "set"
        }
    }

    /// The element with the name in `start..<end`, whatever its case.
    init(named input: RawSpan, from start: Int, to end: Int) {
        let name = PackedName(input, from: start, to: end)
        self = name.high == 0 ? Element(short: name.low) : Element(long: name)
    }

    private init(short name: UInt64) {
        // Names of up to eight letters as little-endian numbers; a test compares them with `name`.
        switch name {
        case 0x6c6d7468: self = .html
        case 0x64616568: self = .head
        case 0x79646f62: self = .body
        case 0x746573656d617266: self = .frameset
        case 0x656d617266: self = .frame
        case 0x65736162: self = .base
        case 0x746e6f6665736162: self = .basefont
        case 0x646e756f736762: self = .bgsound
        case 0x6b6e696c: self = .link
        case 0x6174656d: self = .meta
        case 0x656c746974: self = .title
        case 0x747069726373: self = .script
        case 0x656c797473: self = .style
        case 0x6574616c706d6574: self = .template
        case 0x7470697263736f6e: self = .noscript
        case 0x73656d6172666f6e: self = .noframes
        case 0x6465626d656f6e: self = .noembed
        case 0x706d78: self = .xmp
        case 0x656d61726669: self = .iframe
        case 0x6165726174786574: self = .textarea
        case 0x677673: self = .svg
        case 0x6874616d: self = .math
        case 0x63736564: self = .desc
        case 0x696d: self = .mi
        case 0x6f6d: self = .mo
        case 0x6e6d: self = .mn
        case 0x736d: self = .ms
        case 0x747865746d: self = .mtext
        case 0x6870796c676d: self = .mglyph
        case 0x7262: self = .br
        case 0x70: self = .p
        case 0x62: self = .b
        case 0x676962: self = .big
        case 0x7265746e6563: self = .center
        case 0x65646f63: self = .code
        case 0x6464: self = .dd
        case 0x766964: self = .div
        case 0x6c64: self = .dl
        case 0x7464: self = .dt
        case 0x6d65: self = .em
        case 0x6465626d65: self = .embed
        case 0x3168: self = .h1
        case 0x3268: self = .h2
        case 0x3368: self = .h3
        case 0x3468: self = .h4
        case 0x3568: self = .h5
        case 0x3668: self = .h6
        case 0x7268: self = .hr
        case 0x69: self = .i
        case 0x676d69: self = .img
        case 0x696c: self = .li
        case 0x676e697473696c: self = .listing
        case 0x756e656d: self = .menu
        case 0x72626f6e: self = .nobr
        case 0x6c6f: self = .ol
        case 0x657270: self = .pre
        case 0x79627572: self = .ruby
        case 0x73: self = .s
        case 0x6c6c616d73: self = .small
        case 0x6e617073: self = .span
        case 0x676e6f727473: self = .strong
        case 0x656b69727473: self = .strike
        case 0x627573: self = .sub
        case 0x707573: self = .sup
        case 0x656c626174: self = .table
        case 0x7474: self = .tt
        case 0x75: self = .u
        case 0x6c75: self = .ul
        case 0x726176: self = .`var`
        case 0x746e6f66: self = .font
        case 0x61: self = .a
        case 0x6567616d69: self = .image
        case 0x657375: self = .use
        case 0x656372756f73: self = .source
        case 0x6f65646976: self = .video
        case 0x6f69647561: self = .audio
        case 0x7463656a626f: self = .object
        case 0x7475706e69: self = .input
        case 0x6d726f66: self = .form
        case 0x6e6f74747562: self = .button
        case 0x7463656c6573: self = .select
        case 0x6e6f6974706f: self = .option
        case 0x6b63617274: self = .track
        case 0x6567616d696566: self = .feImage
        case 0x6461656874: self = .thead
        case 0x79646f6274: self = .tbody
        case 0x746f6f6674: self = .tfoot
        case 0x7274: self = .tr
        case 0x6474: self = .td
        case 0x6874: self = .th
        case 0x6c6f63: self = .col
        case 0x70756f72676c6f63: self = .colgroup
        case 0x6574616d696e61: self = .animate
        case 0x746573: self = .set
        default: self = .other
        }
    }

    private init(long name: PackedName) {
        switch (name.low, name.high) {
        case (0x7865746e69616c70, 0x74): self = .plaintext
        case (0x6f6e676965726f66, 0x7463656a62): self = .foreignObject
        case (0x697461746f6e6e61, 0x6c6d782d6e6f): self = .annotationXML
        case (0x616d6e67696c616d, 0x6b72): self = .malignmark
        case (0x6f75716b636f6c62, 0x6574): self = .blockquote
        default: self = .other
        }
    }
}

/// A lowercase name of one to sixteen bytes in two numbers; zero for a longer one.
struct PackedName: Equatable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count = 0

    init() {}

    init(_ name: RawSpan) { self.init(name, from: 0, to: name.byteCount) }

    @inline(__always)
    init(_ input: RawSpan, from start: Int, to end: Int) {
        let length = end &- start
        guard length <= 16 else { return }
        count = length
        if length <= 8, start &+ 8 <= input.byteCount {
            low = input.word(at: start).lowercasedASCII & mask
            return
        }
        for index in 0..<length {
            let byte = UInt64(input[start &+ index].lowercasedASCII)
            if index < 8 {
                low |= byte &<< UInt64(8 &* index)
            } else {
                high |= byte &<< UInt64(8 &* (index &- 8))
            }
        }
    }

    /// The bytes of `low` that a name of up to eight fills.
    @inline(__always)
    var mask: UInt64 { ~0 &>> UInt64(64 &- 8 &* count) }

    subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: index < 8 ? low &>> UInt64(8 &* index) : high &>> UInt64(8 &* (index &- 8)))
    }
}
