import Bytes
import Consent
import Testing

@Suite("Chain of receipts")
struct ReceiptChainTests {
    private let site = "shop"

    private func receipt(_ number: Int) throws -> Receipt {
        Receipt(
            id: try #require(ReceiptID.random()), minute: 29_921_000 + Int64(number), revision: 0x1ca8_2eaa,
            text: Digest(of: "Cookies?".utf8), language: "de", granted: ["analytics", "chat"], refused: ["social"],
            source: .banner, action: .given)
    }

    private func chain(_ count: Int) throws -> [ChainEntry] {
        var place = ChainPlace.start(ofSite: site)
        return try (0..<count).map { number in
            let entry = place.next(.receipt(try receipt(number)), salt: try #require(Digest.random()))
            place = entry.place
            return entry
        }
    }

    private func faults(
        _ entries: [ChainEntry], site: String = "shop", from beginning: ChainPlace? = nil, end: ChainPlace?
    ) -> [ChainFault] {
        var verifier = ChainVerifier(site: site, beginning: beginning)
        for entry in entries { verifier.read(entry) }
        return verifier.finish(end: end).faults
    }

    @Test("A whole chain has no fault, and another site's has one")
    func whole() throws {
        let entries = try chain(9)
        #expect(faults(entries, end: entries[8].place) == [])
        #expect(faults([], end: nil) == [])
        #expect(faults(entries, site: "other", end: nil) == [.brokenLink(1)])
    }

    @Test("Contents are read from their text, and only from their own")
    func contents() throws {
        let contents: [ChainContent] = [
            .receipt(try receipt(1)), .erasure(of: [3, 9], minute: 5), .erasure(of: [], minute: 5),
            .sweep(through: 7, link: Digest(of: [1]), minute: 6),
        ]
        for content in contents {
            let text = content.text
            #expect(ChainContent(text: text) == content)
            // No cut of a text says something else than it looks like.
            for end in text.indices {
                let cut = String(text[..<end])
                if let other = ChainContent(text: cut) { #expect(other.text == cut && other != content) }
            }
        }
        for text in ["", "7:receipt", "7:erasure", "5:sweep1:1", "7:erasure1:52:x9", "4:other"] {
            #expect(ChainContent(text: text) == nil)
        }
    }

    @Test("A change of any field of a receipt is found")
    func fields() throws {
        let entries = try chain(5)
        let original = try #require(entries[2].content?.receipt)
        let other = try receipt(2)
        let changes: [(String, (inout Receipt) -> Void)] = [
            ("id", { $0.id = other.id }), ("minute", { $0.minute -= 1 }), ("revision", { $0.revision += 1 }),
            ("text", { $0.text = Digest(of: []) }), ("language", { $0.language = "en" }),
            ("granted", { $0.granted.append("social") }), ("fewer granted", { $0.granted.removeLast() }),
            ("refused", { $0.refused = [] }), ("moved", { ($0.granted, $0.refused) = ($0.refused, $0.granted) }),
            ("source", { $0.source = .settings }), ("action", { $0.action = .renewed }),
        ]
        for (name, change) in changes {
            var changed = original
            change(&changed)
            #expect(changed != original, "\(name)")
            var tampered = entries
            tampered[2].text = ChainContent.receipt(changed).text
            #expect(faults(tampered, end: entries[4].place) == [.changed(3)], "\(name)")
            // With the commitment made to fit, the link gives it away.
            let forged = ChainPlace(number: 2, link: entries[1].link).next(
                .receipt(changed), salt: try #require(entries[2].salt))
            tampered[2].commitment = forged.commitment
            #expect(faults(tampered, end: entries[4].place) == [.brokenLink(3)], "\(name)")
            // With the link made to fit too, the next one does.
            tampered[2] = forged
            #expect(faults(tampered, end: entries[4].place) == [.brokenLink(4)], "\(name)")
            // And at the end of the chain, the place that was kept elsewhere.
            #expect(faults(Array(tampered[...2]), end: entries[2].place) == [.endDiffers(3)], "\(name)")
        }
    }

    @Test("Sabotage: without the check of contents a changed receipt would pass")
    func sabotage() throws {
        var entries = try chain(3)
        var changed = try #require(entries[1].content?.receipt)
        changed.granted = []
        entries[1].text = ChainContent.receipt(changed).text
        #expect(entries.map(\.hasRightLink) == [true, true, true])
        #expect(entries.map(\.hasRightContent) == [true, false, true])
        #expect(faults(entries, end: entries[2].place) == [.changed(2)])
    }

    @Test("Missing, doubled and exchanged entries are found")
    func rows() throws {
        let entries = try chain(6)
        let end = entries[5].place
        for missing in 0..<5 {
            var rest = entries
            rest.remove(at: missing)
            #expect(faults(rest, end: end) == [.missing(Int64(missing + 1)...Int64(missing + 1))])
        }
        #expect(faults(Array(entries[..<4]), end: end) == [.missing(5...6)])
        #expect(faults([], end: end) == [.missing(1...6)])
        #expect(faults([entries[0], entries[0]] + entries[1...], end: end) == [.outOfOrder(1)])
        var exchanged = entries
        exchanged.swapAt(2, 3)
        #expect(faults(exchanged, end: end) == [.missing(3...3), .outOfOrder(3)])
        var renumbered = entries
        (renumbered[2].number, renumbered[3].number) = (4, 3)
        renumbered.swapAt(2, 3)
        #expect(faults(renumbered, end: end).contains(.brokenLink(3)))
    }

    @Test("An erased content keeps the chain whole when the chain says so, and only then")
    func erasure() throws {
        var entries = try chain(4)
        let record = entries[3].place.next(.erasure(of: [2], minute: 9), salt: try #require(Digest.random()))
        entries[1].text = nil
        entries[1].salt = nil
        #expect(faults(entries, end: entries[3].place) == [.erasedWithoutRecord(2)])
        #expect(faults(entries + [record], end: record.place) == [])
        entries[2].text = nil
        entries[2].salt = nil
        #expect(faults(entries + [record], end: record.place) == [.erasedWithoutRecord(3)])
        // What is left of it does not tell what it was: the salt is gone.
        entries[2].salt = Digest.random()
        #expect(faults(entries + [record], end: record.place) == [.changed(3)])
    }

    @Test("A beginning that went with its time keeps the chain whole when the chain says so, and only then")
    func sweep() throws {
        let entries = try chain(6)
        let through = entries[2].place
        let record = entries[5].place.next(
            .sweep(through: 3, link: through.link, minute: 9), salt: try #require(Digest.random()))
        let rest = Array(entries[3...]) + [record]
        #expect(faults(rest, from: through, end: record.place) == [])
        #expect(faults(Array(entries[3...]), from: through, end: entries[5].place) == [.beginningRemoved(3)])
        #expect(faults(Array(rest.dropFirst()), from: entries[3].place, end: record.place) == [.beginningRemoved(4)])
        var verifier = ChainVerifier(site: site, beginning: through)
        for entry in rest { verifier.read(entry) }
        let report = verifier.finish(end: nil)
        #expect(report.entries == 4 && report.receipts == 3 && report.sweptThrough == 3 && report.end == record.place)
    }

    @Test("Two receipts that say the same have different commitments")
    func salts() throws {
        let content = ChainContent.receipt(try receipt(0))
        let place = ChainPlace.start(ofSite: site)
        let commitments = try (0..<20).map { _ in place.next(content, salt: try #require(Digest.random())).commitment }
        #expect(Set(commitments).count == 20)
    }

    @Test("Digests have one text form")
    func digests() {
        let digest = Digest(of: "abc".utf8)
        #expect(digest.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest(hexadecimal: digest.description) == digest)
        #expect(Digest(hexadecimal: digest.description.uppercased()) == nil)
        #expect(Digest(hexadecimal: digest.description.dropLast()) == nil)
        #expect(Digest(octets: digest.octets + [0]) == nil)
        #expect(Digest(ofParts: ["ab", "c"]) != Digest(ofParts: ["a", "bc"]))
    }
}
