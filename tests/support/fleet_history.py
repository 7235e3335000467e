#!/usr/bin/env python3
"""fleet_history.py FOLDER N: writes histories of N hosts, web1 and so on, into
FOLDER/webN/.hdeploy/history.jsonl: a push, an upgrade, one that was undone on the
last host, and, on web1, lines without a run and with markup in their texts."""
import json
import os
import sys

EVIL = "</td></table></style><script>alert(1)</script>\"' onload=x & "


def line(n, number, time, command, **fields):
    return {"id": "%02d%02d" % (number, n), "time": time,
            "who": "ann@laptop", "command": command, **fields, "ms": 4000 + 70 * n}


def history(n, last):
    ci = {"who": "deploy@runner",
          "job": "https://ci.example/acme/hotcode/actions/runs/8123456789"}
    lines = [
        line(n, 1, "2026-01-30T23:59:%02d.123Z" % (n % 60), "push", to="0.1.0",
             result="ok", run="r1"),
        line(n, 2, "2026-01-31T00:01:%02d.123Z" % (n % 60), "start", to="0.1.0",
             result="ok", run="r2"),
        line(n, 3, "2026-01-31T08:15:%02d.123Z" % (n % 60), "push", to="0.2.0",
             result="ok", run="r3", **ci),
        line(n, 4, "2026-01-31T08:16:%02d.123Z" % (10 * n % 60), "upgrade",
             result="ok", mode="hot", run="r3", **{"from": "0.1.0", "to": "0.2.0"},
             **ci),
        line(n, 5, "2026-02-02T14:03:%02d.123Z" % (n % 60), "upgrade", run="r4",
             mode="hot", **{"from": "0.2.0", "to": "0.3.0-rc.1+build.20260202"},
             result="undone" if n == last else "ok"),
    ]
    if n == 1:
        lines += [
            line(n, 6, "2026-02-03T09:00:00Z", "rollback", result="undone",
                 **{"from": "0.3.0", "to": "0.2.0"}),
            {k: EVIL for k in ("id", "time", "who", "job", "command", "from",
                               "to", "result", "mode", "run")},
        ]
    return lines


def main(folder, hosts):
    for n in range(1, int(hosts) + 1):
        at = os.path.join(folder, "web%d" % n, ".hdeploy")
        os.makedirs(at, mode=0o700, exist_ok=True)
        with open(os.path.join(at, "history.jsonl"), "w") as f:
            for each in history(n, int(hosts)):
                f.write(json.dumps(each, separators=(",", ":")) + "\n")


main(*sys.argv[1:])
