import Bytes

/// Tells browsers, operating systems, devices and bots by user agent strings.
///
/// Answers are kept by a keyed hash of the string, never by the string, so that a string seen before costs one hash
/// and allocates nothing.
struct UserAgentClassifier: ~Copyable {
    private struct Slot {
        var hash: UInt64 = 0
        var answer = UserAgentClass()
    }

    private var slots = [Slot](repeating: Slot(), count: 4096)
    private var lowercase = ByteBuffer(capacity: 512)
    private let key0: UInt64
    private let key1: UInt64

    init(random: inout some RandomNumberGenerator) {
        key0 = random.next()
        key1 = random.next()
    }

    /// The class of a user agent string.
    mutating func classify(_ userAgent: RawSpan) -> UserAgentClass {
        let hash = sipHash(userAgent, key0: key0, key1: key1).0 | 1
        let index = Int(truncatingIfNeeded: hash >> 32) & 4095
        if slots[index].hash == hash { return slots[index].answer }
        lowercase.clear()
        for offset in 0..<userAgent.byteCount { lowercase.append(userAgent[offset].lowercasedASCII) }
        let answer = userAgentClass(of: userAgent, lowercase: lowercase.bytes)
        slots[index] = Slot(hash: hash, answer: answer)
        return answer
    }
}

/// The class of a user agent string, worked out anew.
func userAgentClass(of text: RawSpan, lowercase: RawSpan) -> UserAgentClass {
    var answer = UserAgentClass()
    answer.bot = botNumber(of: text, lowercase: lowercase)
    answer.system = operatingSystem(of: text)
    answer.device = device(of: text, system: answer.system)
    for (index, entry) in BrowserTable.entries.enumerated() {
        guard let found = text.find(entry.token) else { continue }
        answer.browser = BrowserTable.familyNumbers[index]
        if let token = entry.versionToken {
            if let start = text.find(staticBytes(token), from: token.utf8CodeUnitCount == 1 ? found : 0) {
                answer.major = number(in: text, at: start + token.utf8CodeUnitCount)
            } else {
                answer.major = number(in: text, at: found + entry.token.utf8CodeUnitCount)
            }
        } else if entry.token.isSame(as: "MSIE "), let engine = text.find("Trident/") {
            // In its compatibility view the browser names an older version than its engine's, which is four behind.
            let version = number(in: text, at: engine + 8)
            answer.major = version == 0 ? 0 : min(version + 4, 11)
        } else {
            answer.major = number(in: text, at: found + entry.token.utf8CodeUnitCount)
        }
        return answer
    }
    if answer.system == .android {
        if text.contains("Version/") || text.contains("Safari/") {
            answer.browser = UInt8(BrowserTable.androidBrowser)
            if let version = text.find("Android ") { answer.major = number(in: text, at: version + 8) }
        }
    } else if let version = text.find("Version/"), text.contains("Safari") {
        answer.major = number(in: text, at: version + 8)
        answer.browser = UInt8(BrowserTable.safari)
    } else if answer.system == .iOS, text.contains("AppleWebKit") {
        answer.browser = UInt8(BrowserTable.safari)
        answer.major = systemVersion(in: text)
    } else if text.contains("Safari/") {
        answer.browser = UInt8(BrowserTable.safari)
    }
    return answer
}

private func botNumber(of text: RawSpan, lowercase: RawSpan) -> UInt16 {
    if text.byteCount == 0 { return 1 }
    // Makers of phones whose names hold a token.
    let innocent: [StaticString] = ["cubot", "botswana"]
    let hasInnocent = innocent.contains { lowercase.contains($0) }
    for (index, entry) in BotTable.entries.enumerated() where lowercase.contains(entry.token) {
        if hasInnocent, entry.token.isSame(as: "bot") { continue }
        return BotTable.nameNumbers[index]
    }
    // Browsers stopped calling themselves compatible with Internet Explorer's end.
    if lowercase.contains("compatible;"), !text.contains("MSIE "),
        !text.contains("Trident/"), !text.contains("Konqueror/")
    {
        return 2
    }
    let isBrowser =
        text.starts(with: "Mozilla/") || text.starts(with: "Opera/") || text.starts(with: "Dalvik/")
        || text.contains("UCWEB") || text.contains("Browser") || text.contains("Version/")
    return isBrowser ? 0 : 2
}

private func operatingSystem(of text: RawSpan) -> OperatingSystem {
    if text.contains("Windows Phone") || text.contains("IEMobile") { return .windowsPhone }
    if text.contains("Xbox") || text.contains("PlayStation") || text.contains("Nintendo") { return .console }
    if text.contains("Windows") || text.contains("Win98") || text.contains("WinNT") { return .windows }
    if text.contains("iPhone") || text.contains("iPad") || text.contains("iPod") { return .iOS }
    if text.contains("Tizen") { return .tizen }
    if text.contains("Web0S") || text.contains("webOS") || text.contains("hpwOS") { return .webOS }
    if text.contains("KAIOS") || text.contains("KaiOS") { return .kaiOS }
    if text.contains("HarmonyOS") || text.contains("OpenHarmony") { return .harmonyOS }
    if text.contains("Android") || text.contains("Silk-Accelerated") || text.contains("OculusBrowser") {
        return .android
    }
    if text.contains("CrOS") { return .chromeOS }
    if text.contains("Mac OS X") || text.contains("Macintosh") || text.contains("Mac_PowerPC") {
        // iPadOS asks as a Mac; its Mobile token gives it away.
        return text.contains("Mobile/") ? .iOS : .macOS
    }
    if text.contains("BSD") { return .bsd }
    if text.contains("Linux") || text.contains("X11") && !text.contains("SunOS") { return .linux }
    return .other
}

private func device(of text: RawSpan, system: OperatingSystem) -> Device {
    if text.contains("iPad") || text.contains("Tablet") || text.contains("Kindle") { return .tablet }
    switch system {
    case .iOS: return text.contains("iPhone") || text.contains("iPod") ? .phone : .tablet
    case .android, .harmonyOS:
        if text.contains("TV") || text.contains("BRAVIA") || text.contains("AFT") { return .other }
        return text.contains("Mobile") || text.contains("Opera Mini") ? .phone : .tablet
    case .windowsPhone, .kaiOS: return .phone
    case .tizen, .webOS, .console: return text.contains("Mobile") ? .phone : .other
    case .windows, .macOS, .linux, .chromeOS, .bsd: return .desktop
    case .other: return text.contains("Mobile") ? .phone : .other
    }
}

/// The iOS version of `CPU iPhone OS 17_2 like Mac OS X`.
private func systemVersion(in text: RawSpan) -> UInt16 {
    guard let start = text.find(" OS ") else { return 0 }
    return number(in: text, at: start + 4)
}

/// The number at an offset, up to 9999.
private func number(in text: RawSpan, at start: Int) -> UInt16 {
    var value: UInt16 = 0
    var offset = start
    while offset < text.byteCount, text[offset].isASCIIDigit {
        if value > 999 { return 0 }
        value = value * 10 + UInt16(text[offset] &- 0x30)
        offset += 1
    }
    return value
}
