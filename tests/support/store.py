"""store.py FOLDER: serves FOLDER by HTTP on a free port of loopback, which it
prints. It logs to FOLDER/log, for each request, its path without the query and
its Range. The first part of the path chooses a fault."""
import http.server
import os
import sys
import time

FOLDER = sys.argv[1]


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def begin(self, status, length, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def do_GET(self):
        path = self.path.split("?")[0]
        wanted = self.headers.get("Range")
        with open(FOLDER + "/log", "a") as log:
            log.write("%s %s\n" % (path, wanted or "-"))
        fault, name = path[1:].split("/", 1)
        # a fault that happens once must be remembered between requests
        once = FOLDER + "/" + fault + ".done"
        first = not os.path.exists(once)
        open(once, "w").close()
        try:
            with open(FOLDER + "/" + name, "rb") as f:
                data = f.read()
            getattr(self, fault)(data, wanted, first)
        except FileNotFoundError:
            self.begin(404, 0)
        except OSError:
            self.close_connection = True

    def good(self, data, wanted, first, end=None):
        start = int(wanted[6:].split("-")[0]) if wanted else 0
        if start >= len(data):
            self.begin(416, 0)
            return
        if wanted:
            self.begin(206, len(data) - start, ("Content-Range",
                       "bytes %d-%d/%d" % (start, len(data) - 1, len(data))))
        else:
            self.begin(200, len(data))
        self.wfile.write(data[start:end])

    def cut(self, data, wanted, first):
        """Each answer ends early, after a third of the file at most."""
        start = int(wanted[6:].split("-")[0]) if wanted else 0
        self.good(data, wanted, first, start + len(data) // 3 + 1)
        self.close_connection = True

    def whole(self, data, wanted, first):
        """Cuts once, and ignores Range."""
        self.begin(200, len(data))
        self.wfile.write(data[:len(data) // 2 if first else None])
        self.close_connection = True

    def other(self, data, wanted, first):
        self.good(data[:-1] + b"?", wanted, first)

    def changed(self, data, wanted, first):
        """Cuts once in the middle of another file."""
        if not first:
            self.good(data, wanted, first)
            return
        self.begin(200, len(data))
        self.wfile.write(b"?" * (len(data) // 2))
        self.close_connection = True

    def short(self, data, wanted, first):
        self.good(data[:1000], wanted, first)

    def none(self, data, wanted, first):
        self.begin(404, 0)

    def endless(self, data, wanted, first):
        self.begin(200, None)
        self.close_connection = True
        while True:
            self.wfile.write(data)

    def slow(self, data, wanted, first):
        """Stops in the middle."""
        self.begin(200, len(data))
        self.wfile.write(data[:1000])
        self.wfile.flush()
        time.sleep(60)

    def moved(self, data, wanted, first):
        self.begin(302, 0, ("Location", self.path.replace("moved", "good")))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
