#!/usr/bin/env python3
"""browser.py PAGE FOLDER: opens a page in headless Chromium, asks about it over
the pipe of its debugger, and prints a line for each answer. Puts screenshots
into FOLDER: light.png, dark.png, open.png, phone.png, print.png."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

QUESTIONS = {
    "title": "document.title",
    "scripts": "document.scripts.length",
    "requests": "performance.getEntriesByType('resource').length",
    "lanes": "document.querySelectorAll('.t tbody ol').length",
    "bars": "document.querySelectorAll('.t tbody li').length",
    "rows": "document.querySelectorAll('.hosts tbody tr').length",
    "days": "document.querySelectorAll('.past .day').length",
    "changes": "document.querySelectorAll('.past tr:has(td)').length",
    "wide": "document.documentElement.scrollWidth > innerWidth",
    "policy": "(() => { const s = document.createElement('script');"
    " s.textContent = 'window.ran = 1'; document.body.append(s);"
    " s.remove(); return window.ran === undefined })()",
    "folded": "document.querySelector('.t tbody ol')?.offsetHeight",
}


class Browser:
    def __init__(self, scratch):
        to_read, self.to_write = os.pipe()
        self.from_read, to_write = os.pipe()

        def descriptors():
            # the debugger reads 3 and writes 4; neither end must be lost
            a, b = os.dup2(to_read, 30), os.dup2(to_write, 40)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [shutil.which("chromium"), "--headless", "--no-sandbox",
             "--disable-gpu", "--remote-debugging-pipe",
             "--user-data-dir=" + scratch, "about:blank"],
            preexec_fn=descriptors, close_fds=False,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.number = 0
        self.rest = b""
        self.session = None

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.from_read, 1 << 16)
            if not more:
                sys.exit("chromium has ended")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.number += 1
        text = {"id": self.number, "method": method, "params": params}
        if self.session:
            text["sessionId"] = self.session
        os.write(self.to_write, json.dumps(text).encode() + b"\0")
        while True:
            got = self.message()
            if got.get("id") == self.number:
                if "error" in got:
                    sys.exit("%s: %s" % (method, got["error"]))
                return got["result"]

    def event(self, method):
        while self.message().get("method") != method:
            pass

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        self.call("Page.enable")

    def open(self, url):
        """Returns the time until the page was loaded, in ms."""
        self.call("Page.navigate", url=url)
        self.event("Page.loadEventFired")
        return self.ask("Math.ceil(performance.timing.loadEventEnd -"
                        " performance.timing.navigationStart)")

    def ask(self, expression):
        got = self.call("Runtime.evaluate", expression=expression)
        return got["result"].get("value")

    def key(self, key, code):
        for kind in "keyDown", "keyUp":
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code)

    def shoot(self, path):
        got = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as f:
            f.write(base64.b64decode(got["data"]))

    def end(self):
        self.call("Browser.close")
        self.process.wait()


def main(page, folder):
    with tempfile.TemporaryDirectory() as scratch:
        b = Browser(scratch)
        b.attach()
        # the fastest: other programs may be at work
        load = min(b.open("file://" + os.path.abspath(page))
                   for _ in range(5))
        b.call("Emulation.setDeviceMetricsOverride", width=1280, height=1000,
               deviceScaleFactor=1, mobile=False)
        for name, expression in QUESTIONS.items():
            print("%s: %s" % (name, b.ask(expression)))
        print("load: %d" % load)
        color = "getComputedStyle(document.body).backgroundColor"
        print("light: %s" % b.ask(color))
        b.shoot(folder + "/light.png")
        b.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark"}])
        print("dark: %s" % b.ask(color))
        b.shoot(folder + "/dark.png")
        b.key("Tab", 9)
        print("focus: %s" % b.ask("document.activeElement.tagName"))
        print("unfolded: %s" % b.ask(QUESTIONS["folded"]))
        b.shoot(folder + "/open.png")
        b.call("Emulation.setDeviceMetricsOverride", width=390, height=800,
               deviceScaleFactor=1, mobile=True)
        # a page that is too wide widens innerWidth as well
        print("phone: %s" % b.ask(
            "document.documentElement.scrollWidth > screen.width"))
        b.shoot(folder + "/phone.png")
        b.call("Emulation.setEmulatedMedia", media="print", features=[])
        b.call("Emulation.setDeviceMetricsOverride", width=720, height=1000,
               deviceScaleFactor=1, mobile=False)
        print("print: %s" % b.ask(QUESTIONS["wide"]))
        b.shoot(folder + "/print.png")
        b.end()


main(*sys.argv[1:])
