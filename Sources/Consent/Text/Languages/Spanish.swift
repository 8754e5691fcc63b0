extension InterfaceText {
    /// Spanish.
    public static let spanish = InterfaceText(
        language: "es",
        bannerLabel: "Elección de cookies",
        bannerTitle: "Cookies en este sitio",
        bannerText: """
            Algunas cookies son necesarias para que este sitio funcione. Las demás son opcionales, y usted decide si \
            las permite. Puede cambiar su elección en cualquier momento en «Configuración de cookies».
            """,
        acceptAll: "Aceptar todas",
        rejectAll: "Rechazar todas",
        settings: "Configuración",
        settingsTitle: "Configuración de cookies",
        settingsText: """
            Marque lo que quiera permitir. Lo que no esté marcado queda desactivado. Su elección vale solo para este \
            navegador, y puede volver aquí para cambiarla.
            """,
        save: "Guardar elección",
        back: "Volver sin cambios",
        required: "Siempre activas",
        requiredText: """
            Necesarias para lo que usted pide al sitio, por ejemplo conservar su carrito; aquí no se pueden \
            desactivar.
            """,
        vendors: "Destinatarios",
        cookies: "Cookies",
        cookieName: "Nombre",
        lifetime: "Duración",
        lifetimeSession: "hasta que se cierre el navegador",
        lifetimeDay: "1 día",
        lifetimeDays: "{count} días",
        signalText: """
            Su navegador pide que no se le rastree. Lo tenemos en cuenta: las categorías correspondientes quedan \
            desactivadas mientras no las permita aquí.
            """,
        changedText: "Lo que pedimos ha cambiado desde su última elección; por eso volvemos a preguntar.",
        savedText: "Su elección se ha guardado.",
        failedText: "Su elección no se ha podido guardar. No ha cambiado nada; inténtelo de nuevo.",
        settingsLink: "Configuración de cookies",
        close: "Cerrar sin cambios",
        retry: "Su elección no se ha podido guardar. Inténtelo de nuevo.",
        placeholderTitle: "El contenido de {vendor} no se muestra",
        placeholderText: """
            Procede de otro servicio, que se entera de su visita y puede guardar cookies en cuanto se muestra. Solo \
            se carga si usted lo pide.
            """,
        placeholderShow: "Mostrar este contenido",
        placeholderLink: "Abrir en {host}",
        declarationTitle: "Cookies de este sitio",
        category: "Categoría",
        purpose: "Finalidad",
        firstParty: "este sitio",
        thirdParty: "otro sitio",
        receiptTitle: "Registro de su elección",
        receiptText: """
            Guardamos un registro de su elección como prueba de lo que se le preguntó y de lo que respondió. No \
            contiene ni su nombre ni su dirección.
            """,
        receiptID: "Número del registro",
        receiptDownload: "Descargar el registro",
        receiptErase: "Borrar el registro",
        receiptErased: "El registro se ha borrado.",
        receiptNone: "No hay ningún registro de una elección hecha en este navegador.",
        countingTitle: "Estadísticas de visitas",
        countingText: """
            Este sitio cuenta las visitas sin pedir permiso, solo para sus propias estadísticas: páginas, tipo de \
            dispositivo y de navegador, país y sitio de procedencia. No se usa ninguna cookie para ello, una visita \
            se reconoce durante un día como máximo y solo se conservan sumas en las que no se puede distinguir a \
            nadie. Puede oponerse en cualquier momento.
            """,
        countingObject: "No contar mis visitas",
        countingObjected: """
            Sus visitas no se cuentan. Lo recuerda una cookie de este navegador, que es igual para todas las \
            personas que se oponen.
            """,
        countingResume: "Volver a contar mis visitas"
    )
}

extension CategoryTexts {
    /// Spanish.
    static let spanish = CategoryTexts(
        language: "es",
        authentication: ("Inicio de sesión", "Le reconoce después de iniciar sesión, hasta que la cierra."),
        status: (
            "Estado de la sesión",
            "Recuerda si ha iniciado sesión, para que las páginas muestren lo que corresponde."
        ),
        cart: ("Carrito", "Conserva lo que ha puesto en el carrito hasta que hace el pedido."),
        security: ("Seguridad", "Protege los formularios y su cuenta contra el uso indebido por otras personas."),
        payment: ("Pago", "Realiza el pago que usted elige y lo protege contra el fraude."),
        personalisation: (
            "Personalización",
            "Recuerda ajustes como el idioma y le muestra lo que encaja con sus visitas anteriores."
        ),
        analytics: ("Estadísticas", "Mide cómo se usa el sitio, con cookies que reconocen su navegador."),
        remarketing: (
            "Publicidad",
            "Permite que empresas de publicidad le muestren en otros lugares anuncios de lo que ha visto aquí."
        ),
        social: (
            "Redes sociales y vídeos",
            "Muestra publicaciones, vídeos y botones de otros servicios, que entonces se enteran de su visita."
        ),
        chat: ("Chat", "Le permite hablar con nosotros en una ventana de chat que ofrece otro servicio.")
    )
}
