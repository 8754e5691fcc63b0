import Mustache

/// The shop's pages. `layout` wraps each of them; `{{{…}}}` holds markup made here, `{{…}}` is escaped.
enum Templates {
    static func library() throws -> MustacheLibrary {
        var templates: [String: MustacheTemplate] = [:]
        for (name, text) in texts { templates[name] = try MustacheTemplate(string: text) }
        return MustacheLibrary(templates: templates)
    }

    private static let texts = [
        "layout": layout, "home": home, "department": department, "product": product, "search": search,
        "login": login, "account": account, "cart": cart, "address": address, "payment": payment,
        "thank-you": thankYou, "preferences": preferences, "contact": contact, "privacy": privacy, "journal": journal,
        "bespoke": bespoke, "problem": problem, "card": card,
    ]

    static let layout = """
        <!doctype html>
        <html lang="en" data-theme="{{theme}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}} · Juniper &amp; Clay</title>
        <meta name="description" content="Pottery, tea and paper from a small studio by the harbour.">
        <link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/shop.css">
        <script src="/assets/shop.js" defer></script>
        {{#tracked}}<link rel="dns-prefetch" href="{{thirdParty}}/">
        <script async src="{{thirdParty}}/ga/analytics.js?id=G-DEMO"></script>
        <script>window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); } \
        gtag('js', new Date()); gtag('config', 'G-DEMO');</script>
        <script id="_etLoader" data-secure-code="demo" src="{{thirdParty}}/et/code.js" defer></script>
        <script async src="{{thirdParty}}/tm/container.js?id=TM-DEMO"></script>
        {{/tracked}}</head>
        <body>
        <a class="skip" href="#main">To the content</a>
        <header class="top">
        <a class="brand" href="/"><svg viewBox="0 0 40 40" aria-hidden="true"><path d="M8 20c0-9 6-14 12-14s12 5 12 \
        14c0 8-6 13-12 13S8 28 8 20z" fill="currentColor"/><path d="M20 34V16m0 9c-5-1-7-4-8-8m8 5c5-1 7-4 8-8" \
        stroke="#fff" stroke-width="2" fill="none"/></svg>Juniper &amp; Clay</a>
        <nav aria-label="Shop">{{#departments}}<a href="/shop/{{slug}}"{{#current}} aria-current="page"{{/current}}>\
        {{title}}</a>{{/departments}}</nav>
        <form class="search" action="/search" role="search"><input type="search" name="q" aria-label="Search the shop" \
        placeholder="Search" value="{{query}}"><button>Go</button></form>
        <p class="links"><a href="/account">{{account}}</a> <a href="/cart">Cart <span id="cart-count">{{items}}</span>\
        </a></p>
        </header>
        <main id="main">
        {{{main}}}
        </main>
        <footer>
        <p><strong>Juniper &amp; Clay</strong> is a demonstration. Nothing is sold, nothing is sent.</p>
        <p><a href="/journal">Journal</a> <a href="/bespoke">Bespoke</a> <a href="/contact">Contact</a> \
        <a href="/preferences">Currency and theme</a> <a href="/privacy">Privacy and cookies</a></p>
        </footer>
        {{#tracked}}<img class="pixel" src="{{thirdParty}}/remarketing/pixel.gif?ev=PageView" width="1" height="1" alt="">
        <noscript><img src="{{thirdParty}}/remarketing/pixel.gif?ev=PageView&amp;noscript=1" width="1" height="1" \
        alt=""></noscript>
        {{/tracked}}</body>
        </html>

        """

    static let card = """
        <li class="card"><a href="/product/{{slug}}">{{{picture}}}<span class="name">{{name}}</span>\
        <span class="blurb">{{blurb}}</span><span class="price">{{price}}</span></a></li>

        """

    static let home = """
        <section class="hero"><div><h1>Made slowly, for every day.</h1><p>Thirty-one things from a studio by the \
        harbour: pots, plates, tea, and paper for what you think while it brews.</p><p><a class="button" \
        href="/shop/cups">Start with a cup</a> <a href="/journal">How we work</a></p></div>\
        <img src="/assets/harbour.svg" width="480" height="320" alt="A kiln by the harbour"></section>
        {{#shelves}}<section class="shelf"><h2><a href="/shop/{{slug}}">{{title}}</a></h2><p>{{line}}</p><ul class="grid">
        {{#products}}{{>card}}{{/products}}</ul></section>
        {{/shelves}}
        """

    static let department = """
        <h1>{{title}}</h1><p class="lead">{{line}}</p>
        <ul class="grid">
        {{#products}}{{>card}}{{/products}}</ul>
        """

    static let search = """
        <h1>{{count}} {{noun}} for “{{query}}”</h1>
        <ul class="grid">
        {{#products}}{{>card}}{{/products}}</ul>
        {{^products}}<p>Nothing on the shelves. Try <a href="/search?q=mug">mug</a>, <a href="/search?q=tea">tea</a> or \
        <a href="/search?q=vase">vase</a>.</p>{{/products}}
        """

    static let product = """
        <p class="crumbs"><a href="/">Shop</a> › <a href="/shop/{{departmentSlug}}">{{departmentTitle}}</a></p>
        <article class="product"><div class="figure">{{{picture}}}</div>
        <div><h1>{{name}}</h1><p class="lead">{{blurb}}</p><p>{{story}}</p><p class="price">{{price}}</p>
        <p class="stock">{{stock}} on the shelf, sent within two days.</p>
        <form method="post" action="/cart"><input type="hidden" name="csrf" value="{{csrf}}"><input type="hidden" \
        name="product" value="{{slug}}"><label>Quantity <input type="number" name="add" value="1" min="1" \
        max="{{stock}}"></label> <button class="button">Add to cart</button></form>
        <div class="social" data-title="{{name}}"></div></div></article>
        <section><h2>From the wheel</h2><iframe class="video" title="Video: {{name}} being thrown" loading="lazy" \
        src="{{thirdParty}}/video/embed/{{slug}}" width="560" height="315" allowfullscreen></iframe></section>
        <section class="shelf"><h2>Goes with it</h2><ul class="grid">
        {{#related}}{{>card}}{{/related}}</ul></section>
        <script src="{{thirdParty}}/social/buttons.js" defer></script>
        """

    static let login = """
        <h1>Log in</h1>
        {{#error}}<p class="error" role="alert">{{error}}</p>{{/error}}
        <form method="post" action="/login" class="panel"><input type="hidden" name="csrf" value="{{csrf}}">
        <label>E-mail <input type="email" name="email" required value="{{email}}" autocomplete="username"></label>
        <label>Password <input type="password" name="password" required autocomplete="current-password"></label>
        <button class="button">Log in</button>
        <p class="hint">Any e-mail and password will do. Demo account: <kbd>ada@example.org</kbd>, <kbd>kiln</kbd>.</p>
        </form>
        """

    static let account = """
        <h1>Hello, {{email}}</h1>
        {{#orders}}<section class="panel"><h2>Order {{number}}</h2><p>{{lines}}</p><p class="price">{{total}}</p>\
        </section>
        {{/orders}}{{^orders}}<p>No orders yet. <a href="/shop/cups">The cups are over there.</a></p>{{/orders}}
        <form method="post" action="/logout"><input type="hidden" name="csrf" value="{{csrf}}"><button>Log out</button>\
        </form>
        """

    static let cart = """
        <h1>Cart</h1>
        {{#lines}}<section class="line">{{{picture}}}<div><a href="/product/{{slug}}">{{name}}</a><p class="price">\
        {{price}}</p></div><form method="post" action="/cart"><input type="hidden" name="csrf" value="{{csrf}}">\
        <input type="hidden" name="product" value="{{slug}}"><label>Quantity <input type="number" name="quantity" \
        value="{{quantity}}" min="0" max="99"></label><button>Change</button> <button name="remove" value="1">Remove\
        </button></form></section>
        {{/lines}}{{#total}}<p class="total">Together <strong>{{total}}</strong></p><p><a class="button" \
        href="/checkout">To the checkout</a></p>{{/total}}
        {{^lines}}<p>Empty, like a shelf after Christmas. <a href="/">Look around.</a></p>{{/lines}}
        """

    static let address = """
        <ol class="steps"><li aria-current="step">Address</li><li>Payment</li><li>Thank you</li></ol>
        <h1>Where shall it go?</h1>
        {{#error}}<p class="error" role="alert">{{error}}</p>{{/error}}
        <form method="post" action="/checkout/address" class="panel"><input type="hidden" name="csrf" value="{{csrf}}">
        <label>Name <input name="name" required autocomplete="name"></label>
        <label>Street <input name="street" required autocomplete="street-address"></label>
        <label>Town <input name="town" required autocomplete="address-level2"></label>
        <label>Country <select name="country"><option>Germany<option>Austria<option>France<option>United Kingdom\
        </select></label>
        <button class="button">To the payment</button></form>
        """

    static let payment = """
        <ol class="steps"><li>Address</li><li aria-current="step">Payment</li><li>Thank you</li></ol>
        <h1>How would you like to pay?</h1><p class="total">Together <strong>{{total}}</strong></p>
        <form method="post" action="/checkout" class="panel"><input type="hidden" name="csrf" value="{{csrf}}">
        <div id="payment-element" data-amount="{{cents}}">Paying by card needs JavaScript.</div>
        <label class="choice"><input type="radio" name="method" value="card"> Card</label>
        <label class="choice"><input type="radio" name="method" value="invoice" checked> Invoice</label>
        <button class="button">Order and pay</button></form>
        <script src="{{thirdParty}}/pay/payment.js" defer></script>
        """

    static let thankYou = """
        <ol class="steps"><li>Address</li><li>Payment</li><li aria-current="step">Thank you</li></ol>
        <h1>Thank you, {{name}}</h1>
        <section class="panel"><h2>Order <span id="order-number">{{number}}</span></h2><p>{{lines}}</p><p class="price">\
        {{total}}</p><p>To {{name}}, {{street}}, {{town}}, {{country}}. Paid by {{payment}}.</p></section>
        <p><a href="/">Back to the shelves</a></p>
        """

    static let preferences = """
        <h1>Currency and theme</h1>
        <form method="post" action="/preferences" class="panel"><input type="hidden" name="csrf" value="{{csrf}}">
        <label>Currency <select name="currency">{{#currencies}}<option{{#chosen}} selected{{/chosen}}>{{code}}\
        {{/currencies}}</select></label>
        <label>Theme <select name="theme">{{#themes}}<option{{#chosen}} selected{{/chosen}}>{{code}}{{/themes}}\
        </select></label>
        <button class="button">Keep</button></form>
        """

    static let contact = """
        <h1>Come by</h1><p class="lead">Old Harbour 7, Tuesday to Saturday, ten to six. Knock if the kiln is loud.</p>
        <iframe class="map" title="Map: Old Harbour 7" src="{{thirdParty}}/map/embed?q=Old+Harbour+7" width="640" \
        height="320"></iframe>
        <div id="chat"></div><script src="{{thirdParty}}/chat/widget.js" defer></script>
        """

    static let bespoke = """
        <h1>Bespoke</h1><p class="lead">Send us a picture of the cup you broke.</p>
        <form method="post" action="/bespoke" enctype="multipart/form-data" class="panel">
        <label>Picture <input type="file" name="picture"></label><button class="button">Send</button></form>
        {{#bytes}}<p role="status">Received <strong id="received">{{bytes}}</strong> bytes. We shall think about \
        it.</p>{{/bytes}}
        """

    static let problem = """
        <h1>{{title}}</h1><p class="lead">{{message}}</p><p><a href="/">Back to the shelves</a></p>
        """

    static let privacy = """
        <h1>Privacy and cookies</h1>
        <p class="lead">This is the policy page of a demonstration. It says what a shop like this one sets and why.</p>
        <h2>Cookies of the shop</h2>
        <table><thead><tr><th>Name</th><th>What for</th><th>How long</th></tr></thead><tbody>
        {{#cookies}}<tr><td><code>{{name}}</code></td><td>{{purpose}}</td><td>{{lifetime}}</td></tr>
        {{/cookies}}</tbody></table>
        <h2>Other companies</h2><p>Analytics, audience measurement, a tag manager, remarketing, videos, social buttons, a \
        chat, a map and the payment form come from <code>{{thirdParty}}</code>.</p>
        <div data-crumbgate="declaration"></div>
        <p><a href="/preferences" data-crumbgate="settings">Cookie settings</a></p>
        """

    static let journal = """
        <h1>Journal</h1>
        {{#entries}}<article><h2>{{title}}</h2>{{#paragraphs}}<p>{{.}}</p>{{/paragraphs}}</article>
        {{/entries}}<div class="social" data-title="Journal"></div>
        <script src="{{thirdParty}}/social/buttons.js" defer></script>
        """
}
