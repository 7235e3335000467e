#!/usr/bin/env python3
"""Reads what a run left for the system that started it, as that system does.

ci.py github LOG     the commands in the log, as the runner of GitHub finds
                     them: "group TITLE", "endgroup", "error TITLE: MESSAGE"
ci.py gitlab LOG     the sections of the log: "start TITLE", "end TITLE"
ci.py output FILE    GITHUB_OUTPUT: "NAME=VALUE"
ci.py dotenv FILE    a dotenv report within the limits of GitLab: "NAME=VALUE"
ci.py summary FILE   the tables of a step summary: "cell|cell|..."
ci.py junit FILE     a JUnit report: "SUITE/CASE: passed|skipped|failure TYPE"

Anything that the system would not take is an error.
"""
import html
import re
import sys
import xml.etree.ElementTree as ET

# Those that the runner has; it ignores any other one.
COMMANDS = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup",
    "error", "group", "internal-set-repo-path", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "stop-commands", "warning",
}


def refuse(why):
    sys.exit("ci.py: " + why)


def unescape(text, more=""):
    for char in "\r\n" + more + "%":
        text = text.replace("%%%02X" % ord(char), char)
    return text


def command_of(line):
    """(name, properties, message), or None: the line is only text."""
    text = line.lstrip()
    if text.startswith("::") and "::" in text[2:]:
        info, message = text[2:].split("::", 1)
        name, _, rest = info.partition(" ")
        if name in COMMANDS:
            pairs = [p.split("=", 1) for p in rest.strip().split(",") if p]
            return name, {k: unescape(v, ":,") for k, v in pairs}, \
                unescape(message)
    if "##[" in line and "]" in line.split("##[", 1)[1]:
        info, message = line.split("##[", 1)[1].split("]", 1)
        name = info.split(" ", 1)[0]
        if name in COMMANDS:
            return name, {}, message
    return None


def github(text):
    inside = False
    for line in text.split("\n"):
        command = command_of(line)
        if command is None:
            continue
        name, properties, message = command
        if name == "group":
            if inside:
                refuse("a group in a group: " + message)
            inside = True
            print("group", message)
        elif name == "endgroup":
            if not inside:
                refuse("an endgroup without its group")
            inside = False
            print("endgroup")
        elif name in ("error", "warning"):
            print("%s %s: %s" % (name, properties["title"],
                                 message.replace("\n", "\\n")))
        else:
            refuse("the log gives a command: " + line)
    if inside:
        refuse("a group has no end")


def gitlab(text):
    marks = re.compile(r"section_(start|end):(\d+):([a-zA-Z0-9_.-]+)"
                       r"(\[[^\]]*\])?\r\033\[0K([^\n]*)")
    begun = set()
    inside = None
    last = 0
    for edge, when, name, options, title in marks.findall(text):
        if int(when) < last:
            refuse("time goes back: " + name)
        last = int(when)
        if edge == "start":
            if inside or name in begun or options != "[collapsed=true]":
                refuse("a bad start: " + name + options)
            begun.add(name)
            inside = name, title
            print("start", title)
        else:
            if not inside or inside[0] != name:
                refuse("an end without its start: " + name)
            print("end", inside[1])
            inside = None
    if inside:
        refuse("a section has no end")


def output(text):
    for line in text.splitlines():
        if "=" not in line or "<<" in line:
            refuse("not NAME=VALUE: " + line)
        print(line)


def dotenv(text):
    lines = text.split("\n")
    if len(text) > 5 * 1024 or lines.pop() != "" or len(lines) > 20:
        refuse("too large, or the last line has no end")
    for line in lines:
        if not re.fullmatch(r"[A-Za-z0-9_]+=[^\s'\"$#\\]*", line):
            refuse("not NAME=VALUE: " + line)
        print(line)


def summary(text):
    if len(text) > 1024 * 1024:
        refuse("too large")
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            if re.search(r"[<>`*_\[\]\\]", line):
                refuse("markup in a cell: " + line)
            cells = line.strip("|").split("|")
            print("|".join(html.unescape(c.strip()) for c in cells))


def outcome(case):
    found = [e for e in case if e.tag in ("failure", "error", "skipped")]
    if not found:
        return "passed"
    return (found[0].tag + " " + found[0].get("type", "")).strip()


def count(cases, tag):
    return sum(1 for c in cases if c.find(tag) is not None)


def check_counts(element, cases):
    for key, tag in (("failures", "failure"), ("errors", "error"),
                     ("skipped", "skipped")):
        if int(element.get(key)) != count(cases, tag):
            refuse("wrong number of " + key)
    if int(element.get("tests")) != len(cases):
        refuse("wrong number of tests")


def junit(text):
    root = ET.fromstring(text)
    check_counts(root, root.findall("testsuite/testcase"))
    for suite in root.findall("testsuite"):
        cases = suite.findall("testcase")
        check_counts(suite, cases)
        names = [(c.get("classname"), c.get("name")) for c in cases]
        if len(set(names)) != len(names):
            refuse("two cases with one name in " + suite.get("name"))
        for case in cases:
            if not re.fullmatch(r"\d+\.\d{3}", case.get("time")):
                refuse("a bad time: " + case.get("time"))
            print("%s/%s: %s" % (suite.get("name"), case.get("name"),
                                 outcome(case)))


READERS = {f.__name__: f
           for f in (github, gitlab, output, dotenv, summary, junit)}

if __name__ == "__main__":
    with open(sys.argv[2], newline="", encoding="utf-8") as file:
        READERS[sys.argv[1]](file.read())
