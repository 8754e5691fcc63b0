import Bytes
import Cookies

/// A cookie-string: the pairs are those of a plain reading, survive forwarding, and can be expired.
func fuzzCookieString(_ bytes: [UInt8]) {
    var cursor = CookieStringCursor()
    var pairs: [CookiePair] = []
    while let pair = cursor.next(in: bytes.rawSpan) { pairs.append(pair) }
    expect(cursor.next(in: bytes.rawSpan) == nil, "a pair behind the end")

    let plain = bytes.separated(by: UInt8(ascii: ";")).map(\.trimmed).filter { !$0.isEmpty }
    expect(pairs.map { bytes.part($0.whole) } == plain, "pairs of \(bytes.shown)")
    for (pair, whole) in zip(pairs, plain) {
        let equals = whole.firstIndex(of: UInt8(ascii: "="))
        expect(bytes.part(pair.name) == equals.map { Array(whole[..<$0]).trimmed } ?? [], "name in \(whole.shown)")
        expect(
            bytes.part(pair.value) == Array(whole[(equals.map { $0 + 1 } ?? 0)...]).trimmed, "value in \(whole.shown)")
        let hasControl = whole.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
        expect(pair.isWellFormed == (!pair.name.isEmpty && !hasControl), "well-formed: \(whole.shown)")
    }

    var forwarded = ByteBuffer()
    for pair in pairs {
        if !forwarded.isEmpty { forwarded.append("; ") }
        forwarded.append(bytes.rawSpan[pair.whole])
    }
    let sent = forwarded.array
    var again = CookieStringCursor()
    for pair in pairs {
        let found = again.next(in: sent.rawSpan)
        expect(found.map { sent.part($0.whole) } == bytes.part(pair.whole), "forwarded \(sent.shown)")
        expect(found?.isWellFormed == pair.isWellFormed, "forwarded \(sent.shown)")
    }
    expect(again.next(in: sent.rawSpan) == nil, "forwarded \(sent.shown)")
    for pair in pairs.prefix(4) { expire(bytes.part(pair.name), path: bytes) }
}

/// Every line written for a name deletes the cookie of that name, and is one that user agents accept.
private func expire(_ name: [UInt8], path: [UInt8]) {
    for isSecure in [false, true] {
        for domain in ["", "shop.example"] {
            var output = ByteBuffer()
            ExpiryLines.write(
                name: name.rawSpan, host: staticBytes("www.shop.example"),
                registrableDomain: domain.isEmpty ? nil : staticBytes("shop.example"),
                requestPath: ([UInt8(ascii: "/")] + path).rawSpan, isSecure: isSecure, into: &output)
            let written = output.array
            if written.isEmpty { continue }
            let lines = written.separated(by: 0x0A)
            expect(lines.last == [], "end of \(written.shown)")
            expect(lines.count - 1 <= ExpiryLines.maximumLines, "\(lines.count - 1) lines")
            for line in lines.dropLast() {
                expect(line.starts(with: "Set-Cookie: ".utf8) && line.last == 0x0D, "field line \(line.shown)")
                let value = Array(line.dropFirst(12).dropLast())
                // User agents ignore a name that is too long, so that no such cookie is there.
                guard let parsed = SetCookieLine(parsing: value.rawSpan) else {
                    expect(name.count >= SetCookieLine.maximumPairLength, "ignored: \(value.shown)")
                    continue
                }
                expect(value.part(parsed.name) == name && parsed.isDeletion(now: 0), "expiry \(value.shown)")
                expect(parsed.isAcceptable(value.rawSpan, overSecureTransport: isSecure), "refused \(value.shown)")
                expect(isSecure || !parsed.isSecure && !parsed.isPartitioned, "Secure over plaintext")
            }
        }
    }
}

/// A set-cookie-string: rewritten it means the same but for what was to change, and a second rewriting changes nothing.
func fuzzSetCookie(_ bytes: [UInt8]) {
    let now: Int64 = 1_700_000_000
    guard let line = SetCookieLine(parsing: bytes.rawSpan) else { return }
    expect(!bytes.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }, "control")
    expect(!bytes.part(line.name).contains { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "=") }, "name")
    expect(!bytes.part(line.value).contains(UInt8(ascii: ";")), "value")

    let lifetime = line.lifetime(now: now)
    guard var part = SetCookieLine(parsingPairOf: bytes.rawSpan) else { fatalError("no pair in \(bytes.shown)") }
    part.readLifetime(of: bytes.rawSpan)
    expect(part.lifetime(now: now) == lifetime, "lifetime alone of \(bytes.shown)")
    part.readAttributes(of: bytes.rawSpan)
    expect(part == line, "attributes afterwards of \(bytes.shown)")
    let hardenings: [CookieHardening] = [[], .secure, .httpOnly, .sameSiteLax, [.secure, .httpOnly, .sameSiteLax]]
    for cap in [nil, 0, 1, 86_400, 34_560_000] as [Int?] {
        for hardening in hardenings {
            var output = ByteBuffer()
            line.write(bytes.rawSpan, cap: cap, hardening: hardening, now: now, into: &output)
            let written = output.array
            guard let result = SetCookieLine(parsing: written.rawSpan) else {
                fatalError("ignored after rewriting: \(written.shown)")
            }
            expect(written.part(result.name) == bytes.part(line.name), "name of \(written.shown)")
            expect(written.part(result.value) == bytes.part(line.value), "value of \(written.shown)")
            expect(result.domain.map(written.part) == line.domain.map(bytes.part), "domain of \(written.shown)")
            expect(result.path.map(written.part) == line.path.map(bytes.part), "path of \(written.shown)")
            expect(result.isPartitioned == line.isPartitioned, "partition of \(written.shown)")
            expect(result.isSecure == (line.isSecure || hardening.contains(.secure)), "Secure of \(written.shown)")
            expect(result.isHTTPOnly == (line.isHTTPOnly || hardening.contains(.httpOnly)), "HttpOnly")
            let sameSite = line.sameSite ?? (hardening.contains(.sameSiteLax) ? .lax : nil)
            expect(result.sameSite == sameSite, "SameSite of \(written.shown)")

            let capped = result.lifetime(now: now)
            if let cap, let lifetime, lifetime > Int64(cap) {
                expect(capped == (cap == 0 ? nil : Int64(cap)), "\(cap) seconds became \(String(describing: capped))")
            } else {
                expect(capped == lifetime, "lifetime \(String(describing: lifetime)) of \(written.shown)")
                let isHard = line.isSecure || !hardening.contains(.secure)
                let isUnchanged =
                    isHard && (line.isHTTPOnly || !hardening.contains(.httpOnly)) && sameSite == line.sameSite
                expect(!isUnchanged || written == bytes, "changed without need: \(written.shown)")
            }
            expect(result.isDeletion(now: now) == line.isDeletion(now: now), "deletion of \(written.shown)")
            if line.isAcceptable(bytes.rawSpan, overSecureTransport: true) {
                expect(result.isAcceptable(written.rawSpan, overSecureTransport: true), "refused: \(written.shown)")
            }
            var again = ByteBuffer()
            result.write(written.rawSpan, cap: cap, hardening: hardening, now: now, into: &again)
            expect(again.array == written, "twice: \(again.array.shown)")
        }
    }
    checkDate(line)
}

private func checkDate(_ line: SetCookieLine) {
    guard let moment = line.expires else { return }
    var output = ByteBuffer()
    CookieDate.write(moment, into: &output)
    expect(CookieDate.parse(output.bytes) == moment, "date \(output.array.shown)")
}

/// Name patterns, one a line, and a name in the last line: what many patterns say together is what each says alone.
func fuzzNamePattern(_ bytes: [UInt8]) {
    var lines = bytes.separated(by: 0x0A)
    guard let name = lines.popLast() else { return }
    var patterns: [NamePattern] = []
    for line in lines.prefix(24) {
        guard let text = String(validating: line, as: UTF8.self) else { continue }
        do throws(NamePatternError) {
            patterns.append(try NamePattern(parsing: text))
        } catch {
            expect((0...line.count).contains(error.offset) && !error.reason.isEmpty, "offset \(error.offset)")
        }
    }
    let together = NameClassifier(patterns.enumerated().map { ($0.element, payload: UInt32($0.offset)) })
    let answer = together.classify(name.rawSpan)
    let matching = patterns.indices.filter { index in
        let alone = NameClassifier([(patterns[index], payload: 7)]).classify(name.rawSpan)
        expect(alone == nil || alone == 7, "payload")
        switch patterns[index] {
        case .exact(let wanted): expect((alone != nil) == (wanted == name), "exact")
        case .prefix(let wanted): expect((alone != nil) == name.starts(with: wanted), "prefix")
        case .regex: break
        }
        return alone != nil
    }
    let exact = matching.first { if case .exact = patterns[$0] { true } else { false } }
    var longest: (index: Int, length: Int)?
    for index in matching {
        if case .prefix(let text) = patterns[index], text.count > longest?.length ?? 0 { longest = (index, text.count) }
    }
    let regex = matching.first { if case .regex = patterns[$0] { true } else { false } }
    let expected = (exact ?? longest?.index ?? regex).map { UInt32($0) }
    expect(answer == expected, "\(String(describing: answer)) instead of \(String(describing: expected))")
}
