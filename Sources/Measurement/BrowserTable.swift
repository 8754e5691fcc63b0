/// The browsers that are told apart: tokens of user agent strings in the order they are looked for, the first that
/// occurs wins, because most browsers also name those they descend from.
enum BrowserTable {
    /// A token, the family it stands for, and where the version is when not right behind the token.
    struct Entry {
        let token: StaticString
        let family: StaticString
        var versionToken: StaticString?

        init(_ token: StaticString, _ family: StaticString, version: StaticString? = nil) {
            self.token = token
            self.family = family
            versionToken = version
        }
    }

    static let entries: [Entry] = [
        Entry("Edg/", "Edge"), Entry("EdgA/", "Edge"), Entry("EdgiOS/", "Edge"), Entry("Edge/", "Edge"),
        Entry("UCBrowser/", "UC Browser"), Entry("OPR/", "Opera"), Entry("OPX/", "Opera"), Entry("OPT/", "Opera"),
        Entry("Opera Mini/", "Opera Mini"),
        Entry("OPiOS/", "Opera Mini"), Entry("Opera Mobi", "Opera", version: "Version/"),
        Entry("Opera Tablet", "Opera", version: "Version/"), Entry("Opera/9.80", "Opera", version: "Version/"),
        Entry("Opera/", "Opera"), Entry("Opera ", "Opera"), Entry("Coast/", "Opera"),
        Entry("OculusBrowser/", "Oculus Browser"),
        Entry("SamsungBrowser/", "Samsung Internet"), Entry("YaBrowser/", "Yandex Browser"),
        Entry("YaSearchBrowser/", "Yandex Browser"), Entry("Yowser/", "Yandex Browser"), Entry("Vivaldi/", "Vivaldi"),
        Entry("Brave/", "Brave"), Entry("brave/", "Brave"),
        Entry("Brave Chrome/", "Brave"), Entry("Whale/", "Whale"), Entry("UCMobile/", "UC Browser"),
        Entry("UBrowser/", "UC Browser"),
        Entry("UCWEB/", "UC Browser"), Entry("MiuiBrowser/", "Mi Browser"), Entry("HuaweiBrowser/", "Huawei Browser"),
        Entry("HeyTapBrowser/", "HeyTap Browser"), Entry("VivoBrowser/", "Vivo Browser"),
        Entry("Silk/", "Silk"), Entry("MQQBrowser/", "QQ Browser"), Entry("QQBrowser/", "QQ Browser"),
        Entry("DuckDuckGo/", "DuckDuckGo"), Entry("Ddg/", "DuckDuckGo"), Entry("coc_coc_browser/", "Coc Coc"),
        Entry("Ecosia", "Ecosia", version: "Chrome/"), Entry("Maxthon/", "Maxthon"), Entry("Maxthon ", "Maxthon"),
        Entry("MxBrowser/", "Maxthon"), Entry("Puffin/", "Puffin"), Entry("Sleipnir/", "Sleipnir"),
        Entry("SeaMonkey/", "SeaMonkey"), Entry("PaleMoon/", "Pale Moon"), Entry("Waterfox/", "Waterfox"),
        Entry("Iceweasel/", "Firefox"), Entry("IceCat/", "Firefox"), Entry("Falkon/", "Falkon"),
        Entry("QupZilla/", "Falkon"), Entry("Konqueror/", "Konqueror"), Entry("Epiphany/", "Epiphany"),
        Entry("Midori/", "Midori"), Entry("Avast/", "Avast Secure Browser"),
        Entry("AvastSecureBrowser/", "Avast Secure Browser"),
        Entry("AVG/", "AVG Secure Browser"), Entry("CCleaner/", "CCleaner Browser"), Entry("Iron/", "Iron"),
        Entry(" Iron ", "Iron", version: "Chrome/"),
        Entry("Sogou", "Sogou", version: "Chrome/"), Entry("MetaSr", "Sogou"), Entry("360SE", "360 Browser"),
        Entry("Quark/", "Quark"), Entry("Baidu", "Baidu", version: "/"),
        Entry("FBAV/", "Facebook app"), Entry("FBAN/", "Facebook app"),
        Entry("Instagram", "Instagram app", version: "Instagram "),
        Entry("MicroMessenger/", "WeChat"), Entry("Pinterest", "Pinterest app", version: "/"),
        Entry("Snapchat", "Snapchat app", version: "Snapchat/"), Entry("Line/", "LINE"),
        Entry("BytedanceWebview", "TikTok app"), Entry("musical_ly", "TikTok app"),
        Entry("LinkedInApp", "LinkedIn app"),
        Entry("Twitter for", "X app"), Entry("GSA/", "Google app"),
        Entry("Klar/", "Firefox Focus"), Entry("Focus/", "Firefox Focus"), Entry("FxiOS/", "Firefox"),
        Entry("CriOS/", "Chrome"), Entry("Chromium/", "Chromium"), Entry("CrMo/", "Chrome"),
        Entry("Electron/", "Electron"), Entry("Chrome/", "Chrome"), Entry("Firefox/", "Firefox"),
        Entry("IEMobile/", "Internet Explorer"), Entry("IEMobile ", "Internet Explorer"),
        Entry("MSIE ", "Internet Explorer"), Entry("Trident/", "Internet Explorer", version: "rv:"),
    ]

    /// Families that are recognised by more than a token.
    static let safari = 1
    static let androidBrowser = 2

    /// Family names by the number that `UserAgentClass.browser` holds.
    static let families: [StaticString] = {
        var names: [StaticString] = ["other", "Safari", "Android Browser"]
        for entry in entries where !names.contains(where: { $0.isSame(as: entry.family) }) {
            names.append(entry.family)
        }
        return names
    }()

    /// The family number of each entry.
    static let familyNumbers: [UInt8] = entries.map { entry in
        UInt8(families.firstIndex { $0.isSame(as: entry.family) } ?? 0)
    }
}

extension StaticString {
    /// Whether both spell the same.
    func isSame(as other: StaticString) -> Bool { "\(self)" == "\(other)" }
}
