extension InterfaceText {
    /// Dutch.
    public static let dutch = InterfaceText(
        language: "nl",
        bannerLabel: "Cookiekeuze",
        bannerTitle: "Cookies op deze site",
        bannerText: """
            Sommige cookies zijn nodig om deze site te laten werken. De andere zijn optioneel, en u bepaalt of u ze \
            toestaat. U kunt uw keuze op elk moment wijzigen onder ‘Cookie-instellingen’.
            """,
        acceptAll: "Alles accepteren",
        rejectAll: "Alles weigeren",
        settings: "Instellingen",
        settingsTitle: "Cookie-instellingen",
        settingsText: """
            Vink aan wat u wilt toestaan. Wat niet is aangevinkt, blijft uit. Uw keuze geldt alleen voor deze \
            browser, en u kunt hier terugkomen om haar te wijzigen.
            """,
        save: "Keuze opslaan",
        back: "Terug zonder wijzigingen",
        required: "Altijd aan",
        requiredText: """
            Nodig voor wat u de site vraagt te doen, zoals uw winkelwagen bewaren; kan hier niet worden uitgezet.
            """,
        vendors: "Ontvangers",
        cookies: "Cookies",
        cookieName: "Naam",
        lifetime: "Bewaartijd",
        lifetimeSession: "tot de browser wordt gesloten",
        lifetimeDay: "1 dag",
        lifetimeDays: "{count} dagen",
        signalText: """
            Uw browser vraagt om u niet te volgen. Daar houden wij ons aan: de betreffende categorieën blijven uit \
            zolang u ze hier niet toestaat.
            """,
        changedText: "Wat wij vragen is sinds uw laatste keuze veranderd; daarom vragen wij het opnieuw.",
        savedText: "Uw keuze is opgeslagen.",
        failedText: "Uw keuze kon niet worden opgeslagen. Er is niets veranderd; probeer het opnieuw.",
        settingsLink: "Cookie-instellingen",
        close: "Sluiten zonder wijzigingen",
        retry: "Uw keuze kon niet worden opgeslagen. Probeer het opnieuw.",
        placeholderTitle: "Inhoud van {vendor} wordt niet getoond",
        placeholderText: """
            De inhoud komt van een andere dienst, die van uw bezoek te weten komt en cookies kan opslaan zodra de \
            inhoud wordt getoond. Er wordt alleen iets geladen als u daarom vraagt.
            """,
        placeholderShow: "Deze inhoud tonen",
        placeholderLink: "Openen op {host}",
        declarationTitle: "Cookies van deze site",
        category: "Categorie",
        purpose: "Doel",
        firstParty: "deze site",
        thirdParty: "een andere site",
        receiptTitle: "Bewijs van uw keuze",
        receiptText: """
            Wij bewaren een bewijs van uw keuze: wat u is gevraagd en wat u hebt geantwoord. Het bevat noch uw naam, \
            noch uw adres.
            """,
        receiptID: "Nummer van het bewijs",
        receiptDownload: "Bewijs downloaden",
        receiptErase: "Bewijs wissen",
        receiptErased: "Het bewijs is gewist.",
        receiptNone: "Er is geen bewijs van een keuze in deze browser.",
        countingTitle: "Bezoekstatistieken",
        countingText: """
            Deze site telt bezoeken zonder te vragen, alleen voor de eigen statistieken: pagina’s, soort apparaat en \
            browser, land en de site waar een bezoek vandaan kwam. Daarvoor wordt geen cookie gebruikt, een bezoek \
            wordt hooguit één dag herkend en er worden alleen totalen bewaard waarin niemand te herkennen is. U kunt \
            hier altijd bezwaar tegen maken.
            """,
        countingObject: "Mijn bezoeken niet tellen",
        countingObjected: """
            Uw bezoeken worden niet geteld. Een cookie in deze browser onthoudt dat; die is gelijk voor iedereen die \
            bezwaar maakt.
            """,
        countingResume: "Mijn bezoeken weer tellen"
    )
}

extension CategoryTexts {
    /// Dutch.
    static let dutch = CategoryTexts(
        language: "nl",
        authentication: ("Aanmelden", "Herkent u nadat u zich hebt aangemeld, tot u zich afmeldt."),
        status: ("Aanmeldstatus", "Onthoudt of u bent aangemeld, zodat de pagina’s het juiste tonen."),
        cart: ("Winkelwagen", "Bewaart wat u in uw winkelwagen hebt gelegd tot u bestelt."),
        security: ("Beveiliging", "Beschermt formulieren en uw account tegen misbruik door anderen."),
        payment: ("Betaling", "Voert de betaling uit die u kiest en beschermt die tegen fraude."),
        personalisation: (
            "Personalisatie",
            "Onthoudt instellingen zoals de taal en toont u wat bij uw eerdere bezoeken past."
        ),
        analytics: ("Statistieken", "Meet hoe de site wordt gebruikt, met cookies die uw browser herkennen."),
        remarketing: (
            "Advertenties",
            "Laat reclamebedrijven u elders advertenties tonen voor wat u hier hebt bekeken."
        ),
        social: (
            "Sociale media en video’s",
            "Toont berichten, video’s en knoppen van andere diensten, die dan van uw bezoek te weten komen."
        ),
        chat: ("Chat", "Laat u met ons praten in een chatvenster dat een andere dienst levert.")
    )
}
