extension InterfaceText {
    /// Italian.
    public static let italian = InterfaceText(
        language: "it",
        bannerLabel: "Scelta sui cookie",
        bannerTitle: "Cookie su questo sito",
        bannerText: """
            Alcuni cookie sono necessari al funzionamento di questo sito. Gli altri sono facoltativi e sei tu a \
            decidere se consentirli. Puoi cambiare la tua scelta in qualsiasi momento in «Impostazioni dei cookie».
            """,
        acceptAll: "Accetta tutti",
        rejectAll: "Rifiuta tutti",
        settings: "Impostazioni",
        settingsTitle: "Impostazioni dei cookie",
        settingsText: """
            Seleziona ciò che vuoi consentire. Ciò che non è selezionato resta disattivato. La scelta vale solo per \
            questo browser e puoi tornare qui per cambiarla.
            """,
        save: "Salva la scelta",
        back: "Indietro senza modifiche",
        required: "Sempre attivi",
        requiredText: """
            Necessari per ciò che chiedi al sito, per esempio conservare il carrello; qui non si possono \
            disattivare.
            """,
        vendors: "Destinatari",
        cookies: "Cookie",
        cookieName: "Nome",
        lifetime: "Durata",
        lifetimeSession: "fino alla chiusura del browser",
        lifetimeDay: "1 giorno",
        lifetimeDays: "{count} giorni",
        signalText: """
            Il tuo browser chiede che tu non sia tracciato. Ne teniamo conto: le categorie interessate restano \
            disattivate finché non le consenti qui.
            """,
        changedText: "Ciò che chiediamo è cambiato dalla tua ultima scelta, perciò lo chiediamo di nuovo.",
        savedText: "La tua scelta è stata salvata.",
        failedText: "Non è stato possibile salvare la tua scelta. Non è cambiato nulla; riprova.",
        settingsLink: "Impostazioni dei cookie",
        close: "Chiudi senza modifiche",
        retry: "Non è stato possibile salvare la tua scelta. Riprova.",
        placeholderTitle: "Il contenuto di {vendor} non viene mostrato",
        placeholderText: """
            Proviene da un altro servizio, che viene a sapere della tua visita e può salvare cookie non appena viene \
            mostrato. Viene caricato solo se lo chiedi.
            """,
        placeholderShow: "Mostra questo contenuto",
        placeholderLink: "Apri su {host}",
        declarationTitle: "Cookie di questo sito",
        category: "Categoria",
        purpose: "Finalità",
        firstParty: "questo sito",
        thirdParty: "un altro sito",
        receiptTitle: "Prova della tua scelta",
        receiptText: """
            Conserviamo una prova della tua scelta: che cosa ti è stato chiesto e che cosa hai risposto. Non \
            contiene né il tuo nome né il tuo indirizzo.
            """,
        receiptID: "Numero della prova",
        receiptDownload: "Scarica la prova",
        receiptErase: "Cancella la prova",
        receiptErased: "La prova è stata cancellata.",
        receiptNone: "Non esiste alcuna prova di una scelta fatta in questo browser.",
        countingTitle: "Statistiche delle visite",
        countingText: """
            Questo sito conta le visite senza chiedere, solo per le proprie statistiche: pagine, tipo di dispositivo \
            e di browser, Paese e sito di provenienza. Non si usa alcun cookie per questo, una visita viene \
            riconosciuta al massimo per un giorno e si conservano solo somme in cui nessuno può essere riconosciuto. \
            Può opporsi in qualsiasi momento.
            """,
        countingObject: "Non contare le mie visite",
        countingObjected: """
            Le Sue visite non vengono contate. Lo ricorda un cookie di questo browser, uguale per tutti coloro che \
            si oppongono.
            """,
        countingResume: "Conta di nuovo le mie visite"
    )
}

extension CategoryTexts {
    /// Italian.
    static let italian = CategoryTexts(
        language: "it",
        authentication: ("Accesso", "Ti riconosce dopo l’accesso, finché non esci."),
        status: (
            "Stato dell’accesso",
            "Ricorda se hai effettuato l’accesso, perché le pagine mostrino ciò che serve."
        ),
        cart: ("Carrello", "Conserva ciò che hai messo nel carrello finché non ordini."),
        security: ("Sicurezza", "Protegge i moduli e il tuo account dagli abusi di altri."),
        payment: ("Pagamento", "Esegue il pagamento che scegli e lo protegge dalle frodi."),
        personalisation: (
            "Personalizzazione",
            "Ricorda impostazioni come la lingua e ti mostra ciò che si adatta alle tue visite precedenti."
        ),
        analytics: ("Statistiche", "Misura come viene usato il sito, con cookie che riconoscono il tuo browser."),
        remarketing: (
            "Pubblicità",
            "Consente ad aziende pubblicitarie di mostrarti altrove annunci su ciò che hai guardato qui."
        ),
        social: (
            "Social media e video",
            "Mostra post, video e pulsanti di altri servizi, che così vengono a sapere della tua visita."
        ),
        chat: ("Chat", "Ti permette di parlare con noi in una finestra di chat fornita da un altro servizio.")
    )
}
