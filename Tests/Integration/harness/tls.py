"""Certificates made by the openssl command, and visitors who speak TLS through Python's ssl."""

import pathlib
import socket
import ssl
import subprocess

from .client import Visitor


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], capture_output=True, timeout=30, check=True, **options)


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.certificate = self.directory / "ca.pem"
        self.key = self.directory / "ca.key"
        openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=test authority", "-keyout", self.key, "-out", self.certificate,
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip

    def issue(self, name, *names, days=2, kind="ec", usage="serverAuth", into=None):
        """A certificate for these names: its path and its key's."""
        names = names or (name,)
        folder = pathlib.Path(into) if into else self.directory
        path, key = folder / f"{name}.pem", folder / f"{name}.key"
        request, extensions = self.directory / f"{name}.csr", self.directory / f"{name}.ext"
        options = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}[kind]
        openssl(
            "req", "-newkey", *options, "-nodes", "-subj", f"/CN={names[0].replace('*', 'any')}", "-keyout", key,
            "-out", request,
        )  # fmt: skip
        listed = ",".join(("IP:" if n.replace(".", "").isdigit() else "DNS:") + n for n in names)
        extensions.write_text(f"subjectAltName={listed}\nextendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n")
        openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
            "-days", str(days), "-extfile", extensions, "-out", path,
        )  # fmt: skip
        key.chmod(0o600)
        return path, key

    def context(self, **options):
        """A visitor's context that believes this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.certificate)
        for name, value in options.items():
            setattr(context, name, value)
        return context


def careless(**options):
    """A context that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    return context


class SecureClient(Visitor):
    """One TLS connection to the proxy; the end of the stream without a close_notify is an error."""

    def __init__(self, port, context, name="shop.test", session=None, timeout=10, receive_buffer=None):
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if name is None:
            context.check_hostname = False
        try:
            secured = context.wrap_socket(sock, server_hostname=name, session=session, suppress_ragged_eofs=False)
        except BaseException:
            sock.close()
            raise
        super().__init__(secured)

    @property
    def names(self):
        """Of the certificate that was shown."""
        return {value for _, value in self.sock.getpeercert()["subjectAltName"]}
