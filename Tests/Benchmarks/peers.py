"""The peers: who is measured, how each is started, and which consent its visitor brings."""

import html.parser
import os
import re
import secrets
import shutil
import subprocess
import urllib.parse

import http1
import shop
from processes import LOAD_CORE, PEER_CORE, Server, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
PROXY = os.environ.get("CRUMBGATE", os.path.join(REPOSITORY, ".build/release/crumbgate"))
NAMES = ["crumbgate", "nginx+lua", "nginx", "haproxy", "floor"]
WITH_JOBS = {"crumbgate", "nginx+lua"}


def _configure(name, target, values):
    with open(os.path.join(HERE, "peers", name)) as file:
        text = file.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    with open(target, "w") as file:
        file.write(text)
    return target


def _program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise SystemExit(f"{name} is missing; `sh Tests/Tools/install-packages.sh bench` installs it")
    return path


def start_origin(directory):
    """Starts the origin server."""
    port = free_port()
    shop.write_files(directory + "/files")
    configuration = _configure("origin.conf.in", directory + "/origin.conf", {"DIR": directory, "PORT": port})
    return Server("origin", _nginx(configuration, directory), port, LOAD_CORE, directory + "/origin.out",
                  works_in_child=True)


def _nginx(configuration, directory):
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    return [_program("nginx"), "-p", directory, "-e", directory + "/nginx-start.log", "-c", configuration, *user]


class Peer:
    """A running peer: its server and the consent cookie that its visitor brings."""

    def __init__(self, name, server, consent):
        self.name = name
        self.server = server
        self.consent = consent
        self.has_jobs = name.split(":")[0] in WITH_JOBS

    def head(self, path):
        """The request head sent to this peer."""
        return shop.request_head(path, self.consent)


def rules(count):
    """A category of so many cookie and host rules, which match nothing that the load asks for."""
    names = [f"vendor{number}_*" if number % 5 == 4 else f"vendor{number}" for number in range(count // 2)]
    hosts = [f'"*.vendor{number}.example"' if number % 5 == 4 else f"cdn{number}.vendor.example"
             for number in range(count - count // 2)]
    return f"  vendors: {{ purpose: Vendors, cookies: [{', '.join(names)}], hosts: [{', '.join(hosts)}] }}\n"


def certificate(directory):
    """A certificate and its key (P-256, signed by itself), made at the first call."""
    path, key = directory + "/tls.pem", directory + "/tls.key"
    if not os.path.exists(path):
        subprocess.run(
            [_program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "2", "-subj", f"/CN={shop.HOST}", "-addext", f"subjectAltName=DNS:{shop.HOST},DNS:shop.example",
             "-keyout", key, "-out", path], check=True, capture_output=True)
        os.chmod(key, 0o600)
    return path, key


def start(name, directory, origin_port, more_rules=0, gates=False, profile="consent", tls=False, http2=False):
    """Starts a peer; the proxy with so many rules beyond those in its file, gating known services or none.

    With `tls`, which nginx and the proxy know, it speaks TLS with its clients, and with `http2` that too.
    """
    port = free_port()
    values = {"DIR": directory, "PORT": port, "ORIGIN": origin_port, "PEERS": os.path.join(HERE, "peers")}
    values |= {"SSL": "", "CERTIFICATE": "", "LISTEN": f"127.0.0.1:{port}"}
    if tls:
        path, key = certificate(directory)
        values |= {"SSL": " ssl http2" if http2 else " ssl", "CERTIFICATE": f"ssl_certificate {path}; ssl_certificate_key {key}; "
                   "ssl_session_cache shared:sessions:10m; ssl_protocols TLSv1.2 TLSv1.3;",
                   "LISTEN": f"{{ address: 127.0.0.1:{port}, tls: {{ certificate: {path}, key: {key} }} }}"}
        http1.secure_ports.add(port)
    kind = name.split(":")[0]
    label = re.sub(r"\W", "-", name)
    log = f"{directory}/{label}.out"
    if kind == "floor":
        program = directory + "/floor-program"
        if not os.path.exists(program):
            subprocess.run([_program("cc"), "-O2", "-o", program, os.path.join(HERE, "peers/floor.c")], check=True)
        server = Server(name, [program, str(port), str(origin_port)], port, PEER_CORE, log)
        return Peer(name, server, None)
    if kind == "haproxy":
        configuration = _configure("haproxy.cfg.in", directory + "/haproxy.cfg", values)
        server = Server(name, [_program("haproxy"), "-db", "-f", configuration], port, PEER_CORE, log)
        return Peer(name, server, None)
    if kind == "nginx":
        configuration = _configure("nginx.conf.in", directory + "/nginx.conf", values)
        server = Server(name, _nginx(configuration, directory), port, PEER_CORE, log, works_in_child=True)
        return Peer(name, server, None)
    if kind == "nginx+lua":
        secret = secrets.token_hex(32)
        configuration = _configure("nginx-lua.conf.in", directory + "/nginx-lua.conf", values)
        server = Server(name, _nginx(configuration, directory), port, PEER_CORE, log, {"BENCH_SECRET": secret}, True)
        return Peer(name, server, shop.lua_consent(secret))
    assert kind == "crumbgate", name
    state = f"{directory}/{label}-state"
    os.makedirs(state, exist_ok=True)
    values |= {"STATE": state, "RULES": rules(more_rules) if more_rules else "", "KNOWN": str(gates).lower(),
               "PROFILE": profile}
    configuration = _configure("crumbgate.yaml.in", f"{directory}/{label}.yaml", values)
    server = Server(name, [PROXY, "serve", "--rules", configuration], port, PEER_CORE, log)
    try:
        return Peer(name, server, refuse_everything(port))
    except BaseException:
        server.end()
        raise


class _Banner(html.parser.HTMLParser):
    """The form that holds the reject button: where it goes, and what that button sends."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.has_reject = None, [], False
        self._form, self._fields = None, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._form, self._fields = attributes.get("action", ""), []
        elif self._form is not None and tag in ("input", "button"):
            is_reject = attributes.get("id") == "crumbgate-reject"
            if is_reject:
                self.has_reject = True
                self.action, self.fields = attributes.get("formaction", self._form), self._fields
            if (is_reject or attributes.get("type") == "hidden") and "name" in attributes:
                self._fields.append((attributes["name"], attributes.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None


def refuse_everything(port):
    """Answers the proxy's banner with its reject button, as a browser without JavaScript would; returns the cookie."""
    banner = _Banner(http1.exchange(port, shop.request_head(shop.DOCUMENT, cookies=False)).body.decode())
    if not banner.has_reject:
        raise RuntimeError("the proxy shows no banner to a visitor who has not decided")
    body = urllib.parse.urlencode(banner.fields)
    scheme = "https" if port in http1.secure_ports else "http"
    head = (f"POST {banner.action} HTTP/1.1\r\nHost: {shop.HOST}\r\nOrigin: {scheme}://{shop.HOST}\r\n"
            f"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")
    answer = http1.exchange(port, head.encode())
    for line in answer.fields("set-cookie"):
        pair = line.split(";")[0]
        if pair.split("=")[0] in ("crumbgate", "__Host-crumbgate"):
            return pair
    raise RuntimeError(f"the proxy answered the banner's form with {answer.status} and no consent cookie")
