/// The console's pages. `layout` wraps each of them; `{{{…}}}` holds markup made here, `{{…}}` is escaped.
enum Templates {
    static let all = [
        "layout": layout, "login": login, "audit": audit, "problem": problem, "page": page, "besides": besides,
    ]

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
        <p class="lead">Logins, exports and changes of accounts, latest first: the last {{limit}}, and as many of what was \
        refused. Times are UTC.</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Audit log"><table class="log">
        <thead><tr><th scope="col">Time</th><th scope="col">Account</th><th scope="col">What</th><th scope="col">Of</th>\
        </tr></thead>
        <tbody>{{#entries}}<tr{{#isWarning}} class="warning"{{/isWarning}}><td><time datetime="{{timestamp}}">{{time}}</time>\
        </td><td>{{account}}{{^account}}<span class="hint">no account of ours</span>{{/account}}</td><td>{{event}}</td>\
        <td>{{detail}}</td></tr>
        {{/entries}}</tbody></table></div>
        """

    static let page = """
        <header class="bar-of-days">
        <div><h1><bdi>{{site}}</bdi></h1><p class="lead">{{period}}</p></div>
        <nav class="lengths" aria-label="Length of time">{{#lengths}}<a href="/?{{query}}"{{#isChosen}} \
        aria-current="true"{{/isChosen}}>{{name}}</a>{{/lengths}}</nav>
        <form class="days" action="/" method="get">
        {{#hasSites}}<label>Site <select name="site">{{#sites}}<option{{#isChosen}} selected{{/isChosen}}>{{name}}</option>\
        {{/sites}}</select></label>{{/hasSites}}{{^hasSites}}{{#sites}}<input type="hidden" name="site" value="{{name}}">\
        {{/sites}}{{/hasSites}}
        <label>From <input type="date" name="from" value="{{from}}" max="{{today}}" required></label>
        <label>To <input type="date" name="to" value="{{to}}" max="{{today}}" required></label>
        <button>Show</button>
        </form>
        </header>
        {{#error}}<p class="error" role="alert">{{error}}</p>{{/error}}
        <div class="report">
        {{{report}}}
        {{#isAdmin}}<p class="exports">Take these figures with you: <a href="/export.csv?{{query}}" download>CSV</a> \
        <a href="/export.json?{{query}}" download>JSON</a></p>{{/isAdmin}}
        </div>
        """

    /// What the console has beside a report.
    static let besides = """
        {{#consent}}<section aria-labelledby="rates"><h2 id="rates">Consent over time</h2>
        <dl class="figures">{{#figures}}<div><dt>{{name}}</dt><dd class="value">{{value}}</dd></div>{{/figures}}</dl>
        {{{chart}}}
        <details><summary>The same as a table</summary><table aria-labelledby="rates"><thead><tr><th scope="col">Day</th>\
        <th scope="col">Agreed, of 100</th></tr></thead><tbody>{{#days}}<tr><th scope="row">{{day}}</th><td>{{share}}</td>\
        </tr>{{/days}}</tbody></table></details>
        {{#languages}}<details class="language"><summary><bdi lang="">{{name}}</bdi>: {{share}} of {{answers}} answers</summary>
        {{{chart}}}</details>
        {{/languages}}</section>{{/consent}}
        {{#unknown}}<section aria-labelledby="judge"><h2 id="judge">Cookies to be judged</h2>
        <p class="quiet">No rule names these. Copy a line (a click selects it) to the <code>cookies</code> of the category \
        that it belongs to; the proxy takes the rules file up at once.</p>
        <ul class="lines">{{#rows}}<li>{{#line}}<code class="copy">{{line}}</code>{{/line}}{{^line}}<span><bdi>{{{name}}}</bdi> \
        <span class="quiet">(a rule of this spelling would mean other cookies too)</span></span>{{/line}} <span class="quiet">{{count}}</span></li>{{/rows}}</ul>
        </section>{{/unknown}}
        {{#health}}<section aria-labelledby="health"><h2 id="health">The shop and the proxy, since the proxy started</h2>
        {{#hasOldRules}}<p class="error" role="alert">The rules file has an error: the rules before it are in force. \
        <code>crumbgate check</code> says what is wrong.</p>{{/hasOldRules}}
        {{^hasTraffic}}<p class="quiet">Fewer than ten requests yet.</p>{{/hasTraffic}}
        {{#hasTraffic}}<p class="quiet">Counts are rounded down to tens, and up to 15 seconds old.</p><div class="parts">
        <div class="part"><h3 id="answers">Answers</h3><table aria-labelledby="answers"><thead><tr><th scope="col">Class</th>\
        <th scope="col">Share</th><th scope="col">Count</th></tr></thead><tbody>{{#classes}}<tr{{#isBad}} class="bad"{{/isBad}}>\
        <th scope="row">{{name}} <span class="quiet">{{meaning}}</span>{{{bar}}}</th><td>{{share}}</td><td>{{count}}</td></tr>
        {{/classes}}</tbody></table></div>
        {{#hasWaits}}<div class="part"><h3 id="waits">The shop begins its answer within</h3><table aria-labelledby="waits">\
        <thead><tr><th scope="col">Of the requests</th><th scope="col">Time</th></tr></thead><tbody>{{#waits}}<tr>\
        <th scope="row">{{name}}</th><td>{{value}}</td></tr>{{/waits}}</tbody></table></div>{{/hasWaits}}
        <div class="part"><h3 id="now">Now, and in all</h3><table aria-labelledby="now"><tbody>
        <tr><th scope="row">Visitors' connections now</th><td>{{connections}}</td></tr>
        <tr><th scope="row">Connections to the shop now</th><td>{{originConnections}}</td></tr>
        <tr><th scope="row">Cookies withheld</th><td>{{withheld}}</td></tr>
        <tr><th scope="row">Third parties kept out of pages</th><td>{{blocked}}</td></tr>
        <tr><th scope="row">Pages closed, as they could not be rewritten</th><td>{{closed}}</td></tr>
        {{#hasDropped}}<tr class="bad"><th scope="row">Facts that measuring lost</th><td>{{dropped}}</td></tr>{{/hasDropped}}
        </tbody></table></div>
        {{#hasErrors}}<div class="part"><h3 id="errors">What the shop failed at</h3><table aria-labelledby="errors"><thead><tr>\
        <th scope="col">The shop</th><th scope="col">Count</th></tr></thead><tbody>{{#errors}}<tr class="bad">\
        <th scope="row">{{name}}</th><td>{{count}}</td></tr>{{/errors}}</tbody></table></div>{{/hasErrors}}
        </div>{{/hasTraffic}}</section>{{/health}}
        """

    static let problem = """
        <div class="door"><h1>{{title}}</h1><p>{{message}}</p><p><a href="/">To the console</a></p></div>
        """
}
