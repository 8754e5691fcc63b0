/// The console's pages. `layout` wraps each of them; `{{{…}}}` holds markup made here, `{{…}}` is escaped.
enum Templates {
    static let all = ["layout": layout, "login": login, "audit": audit, "problem": problem, "page": page]

    static let layout = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>{{title}} · Crumbgate</title>
        <link rel="icon" href="/mark.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/console.css">
        </head>
        <body>
        {{#operator}}<a class="skip" href="#main">To the content</a>
        <header class="top">
        <a class="brand" href="/"><img src="/mark.svg" width="22" height="22" alt="">Crumbgate</a>
        <nav aria-label="Console"><a href="/"{{^current-audit}} aria-current="page"{{/current-audit}}>Visits</a>\
        {{#isAdmin}}<a href="/audit"{{#current-audit}} aria-current="page"{{/current-audit}}>Audit log</a>{{/isAdmin}}</nav>
        <form method="post" action="/logout"><input type="hidden" name="token" value="{{formToken}}">\
        <span class="who">{{name}}</span> <button class="quiet">Log out</button></form>
        </header>{{/operator}}
        <main id="main">
        {{{main}}}
        </main>
        </body>
        </html>

        """

    static let login = """
        <div class="door">
        <p class="brand"><img src="/mark.svg" width="28" height="28" alt="">Crumbgate</p>
        <h1>Log in</h1>
        {{#error}}<p class="error" role="alert">{{error}}</p>{{/error}}
        {{#isEmpty}}<p class="hint">There is no account yet. On the machine that runs the proxy:</p>
        <pre>crumbgate console add-user NAME --role admin</pre>{{/isEmpty}}
        <form method="post" action="/login">
        <input type="hidden" name="token" value="{{formToken}}">
        <label for="name">Name</label>
        <input id="name" name="name" required maxlength="32" autocomplete="username" autocapitalize="none" \
        spellcheck="false" value="{{name}}">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" required maxlength="1024" autocomplete="current-password">
        <button>Log in</button>
        </form>
        </div>
        """

    static let audit = """
        <h1>Audit log</h1>
        <p class="lead">Logins, exports and changes of accounts, latest first; the last {{limit}}. Times are UTC.</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Audit log"><table class="log">
        <thead><tr><th scope="col">Time</th><th scope="col">Account</th><th scope="col">What</th><th scope="col">Of</th>\
        </tr></thead>
        <tbody>{{#entries}}<tr{{#isWarning}} class="warning"{{/isWarning}}><td><time datetime="{{timestamp}}">{{time}}</time>\
        </td><td>{{account}}{{^account}}<span class="hint">no account of ours</span>{{/account}}</td><td>{{event}}</td>\
        <td>{{detail}}</td></tr>
        {{/entries}}</tbody></table></div>
        """

    static let page = """
        <h1>Visits</h1>
        """

    static let problem = """
        <div class="door"><h1>{{title}}</h1><p>{{message}}</p><p><a href="/">To the console</a></p></div>
        """
}
