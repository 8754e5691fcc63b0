extension InterfaceText {
    /// Danish.
    public static let danish = InterfaceText(
        language: "da",
        bannerLabel: "Valg af cookies",
        bannerTitle: "Cookies på dette websted",
        bannerText: """
            Nogle cookies er nødvendige, for at webstedet kan fungere. De andre er valgfrie, og du bestemmer, om du \
            vil tillade dem. Du kan til enhver tid ændre dit valg under »Cookieindstillinger«.
            """,
        acceptAll: "Tillad alle",
        rejectAll: "Afvis alle",
        settings: "Indstillinger",
        settingsTitle: "Cookieindstillinger",
        settingsText: """
            Sæt kryds ved det, du vil tillade. Det, der ikke er sat kryds ved, forbliver slået fra. Dit valg gælder \
            kun for denne browser, og du kan vende tilbage hertil og ændre det.
            """,
        save: "Gem valget",
        back: "Tilbage uden ændringer",
        required: "Altid slået til",
        requiredText: """
            Nødvendigt for det, du beder webstedet om, for eksempel at gemme din kurv; kan ikke slås fra her.
            """,
        vendors: "Modtagere",
        cookies: "Cookies",
        cookieName: "Navn",
        lifetime: "Opbevaringstid",
        lifetimeSession: "indtil browseren lukkes",
        lifetimeDay: "1 dag",
        lifetimeDays: "{count} dage",
        signalText: """
            Din browser beder om, at du ikke spores. Det retter vi os efter: De berørte kategorier forbliver slået \
            fra, medmindre du tillader dem her.
            """,
        changedText: "Det, vi beder om, er ændret siden dit seneste valg, og derfor spørger vi igen.",
        savedText: "Dit valg er gemt.",
        failedText: "Dit valg kunne ikke gemmes. Intet er ændret; prøv igen.",
        settingsLink: "Cookieindstillinger",
        close: "Luk uden ændringer",
        retry: "Dit valg kunne ikke gemmes. Prøv igen.",
        placeholderTitle: "Indhold fra {vendor} vises ikke",
        placeholderText: """
            Det kommer fra en anden tjeneste, som får kendskab til dit besøg og kan gemme cookies, når det vises. \
            Det indlæses kun, hvis du beder om det.
            """,
        placeholderShow: "Vis dette indhold",
        placeholderLink: "Åbn på {host}",
        declarationTitle: "Webstedets cookies",
        category: "Kategori",
        purpose: "Formål",
        firstParty: "dette websted",
        thirdParty: "et andet websted",
        receiptTitle: "Bevis for dit valg",
        receiptText: """
            Vi opbevarer et bevis for dit valg: hvad du blev spurgt om, og hvad du svarede. Det indeholder hverken \
            dit navn eller din adresse.
            """,
        receiptID: "Bevisets nummer",
        receiptDownload: "Hent beviset",
        receiptErase: "Slet beviset",
        receiptErased: "Beviset er slettet.",
        receiptNone: "Der er intet bevis for et valg i denne browser.",
        countingTitle: "Besøgsstatistik",
        countingText: """
            Dette websted tæller besøg uden at spørge, kun til sin egen statistik: sider, type af enhed og browser, \
            land og hvilket websted et besøg kom fra. Der bruges ingen cookie til det, et besøg genkendes højst i én \
            dag, og det, der gemmes, er summer, hvor ingen kan skelnes. Du kan gøre indsigelse når som helst.
            """,
        countingObject: "Tæl ikke mine besøg",
        countingObjected: """
            Dine besøg tælles ikke. En cookie i denne browser husker det; den er ens for alle, der gør indsigelse.
            """,
        countingResume: "Tæl mine besøg igen"
    )
}

extension CategoryTexts {
    /// Danish.
    static let danish = CategoryTexts(
        language: "da",
        authentication: ("Login", "Genkender dig, når du har logget ind, indtil du logger ud."),
        status: ("Loginstatus", "Husker, om du er logget ind, så siderne viser det rigtige."),
        cart: ("Kurv", "Gemmer det, du har lagt i kurven, indtil du bestiller."),
        security: ("Sikkerhed", "Beskytter formularer og din konto mod misbrug fra andres side."),
        payment: ("Betaling", "Gennemfører den betaling, du vælger, og beskytter den mod svindel."),
        personalisation: (
            "Personlig tilpasning",
            "Husker indstillinger som sprog og viser dig det, der passer til dine tidligere besøg."
        ),
        analytics: ("Statistik", "Måler, hvordan webstedet bruges, med cookies, der genkender din browser."),
        remarketing: (
            "Annoncering",
            "Lader annoncefirmaer vise dig annoncer andre steder for det, du har set på her."
        ),
        social: (
            "Sociale medier og videoer",
            "Viser opslag, videoer og knapper fra andre tjenester, som så får kendskab til dit besøg."
        ),
        chat: ("Chat", "Lader dig tale med os i et chatvindue, som en anden tjeneste leverer.")
    )
}
