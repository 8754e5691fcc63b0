"""Pages that a test writes, behind a proxy whose rules know some of the hosts that they name."""

import time

from selenium.common.exceptions import TimeoutException

from harness.origin import page, response

RULES = """
origin: http://127.0.0.1:{origin}
categories:
  authentication: {{ cookies: [sid] }}
  payment: {{ hosts: ["pay.localhost", "tracker.localhost:{third}/needed/*"] }}
  personalisation: {{ cookies: [theme] }}
  analytics:
    cookies: [_ga, _ga_*, "/^x[0-9]+$/"]
    hosts: ["tracker.localhost", "*.tracker.localhost"]
  remarketing: {{ cookies: [_fbp], hosts: [ads.localhost] }}
  social: {{ hosts: ["video.localhost:{third}/embed/*"] }}
  chat: false
"""


class Stage:
    @staticmethod
    def rules(origin, third):
        return RULES.format(origin=origin, third=third)

    def __init__(self, visitor, gate, origin, third):
        self.visitor, self.gate, self.origin, self.third = visitor, gate, origin, third
        self.pages, self.fields = {}, {}
        third.asked = []

        def respond(peer, request):
            peer.request_body(request)
            path = request.target.split("?")[0]
            kind, html, fields = self.pages.get(path, (page, "<!doctype html><title>none</title>", ()))
            peer.send(kind(html, fields))

        origin.respond = respond
        visitor.begin(gate.port)

    def add(self, path, body, fields=(), head="", lang="en"):
        """A document; `{name}` becomes the third party of that name."""
        text = f"<!doctype html><html lang={lang}><head><title>t</title>{head}</head><body>{body}</body></html>"
        for host in ("tracker", "sub.tracker", "ads", "video", "pay", "cdn"):
            text = text.replace("{" + host + "}", f"http://{host}.localhost:{self.third.port}")
        self.pages[path] = (page, text, fields)

    def add_script(self, path, text):
        self.pages[path] = (lambda text, fields: response(text, ["Content-Type: text/javascript", *fields]), text, ())

    def open(self, body=None, path="/", **options):
        if body is not None:
            self.add(path, body, **options)
        self.visitor.open(path)
        return self

    def settle(self, names=(), host="tracker"):
        """Waits for these requests, or else as long as others would take to come."""
        if names:
            try:
                self.visitor.until(lambda: set(names) <= set(self.third.names(host)))
            except TimeoutException:
                raise AssertionError(f"never asked for: {set(names) - set(self.third.names(host))}") from None
        else:
            time.sleep(0.25)

    @property
    def ran(self):
        return self.visitor.run("return window.ran ?? []")
