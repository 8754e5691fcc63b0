"""Third parties of all kinds behind `*.localhost`: they answer everything and remember who asked for what."""

import http.server
import threading

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


class Third:
    """Answers a path by its ending; a script says on the page that it has run."""

    def __init__(self):
        third = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                third.asked.append((self.headers["Host"].split(":")[0].removesuffix(".localhost"), self.path))
                path = self.path.split("?")[0]
                kind, body = third.content(path)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.do_GET()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.asked = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def content(path):
        name = path.rsplit("/", 1)[-1]
        if name.endswith(".js"):
            return "text/javascript", f"(window.ran ??= []).push('{name[:-3]}');".encode()
        if name.endswith(".css"):
            return "text/css", b"p { color: green }"
        if name.endswith(".gif"):
            return "image/gif", GIF
        return "text/html", b"<!doctype html><title>frame</title><p>Shown"

    def url(self, host, path):
        return f"http://{host}.localhost:{self.port}/{path}"

    def names(self, host="tracker"):
        """What one host was asked for, by the last part of the path without its ending."""
        return [path.split("?")[0].rsplit("/", 1)[-1].split(".")[0] for at, path in list(self.asked) if at == host]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
