extension Metric {
    /// What it counts, in a sentence.
    public var definition: String {
        switch self {
        case .pageViews:
            "Successful requests for a document by a user agent that is no robot; prefetches and prerenders are left out."
        case .visits:
            "Page views of one visitor less than 30 minutes apart; a visit that crosses midnight belongs to the day it began."
        case .visitors:
            "Distinct visitors of one day: an address and a browser. Nothing recognises a visitor on another day, so a "
                + "longer period shows the days' numbers, summed."
        case .bounces: "Visits of one page view without a conversion; told of a visitor's first visit of a day."
        case .entries: "First visits of a day that began with the page."
        case .exits: "First visits of a day that ended with the page."
        case .conversions: "Goals of the rules that were reached, each at most once per visit."
        case .count: "How often it happened."
        case .pagesPerVisit: "Page views ÷ visits, both of visitors who are measured in full."
        case .bounceRate: "Bounces ÷ first visits of a day; of an entry page, bounces ÷ entries."
        case .conversionRate: "Conversions ÷ visits."
        case .conversionsPerVisitor: "Conversions ÷ daily visitors."
        case .consentRate: "Answers that agreed to something ÷ answers."
        }
    }
}

extension ReportSection {
    /// What its rows are, in a sentence.
    public var definition: String {
        switch self {
        case .summary: "The figures of the whole site."
        case .days: "The figures day by day, in the site's time zone."
        case .pages: "Page views by page: the path, with numbers, tokens and e-mail addresses as :id."
        case .entries: "The first page of a visit."
        case .exits: "The last page of a visit."
        case .paths: "A page and the next page of the same visit."
        case .sources:
            "The site that led to a visit's first page; (direct) without one. A return from a payment page starts nothing."
        case .channels:
            "What kind of source it was: search, social, email, referral, paid, assistant, direct or internal."
        case .campaigns: "The campaign words in the address of a visit's first page, as far as the rules list them."
        case .places: "The country or subdivision of a visitor's address, never finer."
        case .browsers: "Browser and major version."
        case .systems: "The operating system."
        case .devices: "The kind of device."
        case .hours: "The hour of the site's day."
        case .weekdays: "The day of the week."
        case .week: "The hours of each day of the week, added up from the hours of single days."
        case .lengths: "Seconds from the first to the last request of a visit; 0 for a bounce."
        case .depths: "Page views of a visit."
        case .conversions: "The goals of the rules."
        case .consent:
            "What visitors answered when they were asked about cookies; gpc: refused by their browser's signal; agreed: to "
                + "all or a part, which are too few to be told apart."
        case .languages:
            "The same answers by the language of the question, of days on which both agreement and refusal in it are shown."
        case .cookies: "Cookies that were kept from the browser or the shop, as there was no consent to them."
        case .unknown: "Cookies that no rule names: how often they were seen, passed on or withheld."
        case .hosts:
            "Other companies' hosts that pages would have loaded something from before there was consent to it."
        case .bots: "Page views of robots by name. They are in no other figure."
        case .reasons: "Page views of robots by what gives them away."
        case .missing: "Documents that were asked for and not there (404, 410)."
        case .downloads: "Files that were fetched."
        case .outbound: "Other hosts that the shop led a visitor to, such as a payment service."
        case .searches: "Words that visitors who agreed to analytics searched the shop for."
        }
    }
}

/// What the figures of a report mean, for a reader at a terminal.
public enum Definitions {
    /// What none of the figures contains, in a sentence.
    public static let unseen =
        "A proxy does not see pages that a browser shows from its cache, navigation within a page, or the time spent on "
        + "a visit's last page. Robots are left out."

    /// Every figure and every part with its definition; ends with a line break.
    public static func text(width: Int = 80) -> String {
        let width = min(max(width, 40), 100)
        var output = "Figures\n"
        for metric in Metric.allCases { output += entry(metric.title(days: 2), metric.definition, width) }
        output += "\nParts\n"
        for section in ReportSection.allCases {
            output += entry("\(section.title) (\(section.rawValue))", section.definition, width)
        }
        output += "\nNot seen\n" + entry("", unseen, width)
        return output
    }

    private static func entry(_ term: String, _ definition: String, _ width: Int) -> String {
        let lines = wrapped(definition, to: width - 4).map { "    " + $0 + "\n" }.joined()
        return (term.isEmpty ? "" : "  " + term + "\n") + lines
    }
}
