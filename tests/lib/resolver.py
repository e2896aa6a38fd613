# SPDX-License-Identifier: LGPL-2.1-or-later
"""A name server on loopback that answers with the SSHFP records written in a file as comments
(`# NAME IN SSHFP 1 2 HEX`) and calls them validated: what a resolver says of a domain signed by DNSSEC.

usage: resolver.py FILE     as root; goes into the background once it listens
"""

import os
import re
import socket
import struct
import sys

SSHFP, INTERNET = 44, 1
# RFC 1035 and 4035: an answer, recursion wanted and available, authentic data
FLAGS = 0x8000 | 0x0100 | 0x0080 | 0x0020
# the name that stands in the question, right behind the header
SAME_NAME = 0xc00c


def records(path):
    """{name: [rdata]} of the file's comments."""
    found = {}
    with open(path, encoding='utf-8') as file:
        for name, algorithm, kind, digits in re.findall(
                r'^# (\S+) IN SSHFP (\d+) (\d+) ([0-9A-F ]+)$', file.read(), re.M):
            found.setdefault(name, []).append(bytes([int(algorithm), int(kind)]) + bytes.fromhex(digits))
    return found


def answer(query, known):
    """The answer to one query: all records of the name's first label, if it asks for SSHFP."""
    first = query[13:13 + query[12]].decode(errors='replace')
    end = query.index(0, 12) + 5
    asked, = struct.unpack('!H', query[end - 4:end - 2])
    found = known.get(first, []) if asked == SSHFP else []
    text = query[:2] + struct.pack('!5H', FLAGS, 1, len(found), 0, 0) + query[12:end]
    for rdata in found:
        text += struct.pack('!3HIH', SAME_NAME, SSHFP, INTERNET, 60, len(rdata)) + rdata
    return text


def main():
    """Listens, then leaves the caller."""
    known = records(sys.argv[1])
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', 53))
    if os.fork():
        return
    while True:
        query, client = server.recvfrom(4096)
        server.sendto(answer(query, known), client)


if __name__ == '__main__':
    main()
