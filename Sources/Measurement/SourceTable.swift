/// A way by which visits come, as reports group sources.
enum Channel: UInt8, CaseIterable {
    case direct, search, social, email, referral, paid, assistant, `internal`

    /// The word in reports.
    var name: StaticString {
        switch self {
        case .direct: "direct"
        case .search: "search"
        case .social: "social"
        case .email: "email"
        case .referral: "referral"
        case .paid: "paid"
        case .assistant: "assistant"
        case .internal: "internal"
        }
    }
}

/// Referring hosts that are known by name. `google.*` is the host or any below it under whatever public suffix; every
/// other pattern is the host or any below it. The first that fits wins.
enum SourceTable {
    struct Entry {
        let pattern: StaticString
        let name: StaticString
        let channel: Channel

        init(_ pattern: StaticString, _ name: StaticString, _ channel: Channel) {
            self.pattern = pattern
            self.name = name
            self.channel = channel
        }
    }

    static let entries: [Entry] = [
        Entry("gemini.google.com", "Gemini", .assistant), Entry("chatgpt.com", "ChatGPT", .assistant),
        Entry("chat.openai.com", "ChatGPT", .assistant), Entry("openai.com", "ChatGPT", .assistant),
        Entry("claude.ai", "Claude", .assistant), Entry("perplexity.ai", "Perplexity", .assistant),
        Entry("copilot.microsoft.com", "Copilot", .assistant), Entry("copilot.com", "Copilot", .assistant),
        Entry("meta.ai", "Meta AI", .assistant), Entry("grok.com", "Grok", .assistant),
        Entry("deepseek.com", "DeepSeek", .assistant),
        Entry("mistral.ai", "Mistral", .assistant), Entry("you.com", "You.com", .assistant),
        Entry("poe.com", "Poe", .assistant),
        Entry("phind.com", "Phind", .assistant),
        Entry("mail.google.com", "Gmail", .email), Entry("com.google.android.gm", "Gmail", .email),
        Entry("outlook.live.com", "Outlook", .email), Entry("outlook.office.com", "Outlook", .email),
        Entry("outlook.office365.com", "Outlook", .email),
        Entry("mail.yahoo.com", "Yahoo Mail", .email),
        Entry("navigator.gmx.net", "GMX", .email), Entry("deref-gmx.net", "GMX", .email),
        Entry("deref-web.de", "WEB.DE", .email),
        Entry("ads.google.com", "Google Ads", .paid), Entry("googleadservices.com", "Google Ads", .paid),
        Entry("doubleclick.net", "Google Ads", .paid), Entry("googlesyndication.com", "Google Ads", .paid),
        Entry("google.*", "Google", .search), Entry("com.google.android.googlequicksearchbox", "Google", .search),
        Entry("bing.com", "Bing", .search), Entry("duckduckgo.com", "DuckDuckGo", .search),
        Entry("search.yahoo.com", "Yahoo", .search),
        Entry("yahoo.*", "Yahoo", .search), Entry("ecosia.org", "Ecosia", .search),
        Entry("qwant.com", "Qwant", .search),
        Entry("startpage.com", "Startpage", .search), Entry("search.brave.com", "Brave Search", .search),
        Entry("yandex.*", "Yandex", .search),
        Entry("ya.ru", "Yandex", .search), Entry("baidu.com", "Baidu", .search), Entry("seznam.cz", "Seznam", .search),
        Entry("naver.com", "Naver", .search),
        Entry("daum.net", "Daum", .search), Entry("kagi.com", "Kagi", .search), Entry("mojeek.com", "Mojeek", .search),
        Entry("metager.de", "MetaGer", .search),
        Entry("swisscows.com", "Swisscows", .search), Entry("suche.t-online.de", "T-Online", .search),
        Entry("suche.web.de", "WEB.DE", .search),
        Entry("suche.gmx.net", "GMX", .search), Entry("search.aol.com", "AOL", .search),
        Entry("ask.com", "Ask", .search), Entry("sogou.com", "Sogou", .search),
        Entry("idealo.*", "idealo", .referral), Entry("geizhals.*", "Geizhals", .referral),
        Entry("billiger.de", "billiger.de", .referral),
        Entry("facebook.com", "Facebook", .social), Entry("fb.com", "Facebook", .social),
        Entry("fb.me", "Facebook", .social),
        Entry("messenger.com", "Facebook", .social), Entry("instagram.com", "Instagram", .social),
        Entry("threads.net", "Threads", .social),
        Entry("threads.com", "Threads", .social), Entry("t.co", "X", .social), Entry("twitter.com", "X", .social),
        Entry("x.com", "X", .social),
        Entry("linkedin.com", "LinkedIn", .social), Entry("lnkd.in", "LinkedIn", .social),
        Entry("xing.com", "XING", .social),
        Entry("pinterest.*", "Pinterest", .social), Entry("pin.it", "Pinterest", .social),
        Entry("reddit.com", "Reddit", .social),
        Entry("redd.it", "Reddit", .social), Entry("tiktok.com", "TikTok", .social),
        Entry("youtube.com", "YouTube", .social),
        Entry("youtu.be", "YouTube", .social), Entry("bsky.app", "Bluesky", .social),
        Entry("mastodon.social", "Mastodon", .social),
        Entry("snapchat.com", "Snapchat", .social), Entry("tumblr.com", "Tumblr", .social),
        Entry("vk.com", "VK", .social), Entry("ok.ru", "OK", .social),
        Entry("whatsapp.com", "WhatsApp", .social), Entry("wa.me", "WhatsApp", .social),
        Entry("t.me", "Telegram", .social),
        Entry("telegram.org", "Telegram", .social), Entry("discord.com", "Discord", .social),
        Entry("quora.com", "Quora", .social),
        Entry("vimeo.com", "Vimeo", .social), Entry("twitch.tv", "Twitch", .social),
        Entry("news.ycombinator.com", "Hacker News", .social),
        Entry("nextdoor.*", "Nextdoor", .social), Entry("weibo.com", "Weibo", .social),
        Entry("flipboard.com", "Flipboard", .social),
    ]

    /// Values of `utm_medium` that name a channel.
    static let media: [(word: StaticString, channel: Channel)] = [
        ("cpc", .paid), ("ppc", .paid), ("paid", .paid), ("paidsearch", .paid), ("paid_search", .paid),
        ("paidsocial", .paid),
        ("paid_social", .paid), ("paid-social", .paid), ("cpm", .paid), ("cpv", .paid), ("display", .paid),
        ("banner", .paid),
        ("ads", .paid), ("ad", .paid), ("retargeting", .paid), ("remarketing", .paid), ("shopping", .paid),
        ("affiliate", .paid),
        ("email", .email), ("e-mail", .email), ("mail", .email), ("newsletter", .email), ("mailing", .email),
        ("social", .social), ("social-media", .social), ("social_media", .social), ("sm", .social),
        ("organic_social", .social),
        ("organic", .search), ("referral", .referral),
    ]

    /// Parameters that advertising networks add to the addresses of paid links.
    static let paidParameters: [StaticString] = [
        "gclid", "gbraid", "wbraid", "msclkid", "dclid", "gad_source", "ttclid", "twclid", "li_fat_id",
    ]
}
