extension InterfaceText {
    /// English.
    public static let english = InterfaceText(
        language: "en",
        bannerLabel: "Cookie choice",
        bannerTitle: "Cookies on this site",
        bannerText: """
            Some cookies are needed for this site to work. The others are optional, and you choose whether to allow \
            them. You can change your choice at any time under “Cookie settings”.
            """,
        acceptAll: "Accept all",
        rejectAll: "Reject all",
        settings: "Settings",
        settingsTitle: "Cookie settings",
        settingsText: """
            Tick what you want to allow. What is not ticked stays off. Your choice is kept for this browser only, and \
            you can come back here to change it.
            """,
        save: "Save choice",
        back: "Back without changes",
        required: "Always on",
        requiredText:
            "Needed for what you ask the site to do, such as keeping your cart; it cannot be switched off here.",
        vendors: "Recipients",
        cookies: "Cookies",
        cookieName: "Name",
        lifetime: "Kept for",
        lifetimeSession: "until the browser is closed",
        lifetimeDay: "1 day",
        lifetimeDays: "{count} days",
        signalText: """
            Your browser asks not to be tracked. We follow that: the categories concerned stay off unless you allow \
            them here.
            """,
        changedText: "What we ask for has changed since your last choice, so we ask again.",
        savedText: "Your choice has been saved.",
        failedText: "Your choice could not be saved. Nothing has changed; please try again.",
        settingsLink: "Cookie settings",
        close: "Close without changes",
        retry: "Your choice could not be stored. Please try again.",
        placeholderTitle: "Content of {vendor} is not shown",
        placeholderText: """
            It comes from another service, which learns of your visit and may store cookies once it is shown. It is \
            loaded only if you ask for it.
            """,
        placeholderShow: "Show this content",
        placeholderLink: "Open it at {host}",
        declarationTitle: "Cookies of this site",
        category: "Category",
        purpose: "Purpose",
        firstParty: "this site",
        thirdParty: "another site",
        receiptTitle: "Your record",
        receiptText: """
            We keep a record of your choice as evidence of what you were asked and what you answered. It holds neither \
            your name nor your address.
            """,
        receiptID: "Number of the record",
        receiptDownload: "Download the record",
        receiptErase: "Erase the record",
        receiptErased: "The record has been erased.",
        receiptNone: "There is no record of a choice made in this browser.",
        countingTitle: "Visit statistics",
        countingText: """
            This site counts visits without asking, for statistics of its own: pages, the kind of device and \
            browser, the country, and which site a visit came from. No cookie is used for it, a visit is recognised \
            for one day at most, and what is kept are sums in which nobody can be told apart. You can object at any \
            time.
            """,
        countingObject: "Do not count my visits",
        countingObjected: """
            Your visits are not counted. A cookie of this browser keeps that; it is the same for everybody who \
            objects.
            """,
        countingResume: "Count my visits again"
    )
}

extension CategoryTexts {
    /// English.
    static let english = CategoryTexts(
        language: "en",
        authentication: ("Sign-in", "Recognises you after you have signed in, until you sign out."),
        status: ("Sign-in status", "Remembers whether you are signed in, so that pages show the right thing."),
        cart: ("Shopping cart", "Keeps what you have put into your cart until you order."),
        security: ("Security", "Protects forms and your account against misuse by others."),
        payment: ("Payment", "Carries out the payment you choose and protects it against fraud."),
        personalisation: (
            "Personalisation",
            "Remembers settings such as language, and shows you what fits your earlier visits."
        ),
        analytics: ("Analytics", "Measures how the site is used, with cookies that recognise your browser."),
        remarketing: ("Advertising", "Lets advertising companies show you ads elsewhere for what you looked at here."),
        social: (
            "Social media and videos",
            "Shows posts, videos and buttons of other services, which then learn of your visit."
        ),
        chat: ("Chat", "Lets you talk to us in a chat window that another service provides.")
    )
}
