extension InterfaceText {
    /// Swedish.
    public static let swedish = InterfaceText(
        language: "sv",
        bannerLabel: "Val av cookies",
        bannerTitle: "Cookies på den här webbplatsen",
        bannerText: """
            Vissa cookies behövs för att webbplatsen ska fungera. De andra är frivilliga, och du väljer om du vill \
            tillåta dem. Du kan när som helst ändra ditt val under ”Inställningar för cookies”.
            """,
        acceptAll: "Godkänn alla",
        rejectAll: "Avvisa alla",
        settings: "Inställningar",
        settingsTitle: "Inställningar för cookies",
        settingsText: """
            Markera det du vill tillåta. Det som inte är markerat förblir avstängt. Ditt val gäller bara i den här \
            webbläsaren, och du kan komma tillbaka hit och ändra det.
            """,
        save: "Spara valet",
        back: "Tillbaka utan ändringar",
        required: "Alltid på",
        requiredText: """
            Behövs för det du ber webbplatsen om, till exempel att spara din varukorg; kan inte stängas av här.
            """,
        vendors: "Mottagare",
        cookies: "Cookies",
        cookieName: "Namn",
        lifetime: "Lagringstid",
        lifetimeSession: "tills webbläsaren stängs",
        lifetimeDay: "1 dag",
        lifetimeDays: "{count} dagar",
        signalText: """
            Din webbläsare ber om att du inte ska spåras. Det följer vi: de kategorier som berörs förblir avstängda \
            så länge du inte tillåter dem här.
            """,
        changedText: "Det vi frågar om har ändrats sedan ditt senaste val, därför frågar vi igen.",
        savedText: "Ditt val har sparats.",
        failedText: "Ditt val kunde inte sparas. Inget har ändrats; försök igen.",
        settingsLink: "Inställningar för cookies",
        close: "Stäng utan ändringar",
        retry: "Ditt val kunde inte sparas. Försök igen.",
        placeholderTitle: "Innehåll från {vendor} visas inte",
        placeholderText: """
            Det kommer från en annan tjänst, som får veta att du är här och kan lagra cookies när innehållet visas. \
            Det laddas bara om du ber om det.
            """,
        placeholderShow: "Visa innehållet",
        placeholderLink: "Öppna på {host}",
        declarationTitle: "Webbplatsens cookies",
        category: "Kategori",
        purpose: "Ändamål",
        firstParty: "den här webbplatsen",
        thirdParty: "en annan webbplats",
        receiptTitle: "Bevis på ditt val",
        receiptText: """
            Vi sparar ett bevis på ditt val: vad du tillfrågades om och vad du svarade. Det innehåller varken ditt \
            namn eller din adress.
            """,
        receiptID: "Bevisets nummer",
        receiptDownload: "Ladda ner beviset",
        receiptErase: "Radera beviset",
        receiptErased: "Beviset har raderats.",
        receiptNone: "Det finns inget bevis på ett val i den här webbläsaren.",
        countingTitle: "Besöksstatistik",
        countingText: """
            Den här webbplatsen räknar besök utan att fråga, bara för sin egen statistik: sidor, typ av enhet och \
            webbläsare, land och vilken webbplats ett besök kom från. Ingen kaka används för det, ett besök känns \
            igen i högst en dag, och det som sparas är summor där ingen kan urskiljas. Du kan invända mot det när \
            som helst.
            """,
        countingObject: "Räkna inte mina besök",
        countingObjected: """
            Dina besök räknas inte. En kaka i den här webbläsaren minns det; den är likadan för alla som invänder.
            """,
        countingResume: "Räkna mina besök igen"
    )
}

extension CategoryTexts {
    /// Swedish.
    static let swedish = CategoryTexts(
        language: "sv",
        authentication: ("Inloggning", "Känner igen dig när du har loggat in, tills du loggar ut."),
        status: ("Inloggningsstatus", "Kommer ihåg om du är inloggad, så att sidorna visar rätt innehåll."),
        cart: ("Varukorg", "Sparar det du har lagt i varukorgen tills du beställer."),
        security: ("Säkerhet", "Skyddar formulär och ditt konto mot missbruk av andra."),
        payment: ("Betalning", "Genomför den betalning du väljer och skyddar den mot bedrägeri."),
        personalisation: (
            "Anpassning",
            "Kommer ihåg inställningar som språk och visar det som passar dina tidigare besök."
        ),
        analytics: ("Statistik", "Mäter hur webbplatsen används, med cookies som känner igen din webbläsare."),
        remarketing: (
            "Annonsering",
            "Låter annonsföretag visa dig annonser på andra ställen för det du har tittat på här."
        ),
        social: (
            "Sociala medier och videor",
            "Visar inlägg, videor och knappar från andra tjänster, som då får veta att du är här."
        ),
        chat: ("Chatt", "Låter dig prata med oss i ett chattfönster som en annan tjänst tillhandahåller.")
    )
}
