/// The scripts that small e-stores embed, in the small: each does what its kind does with cookies and requests.
enum ThirdPartyScript {
    private static let prelude = """
        const origin = new URL(document.currentScript.src).origin;
          const keep = (name, value, days) => {
            if (!document.cookie.split('; ').some((pair) => pair.startsWith(name + '=')))
              document.cookie = `${name}=${value}; Path=/; Max-Age=${days * 86400}; SameSite=Lax`;
          };
          const id = () => `${Math.floor(Math.random() * 1e9)}.${Math.floor(Date.now() / 1000)}`;
        """

    private static func wrapped(_ body: String) -> String {
        "(() => {\n  'use strict';\n  \(prelude)\n\(body)\n})();\n"
    }

    /// Google-Analytics-like: two first-party cookies and a hit for each page and for each event of the data layer.
    static let analytics = wrapped(
        """
          keep('_ga', 'GA1.1.' + id(), 730);
          keep('_ga_DEMO', 'GS2.1.s' + id(), 730);
          const collect = (name) => {
            const url = `${origin}/ga/collect?v=2&tid=G-DEMO&en=${encodeURIComponent(name)}` +
              `&dl=${encodeURIComponent(location.href)}&dt=${encodeURIComponent(document.title)}`;
            if (!navigator.sendBeacon || !navigator.sendBeacon(url)) fetch(url, { mode: 'no-cors', keepalive: true });
          };
          window.demoAnalytics = (window.demoAnalytics || 0) + 1;
          collect('page_view');
          const layer = window.dataLayer = window.dataLayer || [];
          const push = layer.push.bind(layer);
          layer.push = (...entries) => {
            for (const entry of entries) if (entry && entry[0] === 'event') collect(entry[1]);
            return push(...entries);
          };
        """)

    /// etracker-like: one cookie and a picture that carries the hit.
    static let audience = wrapped(
        """
          keep('_et_coid', Math.random().toString(16).slice(2).padEnd(32, '0'), 730);
          window.demoAudience = (window.demoAudience || 0) + 1;
          new Image().src = `${origin}/et/pixel.gif?et=demo&pg=${encodeURIComponent(location.pathname)}`;
        """)

    /// A tag manager: all it does is to bring in others.
    static let tagManager = wrapped(
        """
          window.demoTagManager = (window.demoTagManager || 0) + 1;
          const add = (path) => {
            const script = document.createElement('script');
            script.async = true;
            script.src = origin + path;
            document.head.append(script);
          };
          add('/remarketing/pixel.js?via=tm');
          add('/heatmap/record.js?via=tm');
        """)

    static let remarketing = wrapped(
        """
          keep('_fbp', 'fb.1.' + id(), 90);
          keep('_gcl_au', '1.1.' + id(), 90);
          window.demoRemarketing = (window.demoRemarketing || 0) + 1;
          new Image().src = `${origin}/remarketing/pixel.gif?ev=ViewContent&u=${encodeURIComponent(location.pathname)}`;
        """)

    static let heatmap = wrapped(
        """
          window.demoHeatmap = (window.demoHeatmap || 0) + 1;
          fetch(`${origin}/heatmap/record?x=1`, { mode: 'no-cors', keepalive: true }).catch(() => {});
        """)

    static let social = wrapped(
        """
          keep('social_seen', '1', 180);
          window.demoSocial = (window.demoSocial || 0) + 1;
          for (const box of document.querySelectorAll('.social')) {
            for (const name of ['Chirp', 'Pinwall', 'Facepage']) {
              const button = document.createElement('button');
              button.type = 'button';
              button.textContent = 'Share on ' + name;
              button.addEventListener('click', () => { new Image().src = `${origin}/social/share?on=${name}`; });
              box.append(button);
            }
          }
        """)

    static let chat = wrapped(
        """
          keep('chat_id', id(), 365);
          window.demoChat = (window.demoChat || 0) + 1;
          const box = document.createElement('aside');
          box.id = 'chat-widget';
          box.style.cssText = 'position:fixed;right:1rem;bottom:1rem;padding:.8rem 1rem;border-radius:14px;' +
            'background:#2f5d50;color:#fff;font:15px system-ui';
          box.textContent = 'Questions? We are here.';
          document.body.append(box);
          fetch(`${origin}/chat/poll`, { credentials: 'omit' }).then((answer) => answer.json())
            .then((answer) => { box.textContent = answer.greeting; }).catch(() => {});
        """)

    /// The payment provider's form: no cookie, no hit but the token it was asked for.
    static let payment = """
        (() => {
          'use strict';
          const origin = new URL(document.currentScript.src).origin;
          const box = document.getElementById('payment-element');
          if (!box) return;
          window.demoPayment = (window.demoPayment || 0) + 1;
          box.innerHTML = '<label>Card number <input id="card-number" inputmode="numeric" autocomplete="cc-number" ' +
            'placeholder="4242 4242 4242 4242"></label><input type="hidden" name="payment_token">';
          const card = box.querySelector('#card-number');
          card.addEventListener('change', async () => {
            const answer = await fetch(`${origin}/pay/token`, { method: 'POST', body: box.dataset.amount });
            box.querySelector('[name=payment_token]').value = (await answer.json()).token;
            box.closest('form').querySelector('[name=method][value=card]').checked = true;
          });
        })();

        """
}
