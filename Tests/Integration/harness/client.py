"""A visitor's side: raw bytes, single requests, and a browser with a cookie jar."""

import html.parser
import json
import re
import socket
import time
import urllib.parse

from .message import Stream, is_expiry

DOCUMENT = ("Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Dest: document")


class Visitor(Stream):
    """Somebody at the other end of a connection to the proxy."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def request(self, target="/", fields=(), method="GET", body=None, host="shop.test"):
        """Sends one request and returns its response."""
        self.send(request(target, fields, method, body, host))
        return self.response(method)


class Client(Visitor):
    """One connection to the proxy."""

    def __init__(self, port, timeout=10, receive_buffer=None):
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock)


def request(target="/", fields=(), method="GET", body=None, host="shop.test"):
    lines = [f"{method} {target} HTTP/1.1".encode("latin-1"), f"Host: {host}".encode()]
    for field in fields:
        lines.append(field if isinstance(field, bytes) else field.encode("latin-1"))
    if body is not None:
        lines.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def fetch(port, target="/", fields=(), method="GET", body=None, host="shop.test"):
    """One request on a connection of its own."""
    with Client(port) as client:
        return client.request(target, fields, method, body, host)


def exchange(port, raw, timeout=10):
    """Sends bytes and returns everything that comes until the proxy closes."""
    with Client(port, timeout) as client:
        try:
            client.send(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass
        parts = []
        try:
            while data := client.sock.recv(65536):
                parts.append(data)
        except (TimeoutError, ConnectionResetError):
            pass
        return b"".join(parts)


class Jar:
    """What a user agent stores (RFC 6265 §5.3, the parts that one host needs)."""

    def __init__(self):
        self.cookies = {}

    def store(self, lines, path):
        for line in lines:
            pair, *attributes = line.split(b";")
            name, _, value = pair.strip().partition(b"=")
            options = {}
            for attribute in attributes:
                key, _, content = attribute.strip().partition(b"=")
                options[key.lower()] = content
            if b"domain" in options and options[b"domain"].lstrip(b".") not in (b"shop.test",):
                continue
            scope = options.get(b"path", b"").decode()
            if not scope.startswith("/"):
                scope = path.rsplit("/", 1)[0] or "/"
            if is_expiry(line):
                self.cookies.pop((name, scope), None)
            else:
                self.cookies[name, scope] = (value, options)

    def set_by_script(self, name, value):
        self.cookies[name.encode(), "/"] = (value.encode(), {})

    def string(self, path):
        pairs = []
        for (name, scope), (value, _) in self.cookies.items():
            if path == scope or path.startswith(scope if scope.endswith("/") else scope + "/"):
                pairs.append(name + b"=" + value)
        return b"; ".join(pairs)

    @property
    def names(self):
        return {name.decode("latin-1") for name, _ in self.cookies}


class Form:
    """A form of a page: where it goes and what it holds."""

    def __init__(self, attributes):
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").lower()
        self.fields = {}
        self.buttons = {}
        self.checkboxes = {}


class _Forms(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []
        self.ids = {}
        self.links = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids[attributes["id"]] = (tag, attributes)
        if tag == "a":
            self.links.append(attributes.get("href"))
        if tag == "form":
            self.forms.append(Form(attributes))
        elif self.forms and tag == "input":
            form, kind = self.forms[-1], attributes.get("type", "text")
            if kind == "checkbox":
                form.checkboxes[attributes.get("id") or attributes.get("name")] = attributes
            elif kind == "submit":
                form.buttons[attributes.get("id")] = attributes
            elif attributes.get("name"):
                form.fields[attributes["name"]] = attributes.get("value") or ""
        elif self.forms and tag == "button":
            self.forms[-1].buttons[attributes.get("id")] = attributes


def parsed(page):
    parser = _Forms()
    parser.feed(page.decode("utf-8", "replace") if isinstance(page, bytes) else page)
    return parser


class Browser:
    """Follows what a visitor's browser does without JavaScript: documents, forms, redirects, cookies."""

    def __init__(self, port, host="shop.test", fields=(), agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"):
        self.port = port
        self.host = host
        self.jar = Jar()
        self.fields = list(fields)
        self.agent = agent
        self.client = None
        self.path = "/"
        self.responses = []

    def send(self, method, target, body=None, content_type=None, navigate=True, fields=()):
        for attempt in (0, 1):
            if self.client is None:
                self.client = Client(self.port)
            lines = [f"User-Agent: {self.agent}", *self.fields, *fields]
            if navigate:
                lines += [*DOCUMENT, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: same-origin"]
            if cookies := self.jar.string(target.split("?")[0]):
                lines.append(b"Cookie: " + cookies)
            if method == "POST":
                lines += [f"Origin: http://{self.host}", f"Content-Type: {content_type}"]
            if self.path and navigate:
                lines.append(f"Referer: http://{self.host}{self.path}")
            try:
                response = self.client.request(target, lines, method, body, self.host)
                break
            except OSError:
                self.client = None
                if attempt:
                    raise
        if response.one("connection") == b"close":
            self.client.close()
            self.client = None
        self.jar.store(response.set_cookies, target.split("?")[0])
        self.responses.append(response)
        if navigate:
            self.path = target
        return response

    def follow(self, response):
        while response.status in (301, 302, 303):
            target = response.one("location").decode()
            response = self.send("GET", re.sub(r"^https?://[^/]*", "", target))
        return response

    def get(self, target, **options):
        return self.follow(self.send("GET", target, **options))

    def submit(self, form, values=None, button=None, follow=True):
        """Submits a form; `button` is the id of the pressed one."""
        fields = dict(form.fields)
        if button is not None:
            pressed = form.buttons[button]
            if pressed.get("name"):
                fields[pressed["name"]] = pressed.get("value") or ""
        fields.update(values or {})
        body = urllib.parse.urlencode(fields).encode()
        action = (form.buttons.get(button) or {}).get("formaction") or form.action or self.path
        if (button and (form.buttons[button].get("formmethod") or form.method) == "get") or form.method == "get":
            return self.get(action + "?" + body.decode())
        response = self.send("POST", action, body, "application/x-www-form-urlencoded")
        return self.follow(response) if follow else response

    def form(self, response, action):
        """The page's form that goes to this action."""
        for form in parsed(response.body).forms:
            if urllib.parse.urlsplit(form.action).path == action:
                return form
        raise AssertionError(f"no form to {action} in a {response.status} of {self.path}: {response.body[:300]!r}")

    def decide(self, button):
        """Presses a button of the banner on the home page."""
        response = self.get("/")
        return self.submit(self.form(response, "/.crumbgate/consent"), button=button)


def seen(port):
    """What a demo server says it was sent."""
    return json.loads(fetch(port, "/__seen", host=f"127.0.0.1:{port}").body)


def forget(port):
    fetch(port, "/__seen", method="DELETE", host=f"127.0.0.1:{port}")


def eventually(check, timeout=5):
    """The check's first true result; fails when there is none in time."""
    deadline = time.monotonic() + timeout
    while True:
        if result := check():
            return result
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)
