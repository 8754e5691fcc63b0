extension InterfaceText {
    /// French.
    public static let french = InterfaceText(
        language: "fr",
        bannerLabel: "Choix relatif aux cookies",
        bannerTitle: "Cookies sur ce site",
        bannerText: """
            Certains cookies sont nécessaires au fonctionnement de ce site. Les autres sont facultatifs, et c’est \
            vous qui décidez de les autoriser ou non. Vous pouvez modifier votre choix à tout moment sous \
            «\u{A0}Paramètres des cookies\u{A0}».
            """,
        acceptAll: "Tout accepter",
        rejectAll: "Tout refuser",
        settings: "Paramètres",
        settingsTitle: "Paramètres des cookies",
        settingsText: """
            Cochez ce que vous souhaitez autoriser. Ce qui n’est pas coché reste désactivé. Votre choix ne vaut que \
            pour ce navigateur, et vous pouvez revenir ici pour le modifier.
            """,
        save: "Enregistrer le choix",
        back: "Retour sans modification",
        required: "Toujours actif",
        requiredText: """
            Nécessaire à ce que vous demandez au site, par exemple conserver votre panier\u{A0}; ne peut pas être \
            désactivé ici.
            """,
        vendors: "Destinataires",
        cookies: "Cookies",
        cookieName: "Nom",
        lifetime: "Durée de conservation",
        lifetimeSession: "jusqu’à la fermeture du navigateur",
        lifetimeDay: "1\u{A0}jour",
        lifetimeDays: "{count}\u{A0}jours",
        signalText: """
            Votre navigateur demande de ne pas vous suivre. Nous en tenons compte\u{A0}: les catégories concernées \
            restent désactivées tant que vous ne les autorisez pas ici.
            """,
        changedText: """
            Ce que nous demandons a changé depuis votre dernier choix, c’est pourquoi nous vous posons de nouveau la \
            question.
            """,
        savedText: "Votre choix a été enregistré.",
        failedText: "Votre choix n’a pas pu être enregistré. Rien n’a changé\u{A0}; veuillez réessayer.",
        settingsLink: "Paramètres des cookies",
        close: "Fermer sans modification",
        retry: "Votre choix n’a pas pu être enregistré. Veuillez réessayer.",
        placeholderTitle: "Contenu non affiché\u{A0}: {vendor}",
        placeholderText: """
            Il provient d’un autre service, qui est informé de votre visite et peut enregistrer des cookies dès que \
            le contenu est affiché. Il n’est chargé que si vous le demandez.
            """,
        placeholderShow: "Afficher ce contenu",
        placeholderLink: "Ouvrir sur {host}",
        declarationTitle: "Cookies de ce site",
        category: "Catégorie",
        purpose: "Finalité",
        firstParty: "ce site",
        thirdParty: "un autre site",
        receiptTitle: "Preuve de votre choix",
        receiptText: """
            Nous conservons une preuve de votre choix\u{A0}: ce qui vous a été demandé et ce que vous avez répondu. \
            Elle ne contient ni votre nom ni votre adresse.
            """,
        receiptID: "Numéro de la preuve",
        receiptDownload: "Télécharger la preuve",
        receiptErase: "Effacer la preuve",
        receiptErased: "La preuve a été effacée.",
        receiptNone: "Il n’existe aucune preuve d’un choix fait dans ce navigateur.",
        countingTitle: "Statistiques de visite",
        countingText: """
            Ce site compte les visites sans demander d’accord, pour ses seules statistiques : pages, type d’appareil \
            et de navigateur, pays et site de provenance. Aucun cookie n’est utilisé pour cela, une visite n’est \
            reconnue que pendant une journée au plus, et seuls sont conservés des totaux dans lesquels personne ne \
            peut être reconnu. Vous pouvez vous y opposer à tout moment.
            """,
        countingObject: "Ne pas compter mes visites",
        countingObjected: """
            Vos visites ne sont pas comptées. Un cookie de ce navigateur le retient ; il est le même pour toutes les \
            personnes qui s’opposent.
            """,
        countingResume: "Compter de nouveau mes visites"
    )
}

extension CategoryTexts {
    /// French.
    static let french = CategoryTexts(
        language: "fr",
        authentication: ("Connexion", "Vous reconnaît après votre connexion, jusqu’à ce que vous vous déconnectiez."),
        status: (
            "État de la connexion",
            "Retient l’état de votre connexion, afin que les pages affichent ce qui convient."
        ),
        cart: ("Panier", "Conserve ce que vous avez mis dans votre panier jusqu’à la commande."),
        security: ("Sécurité", "Protège les formulaires et votre compte contre les abus commis par d’autres."),
        payment: ("Paiement", "Effectue le paiement que vous choisissez et le protège contre la fraude."),
        personalisation: (
            "Personnalisation",
            "Retient des réglages comme la langue et vous montre ce qui correspond à vos visites précédentes."
        ),
        analytics: (
            "Statistiques",
            "Mesure l’utilisation du site, à l’aide de cookies qui reconnaissent votre navigateur."
        ),
        remarketing: (
            "Publicité",
            """
            Permet à des sociétés publicitaires de vous montrer ailleurs des annonces pour ce que vous avez \
            regardé ici.
            """
        ),
        social: (
            "Réseaux sociaux et vidéos",
            """
            Affiche des publications, des vidéos et des boutons d’autres services, qui sont alors informés de \
            votre visite.
            """
        ),
        chat: (
            "Discussion en ligne",
            "Vous permet de nous parler dans une fenêtre de discussion fournie par un autre service."
        )
    )
}
