import Bytes

/// What is kept of a user agent string: small numbers that stand for words of fixed lists.
struct UserAgentClass: BitwiseCopyable, Hashable {
    /// Index into `BrowserTable.families`.
    var browser: UInt8 = 0
    /// The browser's major version; 0 when none is known.
    var major: UInt16 = 0
    var system: OperatingSystem = .other
    var device: Device = .other
    /// Index into `BotTable.names` plus one; 0 for a browser.
    var bot: UInt16 = 0

    var isBot: Bool { bot != 0 }
}

/// An operating system family.
enum OperatingSystem: UInt8, CaseIterable {
    case other, windows, macOS, iOS, android, linux, chromeOS, windowsPhone, tizen, webOS, kaiOS, bsd, console,
        harmonyOS

    /// The word in reports.
    var name: StaticString {
        switch self {
        case .other: "other"
        case .windows: "Windows"
        case .macOS: "macOS"
        case .iOS: "iOS"
        case .android: "Android"
        case .linux: "Linux"
        case .chromeOS: "ChromeOS"
        case .windowsPhone: "Windows Phone"
        case .tizen: "Tizen"
        case .webOS: "webOS"
        case .kaiOS: "KaiOS"
        case .bsd: "BSD"
        case .console: "Games console"
        case .harmonyOS: "HarmonyOS"
        }
    }
}

/// A class of devices.
enum Device: UInt8, CaseIterable {
    case other, desktop, phone, tablet

    /// The word in reports.
    var name: StaticString {
        switch self {
        case .other: "other"
        case .desktop: "desktop"
        case .phone: "phone"
        case .tablet: "tablet"
        }
    }
}

/// The class of one user agent string in words: for tests and explanations, not for counting.
package struct UserAgentWords: Equatable, Sendable {
    package var browser: String
    package var major: Int
    package var system: String
    package var device: String
    /// The name or reason of a bot, nil for a browser.
    package var bot: String?

    package init(of userAgent: RawSpan) {
        var lowercase = ByteBuffer(capacity: 512)
        for offset in 0..<userAgent.byteCount { lowercase.append(userAgent[offset].lowercasedASCII) }
        let answer = userAgentClass(of: userAgent, lowercase: lowercase.bytes)
        browser = "\(BrowserTable.families[Int(answer.browser)])"
        major = Int(answer.major)
        system = "\(answer.system.name)"
        device = "\(answer.device.name)"
        bot = answer.isBot ? "\(BotTable.names[Int(answer.bot) - 1])" : nil
    }
}
