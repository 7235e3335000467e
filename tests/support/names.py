#!/usr/bin/env python3
"""names.py FILE: a name server on 127.0.0.1:53 (UDP) for tests in a network
namespace of their own. FILE has a record on each line, "NAME A ADDRESS" or
"NAME SRV PRIORITY WEIGHT PORT TARGET"; all other names do not exist. Prints
"ready", then every question."""
import socket
import struct
import sys

TYPES = {1: "A", 33: "SRV"}


def wire(name):
    labels = name.encode().split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels).lower(), packet[12 : at + 5]


def data(kind, words):
    if kind == "A":
        return socket.inet_aton(words[0])
    return struct.pack(">HHH", *map(int, words[:3])) + wire(words[3])


def answer(packet, records):
    name, asked = question(packet)
    number = struct.unpack(">H", asked[-4:-2])[0]
    kind = TYPES.get(number, str(number))
    print(name, kind, flush=True)
    found = [r[2:] for r in records if r[:2] == [name, kind]]
    known = any(r[0] == name for r in records)
    head = packet[:2] + struct.pack(
        ">HHHHH", 0x8580 if known else 0x8583, 1, len(found), 0, 0
    )
    rows = b"".join(
        b"\xc0\x0c" + struct.pack(">HHIH", number, 1, 60, len(d)) + d
        for d in (data(kind, words) for words in found)
    )
    return head + asked + rows


def main():
    with open(sys.argv[1], encoding="ascii") as f:
        records = [line.split() for line in f if line.strip()]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    print("ready", flush=True)
    while True:
        packet, client = server.recvfrom(4096)
        server.sendto(answer(packet, records), client)


main()
