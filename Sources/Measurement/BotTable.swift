/// The automatic clients that are told apart, and the reason why each is taken for one: tokens in lowercase, the first
/// that occurs wins.
enum BotTable {
    struct Entry {
        let token: StaticString
        /// The word in reports: a name, or the reason in brackets.
        let name: StaticString

        init(_ token: StaticString, _ name: StaticString) {
            self.token = token
            self.name = name
        }
    }

    static let entries: [Entry] = [
        // Search engines and assistants, by name.
        Entry("googlebot", "Googlebot"), Entry("google-inspectiontool", "Google"), Entry("adsbot-google", "Google"),
        Entry("mediapartners-google", "Google"), Entry("apis-google", "Google"), Entry("feedfetcher-google", "Google"),
        Entry("googleother", "Google"), Entry("google-", "Google"), Entry("storebot-google", "Google"),
        Entry("google favicon", "Google"),
        Entry("google web preview", "Google"), Entry("google page speed", "Google"), Entry("bingbot", "Bingbot"),
        Entry("bingpreview", "Bingbot"),
        Entry("adidxbot", "Bingbot"), Entry("msnbot", "Bingbot"), Entry("yandex.com/bots", "Yandex"),
        Entry("yandexbot", "Yandex"),
        Entry("baiduspider", "Baiduspider"), Entry("duckduckbot", "DuckDuckBot"), Entry("duckassistbot", "DuckDuckBot"),
        Entry("applebot", "Applebot"), Entry("petalbot", "PetalBot"), Entry("seznambot", "SeznamBot"),
        Entry("qwant", "Qwantbot"),
        Entry("slurp", "Yahoo Slurp"), Entry("gptbot", "GPTBot"), Entry("chatgpt-user", "ChatGPT-User"),
        Entry("oai-searchbot", "OAI-SearchBot"), Entry("claudebot", "ClaudeBot"), Entry("claude-", "ClaudeBot"),
        Entry("anthropic-ai", "ClaudeBot"), Entry("perplexity", "PerplexityBot"), Entry("ccbot", "CCBot"),
        Entry("bytespider", "Bytespider"), Entry("amazonbot", "Amazonbot"), Entry("meta-external", "Meta"),
        Entry("facebookexternalhit", "Meta"), Entry("facebot", "Meta"), Entry("facebookcatalog", "Meta"),
        Entry("ahrefs", "AhrefsBot"),
        Entry("semrush", "SemrushBot"), Entry("mj12bot", "MJ12bot"), Entry("dotbot", "DotBot"),
        Entry("dataforseo", "DataForSeoBot"), Entry("screaming frog", "Screaming Frog"),
        // Previews of links in messages.
        Entry("twitterbot", "Link preview"), Entry("linkedinbot", "Link preview"), Entry("slackbot", "Link preview"),
        Entry("slack-imgproxy", "Link preview"), Entry("telegrambot", "Link preview"),
        Entry("discordbot", "Link preview"),
        Entry("whatsapp", "Link preview"), Entry("skypeuripreview", "Link preview"),
        Entry("pinterestbot", "Link preview"),
        Entry("embedly", "Link preview"), Entry("iframely", "Link preview"), Entry("preview", "Link preview"),
        Entry("opengraph", "Link preview"),
        Entry("oembed", "Link preview"), Entry("unfurl", "Link preview"),
        // Watching and testing.
        Entry("uptime", "(monitoring)"), Entry("pingdom", "(monitoring)"), Entry("statuscake", "(monitoring)"),
        Entry("site24x7", "(monitoring)"),
        Entry("monitor", "(monitoring)"), Entry("nagios", "(monitoring)"), Entry("zabbix", "(monitoring)"),
        Entry("checkly", "(monitoring)"),
        Entry("lighthouse", "(monitoring)"), Entry("gtmetrix", "(monitoring)"), Entry("pagespeed", "(monitoring)"),
        Entry("ptst/", "(monitoring)"),
        Entry("datadog", "(monitoring)"), Entry("newrelic", "(monitoring)"), Entry("catchpoint", "(monitoring)"),
        Entry("dareboost", "(monitoring)"),
        Entry("validator", "(monitoring)"), Entry("check_http", "(monitoring)"), Entry("newspaper", "(HTTP library)"),
        // Browsers without a person.
        Entry("headless", "(headless browser)"), Entry("phantomjs", "(headless browser)"),
        Entry("puppeteer", "(headless browser)"),
        Entry("playwright", "(headless browser)"), Entry("selenium", "(headless browser)"),
        Entry("electron/0", "(headless browser)"),
        Entry("prerender", "(headless browser)"), Entry("splash", "(headless browser)"),
        Entry("htmlunit", "(headless browser)"),
        // Libraries and tools.
        Entry("curl", "(HTTP library)"), Entry("wget", "(HTTP library)"), Entry("python", "(HTTP library)"),
        Entry("aiohttp", "(HTTP library)"),
        Entry("httpx", "(HTTP library)"), Entry("scrapy", "(HTTP library)"), Entry("java/", "(HTTP library)"),
        Entry("jakarta", "(HTTP library)"),
        Entry("okhttp", "(HTTP library)"), Entry("httpclient", "(HTTP library)"),
        Entry("http-client", "(HTTP library)"), Entry("http_client", "(HTTP library)"),
        Entry("http client", "(HTTP library)"), Entry("libwww", "(HTTP library)"), Entry("lwp", "(HTTP library)"),
        Entry("axios", "(HTTP library)"),
        Entry("node-fetch", "(HTTP library)"), Entry("undici", "(HTTP library)"), Entry("got (", "(HTTP library)"),
        Entry("guzzle", "(HTTP library)"),
        Entry("postman", "(HTTP library)"), Entry("insomnia", "(HTTP library)"), Entry("httpie", "(HTTP library)"),
        Entry("ruby", "(HTTP library)"),
        Entry("php/", "(HTTP library)"), Entry("php-", "(HTTP library)"), Entry("perl", "(HTTP library)"),
        Entry("winhttp", "(HTTP library)"),
        Entry("nutch", "(HTTP library)"), Entry("heritrix", "(HTTP library)"), Entry("httrack", "(HTTP library)"),
        Entry("zgrab", "(scanner)"),
        Entry("masscan", "(scanner)"), Entry("nmap", "(scanner)"), Entry("nikto", "(scanner)"),
        Entry("nuclei", "(scanner)"), Entry("sqlmap", "(scanner)"),
        Entry("wpscan", "(scanner)"), Entry("censys", "(scanner)"), Entry("expanse", "(scanner)"),
        Entry("internetmeasurement", "(scanner)"), Entry("scan", "(scanner)"),
        // Feeds.
        Entry("feed", "(feed reader)"), Entry("rss", "(feed reader)"), Entry("netvibes", "(feed reader)"),
        Entry("newsblur", "(feed reader)"), Entry("inoreader", "(feed reader)"),
        // What calls itself one.
        Entry("bot", "(calls itself a bot)"), Entry("crawl", "(calls itself a crawler)"),
        Entry("spider", "(calls itself a crawler)"),
        Entry("scrap", "(calls itself a crawler)"), Entry("archiver", "(calls itself a crawler)"),
        Entry("archive", "(calls itself a crawler)"), Entry("fetch", "(calls itself a crawler)"),
        Entry("indexer", "(calls itself a crawler)"), Entry("search/", "(calls itself a crawler)"),
        Entry("seo", "(calls itself a crawler)"),
        Entry("agent/", "(calls itself a crawler)"), Entry("analy", "(calls itself a crawler)"),
        Entry("+http", "(names a web page)"),
        Entry("http://", "(names a web page)"), Entry("https://", "(names a web page)"),
        Entry("www.", "(names a web page)"), Entry(".com", "(names a web page)"),
        Entry("agent)", "(calls itself a crawler)"), Entry("@", "(names a web page)"),
    ]

    static let noUserAgent: StaticString = "(no user agent)"
    static let noBrowser: StaticString = "(no browser)"

    /// Names by the number that `UserAgentClass.bot` holds, less one.
    static let names: [StaticString] = {
        var names: [StaticString] = [noUserAgent, noBrowser]
        for entry in entries where !names.contains(where: { $0.isSame(as: entry.name) }) { names.append(entry.name) }
        return names
    }()

    /// The number of each entry's name.
    static let nameNumbers: [UInt16] = entries.map { entry in
        UInt16((names.firstIndex { $0.isSame(as: entry.name) } ?? 0) + 1)
    }
}
