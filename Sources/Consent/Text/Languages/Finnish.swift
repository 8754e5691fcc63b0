extension InterfaceText {
    /// Finnish.
    public static let finnish = InterfaceText(
        language: "fi",
        bannerLabel: "Evästevalinta",
        bannerTitle: "Tämän sivuston evästeet",
        bannerText: """
            Osa evästeistä on välttämättömiä, jotta sivusto toimii. Muut ovat valinnaisia, ja sinä päätät, sallitko \
            ne. Voit muuttaa valintaasi milloin tahansa kohdassa ”Evästeasetukset”.
            """,
        acceptAll: "Hyväksy kaikki",
        rejectAll: "Hylkää kaikki",
        settings: "Asetukset",
        settingsTitle: "Evästeasetukset",
        settingsText: """
            Merkitse, mitä haluat sallia. Merkitsemättä jätetyt pysyvät poissa käytöstä. Valinta koskee vain tätä \
            selainta, ja voit palata tänne muuttamaan sitä.
            """,
        save: "Tallenna valinta",
        back: "Takaisin ilman muutoksia",
        required: "Aina käytössä",
        requiredText: """
            Tarvitaan siihen, mitä pyydät sivustoa tekemään, kuten ostoskorin säilyttämiseen; ei voi poistaa \
            käytöstä täällä.
            """,
        vendors: "Vastaanottajat",
        cookies: "Evästeet",
        cookieName: "Nimi",
        lifetime: "Säilytysaika",
        lifetimeSession: "kunnes selain suljetaan",
        lifetimeDay: "1 päivä",
        lifetimeDays: "{count} päivää",
        signalText: """
            Selaimesi pyytää, ettei sinua seurata. Noudatamme pyyntöä: kyseiset luokat pysyvät poissa käytöstä, \
            ellet salli niitä täällä.
            """,
        changedText: "Se, mihin pyydämme lupaa, on muuttunut edellisen valintasi jälkeen, joten kysymme uudelleen.",
        savedText: "Valintasi on tallennettu.",
        failedText: "Valintaasi ei voitu tallentaa. Mikään ei ole muuttunut; yritä uudelleen.",
        settingsLink: "Evästeasetukset",
        close: "Sulje ilman muutoksia",
        retry: "Valintaasi ei voitu tallentaa. Yritä uudelleen.",
        placeholderTitle: "Palvelun {vendor} sisältöä ei näytetä",
        placeholderText: """
            Sisältö tulee toisesta palvelusta, joka saa tiedon käynnistäsi ja voi tallentaa evästeitä, kun sisältö \
            näytetään. Se ladataan vain, jos pyydät sitä.
            """,
        placeholderShow: "Näytä tämä sisältö",
        placeholderLink: "Avaa osoitteessa {host}",
        declarationTitle: "Sivuston evästeet",
        category: "Luokka",
        purpose: "Käyttötarkoitus",
        firstParty: "tämä sivusto",
        thirdParty: "toinen sivusto",
        receiptTitle: "Todiste valinnastasi",
        receiptText: """
            Säilytämme valinnastasi todisteen: mitä sinulta kysyttiin ja mitä vastasit. Se ei sisällä nimeäsi eikä \
            osoitettasi.
            """,
        receiptID: "Todisteen numero",
        receiptDownload: "Lataa todiste",
        receiptErase: "Poista todiste",
        receiptErased: "Todiste on poistettu.",
        receiptNone: "Tässä selaimessa tehdystä valinnasta ei ole todistetta.",
        countingTitle: "Käyntitilastot",
        countingText: """
            Tämä sivusto laskee käynnit kysymättä, vain omia tilastojaan varten: sivut, laitteen ja selaimen tyypin, \
            maan ja sivuston, jolta käynti tuli. Siihen ei käytetä evästettä, käynti tunnistetaan enintään yhden \
            päivän ajan, ja säilytettävät tiedot ovat summia, joista ketään ei voi erottaa. Voit vastustaa tätä \
            milloin tahansa.
            """,
        countingObject: "Älä laske käyntejäni",
        countingObjected: """
            Käyntejäsi ei lasketa. Tämän selaimen eväste muistaa sen; se on sama kaikilla vastustaneilla.
            """,
        countingResume: "Laske käyntini taas"
    )
}

extension CategoryTexts {
    /// Finnish.
    static let finnish = CategoryTexts(
        language: "fi",
        authentication: ("Kirjautuminen", "Tunnistaa sinut kirjautumisen jälkeen, kunnes kirjaudut ulos."),
        status: ("Kirjautumisen tila", "Muistaa, oletko kirjautunut, jotta sivut näyttävät oikean sisällön."),
        cart: ("Ostoskori", "Säilyttää ostoskorin sisällön, kunnes tilaat."),
        security: ("Turvallisuus", "Suojaa lomakkeita ja tiliäsi muiden väärinkäytöltä."),
        payment: ("Maksaminen", "Suorittaa valitsemasi maksun ja suojaa sitä petoksilta."),
        personalisation: (
            "Mukauttaminen",
            "Muistaa asetuksia, kuten kielen, ja näyttää aiempiin käynteihisi sopivaa sisältöä."
        ),
        analytics: ("Tilastointi", "Mittaa sivuston käyttöä evästeillä, jotka tunnistavat selaimesi."),
        remarketing: (
            "Mainonta",
            "Antaa mainosyritysten näyttää sinulle muualla mainoksia siitä, mitä katsoit täällä."
        ),
        social: (
            "Sosiaalinen media ja videot",
            """
            Näyttää muiden palvelujen julkaisuja, videoita ja painikkeita, jolloin nämä palvelut saavat tiedon \
            käynnistäsi.
            """
        ),
        chat: ("Chat", "Mahdollistaa keskustelun kanssamme toisen palvelun tarjoamassa chat-ikkunassa.")
    )
}
