extension InterfaceText {
    /// German.
    public static let german = InterfaceText(
        language: "de",
        bannerLabel: "Cookie-Auswahl",
        bannerTitle: "Cookies auf dieser Website",
        bannerText: """
            Einige Cookies sind nötig, damit diese Website funktioniert. Die anderen sind freiwillig, und Sie \
            entscheiden, ob Sie sie zulassen. Ihre Auswahl können Sie jederzeit unter „Cookie-Einstellungen“ ändern.
            """,
        acceptAll: "Alle annehmen",
        rejectAll: "Alle ablehnen",
        settings: "Einstellungen",
        settingsTitle: "Cookie-Einstellungen",
        settingsText: """
            Kreuzen Sie an, was Sie zulassen möchten. Was nicht angekreuzt ist, bleibt aus. Ihre Auswahl gilt nur für \
            diesen Browser, und Sie können sie hier wieder ändern.
            """,
        save: "Auswahl speichern",
        back: "Zurück ohne Änderung",
        required: "Immer an",
        requiredText: """
            Nötig für das, was Sie auf der Website tun möchten, zum Beispiel für den Warenkorb; hier nicht abschaltbar.
            """,
        vendors: "Empfänger",
        cookies: "Cookies",
        cookieName: "Name",
        lifetime: "Speicherdauer",
        lifetimeSession: "bis der Browser geschlossen wird",
        lifetimeDay: "1 Tag",
        lifetimeDays: "{count} Tage",
        signalText: """
            Ihr Browser bittet darum, Sie nicht zu verfolgen. Daran halten wir uns: Die betroffenen Kategorien bleiben \
            aus, solange Sie sie nicht hier zulassen.
            """,
        changedText: "Seit Ihrer letzten Auswahl hat sich geändert, worum wir bitten. Deshalb fragen wir noch einmal.",
        savedText: "Ihre Auswahl ist gespeichert.",
        failedText:
            "Ihre Auswahl konnte nicht gespeichert werden. Es wurde nichts geändert; bitte versuchen Sie es erneut.",
        settingsLink: "Cookie-Einstellungen",
        close: "Schließen ohne Änderung",
        retry: "Ihre Auswahl konnte nicht gespeichert werden. Bitte versuchen Sie es erneut.",
        placeholderTitle: "Inhalt von {vendor} wird nicht angezeigt",
        placeholderText: """
            Er kommt von einem anderen Dienst, der von Ihrem Besuch erfährt und Cookies speichern kann, sobald er \
            angezeigt wird. Er wird nur geladen, wenn Sie es wünschen.
            """,
        placeholderShow: "Diesen Inhalt anzeigen",
        placeholderLink: "Bei {host} öffnen",
        declarationTitle: "Cookies dieser Website",
        category: "Kategorie",
        purpose: "Zweck",
        firstParty: "diese Website",
        thirdParty: "eine andere Website",
        receiptTitle: "Ihr Nachweis",
        receiptText: """
            Wir bewahren einen Nachweis Ihrer Auswahl auf: wonach Sie gefragt wurden und was Sie geantwortet haben. Er \
            enthält weder Ihren Namen noch Ihre Adresse.
            """,
        receiptID: "Nummer des Nachweises",
        receiptDownload: "Nachweis herunterladen",
        receiptErase: "Nachweis löschen",
        receiptErased: "Der Nachweis ist gelöscht.",
        receiptNone: "Zu diesem Browser gibt es keinen Nachweis.",
        countingTitle: "Besuchsstatistik",
        countingText: """
            Diese Website zählt Besuche ohne Nachfrage, nur für ihre eigene Statistik: Seiten, Art des Geräts und \
            Browsers, das Land und von welcher Website ein Besuch kam. Dafür wird kein Cookie verwendet, ein Besuch \
            wird höchstens einen Tag lang wiedererkannt, und aufbewahrt werden nur Summen, in denen niemand zu \
            erkennen ist. Sie können dem jederzeit widersprechen.
            """,
        countingObject: "Meine Besuche nicht zählen",
        countingObjected: """
            Ihre Besuche werden nicht gezählt. Das merkt sich ein Cookie in diesem Browser; er ist bei allen gleich, \
            die widersprechen.
            """,
        countingResume: "Meine Besuche wieder zählen"
    )
}

extension CategoryTexts {
    /// German.
    static let german = CategoryTexts(
        language: "de",
        authentication: ("Anmeldung", "Erkennt Sie wieder, nachdem Sie sich angemeldet haben, bis Sie sich abmelden."),
        status: ("Anmeldestatus", "Merkt sich, ob Sie angemeldet sind, damit die Seiten das Richtige zeigen."),
        cart: ("Warenkorb", "Bewahrt auf, was Sie in den Warenkorb gelegt haben, bis Sie bestellen."),
        security: ("Sicherheit", "Schützt Formulare und Ihr Konto vor Missbrauch durch andere."),
        payment: ("Zahlung", "Führt die Zahlung aus, die Sie wählen, und schützt sie vor Betrug."),
        personalisation: (
            "Personalisierung",
            "Merkt sich Einstellungen wie die Sprache und zeigt Ihnen, was zu Ihren früheren Besuchen passt."
        ),
        analytics: (
            "Statistik",
            "Misst, wie die Website genutzt wird, mit Cookies, die Ihren Browser wiedererkennen."
        ),
        remarketing: (
            "Werbung",
            "Erlaubt Werbefirmen, Ihnen anderswo Anzeigen für das zu zeigen, was Sie hier angesehen haben."
        ),
        social: (
            "Soziale Medien und Videos",
            "Zeigt Beiträge, Videos und Schaltflächen anderer Dienste, die dann von Ihrem Besuch erfahren."
        ),
        chat: ("Chat", "Lässt Sie mit uns in einem Chatfenster sprechen, das ein anderer Dienst bereitstellt.")
    )
}
