extension InterfaceText {
    /// Portuguese.
    ///
    /// As it is written in Portugal; it also answers `pt-BR`.
    public static let portuguese = InterfaceText(
        language: "pt",
        bannerLabel: "Escolha de cookies",
        bannerTitle: "Cookies neste site",
        bannerText: """
            Alguns cookies são necessários para o funcionamento deste site. Os outros são opcionais, e a decisão de \
            os permitir é sua. Pode alterar a sua escolha a qualquer momento em «Definições de cookies».
            """,
        acceptAll: "Aceitar todos",
        rejectAll: "Rejeitar todos",
        settings: "Definições",
        settingsTitle: "Definições de cookies",
        settingsText: """
            Assinale o que quer permitir. O que não estiver assinalado fica desativado. A sua escolha vale apenas \
            para este navegador, e pode voltar aqui para a alterar.
            """,
        save: "Guardar escolha",
        back: "Voltar sem alterações",
        required: "Sempre ativos",
        requiredText: """
            Necessários para o que pede ao site, por exemplo guardar o seu carrinho; não podem ser desativados aqui.
            """,
        vendors: "Destinatários",
        cookies: "Cookies",
        cookieName: "Nome",
        lifetime: "Duração",
        lifetimeSession: "até o navegador ser fechado",
        lifetimeDay: "1 dia",
        lifetimeDays: "{count} dias",
        signalText: """
            O seu navegador pede que não haja rastreio. Temos isso em conta: as categorias em causa ficam \
            desativadas enquanto não as permitir aqui.
            """,
        changedText: "O que pedimos mudou desde a sua última escolha; por isso perguntamos de novo.",
        savedText: "A sua escolha foi guardada.",
        failedText: "Não foi possível guardar a sua escolha. Nada mudou; tente novamente.",
        settingsLink: "Definições de cookies",
        close: "Fechar sem alterações",
        retry: "Não foi possível guardar a sua escolha. Tente novamente.",
        placeholderTitle: "O conteúdo de {vendor} não é mostrado",
        placeholderText: """
            Vem de outro serviço, que fica a saber da sua visita e pode guardar cookies assim que é mostrado. Só é \
            carregado se o pedir.
            """,
        placeholderShow: "Mostrar este conteúdo",
        placeholderLink: "Abrir em {host}",
        declarationTitle: "Cookies deste site",
        category: "Categoria",
        purpose: "Finalidade",
        firstParty: "este site",
        thirdParty: "outro site",
        receiptTitle: "Registo da sua escolha",
        receiptText: """
            Guardamos um registo da sua escolha como prova do que lhe foi perguntado e do que respondeu. Não contém \
            o seu nome nem o seu endereço.
            """,
        receiptID: "Número do registo",
        receiptDownload: "Descarregar o registo",
        receiptErase: "Apagar o registo",
        receiptErased: "O registo foi apagado.",
        receiptNone: "Não existe registo de uma escolha feita neste navegador.",
        countingTitle: "Estatísticas de visitas",
        countingText: """
            Este site conta as visitas sem perguntar, apenas para as suas próprias estatísticas: páginas, tipo de \
            dispositivo e de navegador, país e site de proveniência. Não é usado nenhum cookie para isso, uma visita \
            é reconhecida durante um dia no máximo e só se guardam somas em que ninguém pode ser reconhecido. Pode \
            opor-se a qualquer momento.
            """,
        countingObject: "Não contar as minhas visitas",
        countingObjected: """
            As suas visitas não são contadas. Um cookie deste navegador guarda essa escolha; é igual para todas as \
            pessoas que se opõem.
            """,
        countingResume: "Voltar a contar as minhas visitas"
    )
}

extension CategoryTexts {
    /// Portuguese.
    static let portuguese = CategoryTexts(
        language: "pt",
        authentication: ("Início de sessão", "Mantém a sua sessão depois de a iniciar, até a terminar."),
        status: (
            "Estado da sessão",
            "Memoriza se tem sessão iniciada, para que as páginas mostrem o que corresponde."
        ),
        cart: ("Carrinho", "Guarda o que colocou no carrinho até fazer a encomenda."),
        security: ("Segurança", "Protege os formulários e a sua conta contra o uso indevido por outras pessoas."),
        payment: ("Pagamento", "Executa o pagamento que escolher e protege-o contra fraude."),
        personalisation: (
            "Personalização",
            "Memoriza definições como o idioma e mostra-lhe o que corresponde às suas visitas anteriores."
        ),
        analytics: ("Estatísticas", "Mede como o site é usado, com cookies que reconhecem o seu navegador."),
        remarketing: (
            "Publicidade",
            "Permite que empresas de publicidade lhe mostrem noutros locais anúncios do que viu aqui."
        ),
        social: (
            "Redes sociais e vídeos",
            "Mostra publicações, vídeos e botões de outros serviços, que ficam então a saber da sua visita."
        ),
        chat: ("Chat", "Permite-lhe falar connosco numa janela de chat fornecida por outro serviço.")
    )
}
