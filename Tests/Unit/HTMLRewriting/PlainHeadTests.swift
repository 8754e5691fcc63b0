import Bytes
import HTMLRewriting
import Testing

/// Heads are passed by a short cut where they are plain and all there; a document that comes byte by byte never is.
@Suite("Plain heads")
struct PlainHeadTests {
    private static let fragments = [
        "<meta charset=utf-8>", "<meta name=\"viewport\" content=\"width=device-width\">",
        "<META NAME='a' CONTENT='>'>",
        "<meta HTTP-equiv=\"Content-Security-Policy\" content=\"x\">", "<meta content=q HTTP-EQUIV=refresh>",
        "<link rel=\"stylesheet\" href=\"/theme.css\">", "<link rel=icon href=/i.png />", "<linker>", "<link", "<link>",
        "<title>Tea &amp; pots</title>", "<title>a<b></title >", "<title></titles></title>", "<TITLE>t</Title>",
        "<title/>x</title>",
        "<style>a > b { content: \"</p>\" }</style>", "<style><!-- </style> -->", "<style media=\"a>b\">x</style/>",
        "<script src=\"/a.js\" defer></script>", "<script>if (a < b) {}</script>", "<script>\"<body>\"</SCRIPT>",
        "<script><!-- <script></script> --></script>", "<script><!--></script>", "<script>x</script\n>", "<scripts>",
        "<script>\"</scripty>\"</script>", "<base href=\"/x/\">", "<noscript><body></noscript>", "<!-- <body> -->",
        "<!x>",
        "<template><body></template>", "<svg><title></svg>", "<p>", "</head>", "<body>", "</p>", "text", "\n  ",
        "\u{c}", "<",
        "</", "<title", "=\">", "'", "\"", "</title>", "</script>", "-->", "<br>", "<meta =\"x>\" a>",
        "<link a= \"b>\">",
    ]

    @Test("The short cut leads where every token leads")
    func shortCut() {
        var generator = Xorshift(state: 11)
        for _ in 0..<20_000 {
            var text = ["<!doctype html><html lang=en><head>", "<head>", "<title>x</title>", ""].randomElement(
                using: &generator)!
            for _ in 0..<Int.random(in: 0...7, using: &generator) {
                text += PlainHeadTests.fragments.randomElement(using: &generator)!
            }
            let bytes = Array((text + ["<body>", "", "<p>x</p>"].randomElement(using: &generator)!).utf8)
            let whole = rewrite([bytes]).told
            let single = rewrite(bytes.map { [$0] }).told
            #expect(whole == single, "\(text)")
            if whole != single { return }
        }
    }

    @Test(
        "A policy in a head is seen, however its attribute is written",
        arguments: [
            "<meta http-equiv='content-security-policy' content=x>",
            "<meta content=\"a b\" HTTP-eQuiv=\"Content-Security-Policy\">",
            "<title>q</title><meta charset='x' http-equiv='content-security-policy'/>",
        ])
    func policy(_ element: String) {
        var rewriter = DocumentRewriter()
        _ = rewrite([Array("<!doctype html><html><head>\(element)<link rel=x></head><body>".utf8)], with: &rewriter)
        let isSeen = rewriter.contentSecurityPolicySeen
        #expect(isSeen)
    }
}
