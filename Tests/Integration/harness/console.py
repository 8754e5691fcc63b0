"""An operator's side of the console: accounts made by the command, and a browser's manners on the wire."""

import re
import subprocess
import urllib.parse

from .client import fetch
from .process import binary

PASSWORD = "a long enough password"


def command(gate, *arguments, password=None):
    """`crumbgate console …` with the proxy's rules file."""
    return subprocess.run(
        [binary("crumbgate", "CRUMBGATE_BIN"), "console", *arguments, "--rules", gate.rules_path],
        input=None if password is None else password.encode() + b"\n",
        capture_output=True,
        timeout=30,
        check=False,
    )


class Operator:
    """Who keeps cookies and says where forms come from."""

    def __init__(self, port):
        self.port = port
        self.host = f"localhost:{port}"
        self.cookies = {}

    def get(self, target, fields=(), method="GET"):
        return self._keep(fetch(self.port, target, [*self._cookie, *fields], method, host=self.host))

    def post(self, target, form, fields=None):
        if fields is None:
            fields = ["Sec-Fetch-Site: same-origin", f"Origin: http://{self.host}"]
        body = form if isinstance(form, bytes) else urllib.parse.urlencode(form).encode()
        fields = ["Content-Type: application/x-www-form-urlencoded", *self._cookie, *fields]
        return self._keep(fetch(self.port, target, fields, "POST", body, host=self.host))

    def token(self, target="/login"):
        """What the form of a page holds."""
        return re.search(rb'name="token" value="([0-9a-f]+)"', self.get(target).body)[1].decode()

    def log_in(self, name, password=PASSWORD, **options):
        return self.post("/login", {"token": self.token(), "name": name, "password": password}, **options)

    @property
    def _cookie(self):
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [f"Cookie: {pairs}"] if pairs else []

    def _keep(self, response):
        for line in response.all("set-cookie"):
            name, _, value = line.decode().split(";")[0].partition("=")
            if "Max-Age=0" in line.decode():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return response
