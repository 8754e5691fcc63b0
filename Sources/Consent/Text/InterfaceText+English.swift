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
        settingsLink: "Cookie settings"
    )
}
