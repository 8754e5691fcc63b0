extension InterfaceText {
    /// Polish.
    ///
    /// `{count} dni` is right for every number from two.
    public static let polish = InterfaceText(
        language: "pl",
        bannerLabel: "Wybór plików cookie",
        bannerTitle: "Pliki cookie w tej witrynie",
        bannerText: """
            Niektóre pliki cookie są niezbędne do działania tej witryny. Pozostałe są opcjonalne i to Ty decydujesz, \
            czy na nie zezwolić. Wybór można zmienić w każdej chwili w sekcji „Ustawienia plików cookie”.
            """,
        acceptAll: "Akceptuję wszystkie",
        rejectAll: "Odrzucam wszystkie",
        settings: "Ustawienia",
        settingsTitle: "Ustawienia plików cookie",
        settingsText: """
            Zaznacz to, na co chcesz zezwolić. To, co nie jest zaznaczone, pozostaje wyłączone. Wybór dotyczy tylko \
            tej przeglądarki i można tu wrócić, aby go zmienić.
            """,
        save: "Zapisz wybór",
        back: "Wróć bez zmian",
        required: "Zawsze włączone",
        requiredText: """
            Niezbędne do tego, o co prosisz witrynę, na przykład do przechowania koszyka; nie można ich tu wyłączyć.
            """,
        vendors: "Odbiorcy",
        cookies: "Pliki cookie",
        cookieName: "Nazwa",
        lifetime: "Czas przechowywania",
        lifetimeSession: "do zamknięcia przeglądarki",
        lifetimeDay: "1 dzień",
        lifetimeDays: "{count} dni",
        signalText: """
            Twoja przeglądarka prosi, aby Cię nie śledzić. Stosujemy się do tego: kategorie, których to dotyczy, \
            pozostają wyłączone, dopóki na nie tutaj nie zezwolisz.
            """,
        changedText: "Od Twojego ostatniego wyboru zmieniło się to, o co prosimy, dlatego pytamy ponownie.",
        savedText: "Twój wybór został zapisany.",
        failedText: "Nie udało się zapisać wyboru. Nic się nie zmieniło; spróbuj ponownie.",
        settingsLink: "Ustawienia plików cookie",
        close: "Zamknij bez zmian",
        retry: "Nie udało się zapisać wyboru. Spróbuj ponownie.",
        placeholderTitle: "Treść z serwisu {vendor} nie jest wyświetlana",
        placeholderText: """
            Pochodzi z innego serwisu, który dowiaduje się o Twojej wizycie i może zapisać pliki cookie, gdy treść \
            zostanie wyświetlona. Jest wczytywana tylko na Twoje żądanie.
            """,
        placeholderShow: "Pokaż tę treść",
        placeholderLink: "Otwórz na stronie {host}",
        declarationTitle: "Pliki cookie tej witryny",
        category: "Kategoria",
        purpose: "Cel",
        firstParty: "ta witryna",
        thirdParty: "inna witryna",
        receiptTitle: "Potwierdzenie Twojego wyboru",
        receiptText: """
            Przechowujemy potwierdzenie Twojego wyboru: o co Cię zapytano i jaka była odpowiedź. Nie zawiera ono ani \
            nazwiska, ani adresu.
            """,
        receiptID: "Numer potwierdzenia",
        receiptDownload: "Pobierz potwierdzenie",
        receiptErase: "Usuń potwierdzenie",
        receiptErased: "Potwierdzenie zostało usunięte.",
        receiptNone: "Nie ma potwierdzenia wyboru dokonanego w tej przeglądarce.",
        countingTitle: "Statystyki odwiedzin",
        countingText: """
            Ta witryna liczy odwiedziny bez pytania, wyłącznie na potrzeby własnych statystyk: strony, rodzaj \
            urządzenia i przeglądarki, kraj oraz witrynę, z której nastąpiło wejście. Nie używa do tego plików \
            cookie, odwiedziny są rozpoznawane najwyżej przez jeden dzień, a przechowywane są tylko sumy, w których \
            nie można nikogo rozpoznać. W każdej chwili można wyrazić sprzeciw.
            """,
        countingObject: "Nie licz moich odwiedzin",
        countingObjected: """
            Odwiedziny z tej przeglądarki nie są liczone. Zapamiętuje to plik cookie, taki sam u wszystkich, którzy \
            wyrazili sprzeciw.
            """,
        countingResume: "Licz ponownie moje odwiedziny"
    )
}

extension CategoryTexts {
    /// Polish.
    static let polish = CategoryTexts(
        language: "pl",
        authentication: ("Logowanie", "Rozpoznaje Cię po zalogowaniu, aż do wylogowania."),
        status: ("Stan logowania", "Zapamiętuje stan logowania, aby strony pokazywały właściwą treść."),
        cart: ("Koszyk", "Przechowuje zawartość koszyka do chwili złożenia zamówienia."),
        security: ("Bezpieczeństwo", "Chroni formularze i Twoje konto przed nadużyciami ze strony innych osób."),
        payment: ("Płatność", "Realizuje wybraną przez Ciebie płatność i chroni ją przed oszustwem."),
        personalisation: (
            "Personalizacja",
            "Zapamiętuje ustawienia, takie jak język, i pokazuje to, co pasuje do Twoich wcześniejszych wizyt."
        ),
        analytics: (
            "Statystyka",
            "Mierzy sposób korzystania z witryny za pomocą plików cookie, które rozpoznają Twoją przeglądarkę."
        ),
        remarketing: (
            "Reklama",
            "Pozwala firmom reklamowym pokazywać Ci gdzie indziej reklamy tego, co oglądasz tutaj."
        ),
        social: (
            "Media społecznościowe i filmy",
            "Wyświetla wpisy, filmy i przyciski innych serwisów, które dowiadują się wtedy o Twojej wizycie."
        ),
        chat: ("Czat", "Umożliwia rozmowę z nami w oknie czatu dostarczanym przez inny serwis.")
    )
}
