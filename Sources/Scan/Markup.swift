import Foundation

/// What a page's markup refers to. It reads tags and scripts as browsers do in pages that are well-formed; what
/// scripts bring in later, only a real browser sees.
package struct Markup {
    /// An address in an attribute, and what it is asked for as.
    package struct Reference: Equatable {
        package let kind: String
        package let address: String
    }

    package private(set) var links: [String] = []
    package private(set) var references: [Reference] = []
    package private(set) var inlineScripts: [String] = []
    package private(set) var base: String?

    package init(_ html: String) {
        let bytes = Array(html.utf8)
        var place = 0
        while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            if bytes[open...].starts(with: Array("<!--".utf8)) {
                place = end(of: "-->", in: bytes, from: open + 4)
                continue
            }
            guard let tag = Tag(bytes, from: open) else {
                place = open + 1
                continue
            }
            place = tag.end
            guard ["script", "style", "textarea", "title", "noscript", "template"].contains(tag.name) else {
                read(tag)
                continue
            }
            read(tag)
            // Pictures in `noscript` are what visitors without scripts load; the rest of these hold no tags.
            if tag.name == "noscript" || tag.name == "template" { continue }
            let close = start(of: "</\(tag.name)", in: bytes, from: place)
            if tag.name == "script", tag.attributes["src"] == nil {
                inlineScripts.append(String(decoding: bytes[place..<close], as: UTF8.self))
            }
            place = close
        }
    }

    private mutating func read(_ tag: Tag) {
        func refer(_ kind: String, _ attribute: String) {
            guard let address = tag.attributes[attribute], !address.isEmpty else { return }
            references.append(Reference(kind: kind, address: address))
        }
        switch tag.name {
        case "a":
            let isLeftAlone = tag.attributes["rel"]?.contains("nofollow") == true
            if !isLeftAlone, let address = tag.attributes["href"] { links.append(address) }
        case "base": base = base ?? tag.attributes["href"]
        case "script": refer("Script", "src")
        case "img", "input": refer("Image", "src")
        case "iframe", "frame": refer("Document", "src")
        case "video", "audio", "source", "embed": refer("Media", "src")
        case "object": refer("Media", "data")
        case "link":
            let relations = (tag.attributes["rel"] ?? "").lowercased()
            let loads = ["stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon"]
            if loads.contains(where: relations.contains) { refer("Stylesheet", "href") }
        default: break
        }
    }
}

/// A start tag.
private struct Tag {
    let name: String
    private(set) var attributes: [String: String] = [:]
    private(set) var end: Int

    /// Nil when no tag starts there.
    init?(_ bytes: [UInt8], from open: Int) {
        var place = open + 1
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        guard place < bytes.count, (bytes[place] | 0x20) &- 0x61 < 26 else { return nil }
        let start = place
        while place < bytes.count, !isSpace(bytes[place]), bytes[place] != 0x3E, bytes[place] != 0x2F { place += 1 }
        name = text(start..<place).lowercased()
        end = bytes.count
        while place < bytes.count {
            while place < bytes.count, isSpace(bytes[place]) || bytes[place] == 0x2F { place += 1 }
            guard place < bytes.count, bytes[place] != 0x3E else { break }
            let nameStart = place
            while place < bytes.count, !isSpace(bytes[place]), !"=>/".utf8.contains(bytes[place]) { place += 1 }
            let attribute = text(nameStart..<place).lowercased()
            while place < bytes.count, isSpace(bytes[place]) { place += 1 }
            guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else {
                if place == nameStart { place += 1 }
                continue
            }
            place += 1
            while place < bytes.count, isSpace(bytes[place]) { place += 1 }
            guard place < bytes.count else { break }
            let quote = bytes[place]
            let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            if isQuoted { place += 1 }
            let valueStart = place
            while place < bytes.count, isQuoted ? bytes[place] != quote : !isSpace(bytes[place]) && bytes[place] != 0x3E
            {
                place += 1
            }
            if attributes[attribute] == nil { attributes[attribute] = text(valueStart..<place).decodedReferences }
            if isQuoted { place += 1 }
        }
        end = min(place + 1, bytes.count)
    }
}

extension String {
    /// With the character references that addresses hold.
    fileprivate var decodedReferences: String {
        guard contains("&") else { return self }
        return replacing("&amp;", with: "&").replacing("&#38;", with: "&").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'")
    }
}

private func start(of text: String, in bytes: [UInt8], from: Int) -> Int {
    let wanted = Array(text.utf8)
    var place = from
    while place + wanted.count <= bytes.count {
        if zip(bytes[place...], wanted).allSatisfy({ $0 == $1 || ($0 | 0x20 == $1 && $1 &- 0x61 < 26) }) {
            return place
        }
        place += 1
    }
    return bytes.count
}

private func end(of text: String, in bytes: [UInt8], from: Int) -> Int {
    min(start(of: text, in: bytes, from: min(from, bytes.count)) + text.utf8.count, bytes.count)
}
