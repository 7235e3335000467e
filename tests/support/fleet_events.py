#!/usr/bin/env python3
"""fleet_events.py N [HOST,...]: prints the events of an upgrade of N hosts in
waves, as hdeploy --json does. The named hosts fail in their soak and go back."""
import json
import random
import sys

STEPS = ["snapshot", "unpack", "check", "install", "verify", "soak", "drain",
         "make permanent", "verify", "record"]
FAILURE = "health check http 8080 /health: status 500, not 200"


class Run:
    def __init__(self, hosts, bad):
        self.hosts, self.bad = hosts, bad
        self.events, self.reports, self.now = [], [], 0

    def add(self, at, event, **fields):
        s, ms = divmod(at, 1000)
        time = "2026-01-31T08:%02d:%02d.%03dZ" % (15 + s // 60, s % 60, ms)
        self.events.append((at, {"event": event, "time": time, **fields}))

    def step(self, at, host, step, version, ms, **end):
        self.add(at, "step", host=host, step=step, after=version,
                 result="begin")
        self.add(at + ms, "step", host=host, step=step, after=version, ms=ms,
                 **{"result": "ok", **end})
        return at + ms

    def forward(self, at, host):
        for step in STEPS:
            ms = {"soak": 10000, "drain": 0}.get(step,
                                                 random.randint(150, 1500))
            if host in self.bad and step == "soak":
                self.add(at + 4000, "health", host=host, ms=900,
                         name="http 8080 /health", result="failed",
                         text="status 500, not 200")
                return self.step(at, host, step, "0.2.0", 4000,
                                 result="failed", text=FAILURE)
            at = self.step(at, host, step, "0.2.0", ms)
        return at

    def change(self, at, host):
        begin = at
        at = self.forward(at, host)
        r = {"host": host, "before": "0.1.0", "after": "0.2.0",
             "boots": "0.2.0", "result": "ok", "mode": "hot"}
        if host in self.bad:
            for step in "install", "verify", "discard":
                at = self.step(at, host, step, "0.1.0",
                               random.randint(300, 900))
            r.update(after="0.1.0", boots="0.1.0", result="undone",
                     text="soak 0.2.0: %s; undone: runs and boots 0.1.0" %
                     FAILURE)
        r["ms"] = at - begin
        self.reports.append(r)
        self.add(at, "host", **r)
        return at

    def waves(self):
        first, size = max(1, len(self.hosts) // 40), len(self.hosts) // 8 + 1
        rest = self.hosts[first:]
        return [self.hosts[:first]] + [
            rest[i:i + size] for i in range(0, len(rest), size)]

    def run(self):
        self.add(0, "version", hdeploy="0.1.0", format=1)
        self.add(0, "start", name="upgrade prod 0.2.0",
                 text="upgrade prod 0.2.0: %d hosts" % len(self.hosts))
        self.add(5, "phase", name="plan", count=len(self.hosts),
                 text="lock the hosts and plan")
        for host in self.hosts:
            self.add(2000, "plan", host=host, before="0.1.0", after="0.2.0",
                     result="planned", text=", ".join(
                         s + " 0.2.0" for s in STEPS))
        at, waves = 2500, self.waves()
        for i, wave in enumerate(waves):
            self.add(at, "phase", name="wave", count=len(wave),
                     text="upgrade, wave %d of %d: %s to %s" %
                     (i + 1, len(waves), wave[0], wave[-1]))
            at = 300 + max(self.change(at + random.randint(0, 400), host)
                           for host in wave)
        self.add(at, "phase", name="end")
        self.add(at + 100, "summary", status=int(bool(self.bad)),
                 hosts=self.reports)
        self.events.sort(key=lambda e: e[0])


random.seed(1)
run = Run(["web%d" % (i + 1) for i in range(int(sys.argv[1]))],
          set(",".join(sys.argv[2:]).split(",")) - {""})
run.run()
for _, event in run.events:
    print(json.dumps(event))
