#!/usr/bin/env python3
"""tab.py SHELL COMPLETIONS LINE...: types each LINE into an interactive shell
on a terminal and prints the words that hdeploy would get, one LINE a line, as
<word><word>. A tab in LINE is the Tab key. COMPLETIONS is the folder with the
completion files. hdeploy is a function of the shell, so the real one in PATH
only completes. Keys are typed ahead: the shell takes them in order."""
import os
import pty
import re
import select
import sys
import time

LIMIT = 30
SETUP = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], """
. '%s/hdeploy.bash'
hdeploy() { printf '\\n[%%s]' "$(printf '<%%s>' "$@")"; echo; }
PS1='READ''Y '
"""),
    "zsh": (["zsh", "-f", "-i"], """
fpath=('%s' $fpath); autoload -U compinit; compinit -u -D
hdeploy() { print; print -n '['; printf '<%%s>' "$@"; print ']' }
setopt no_beep no_prompt_cr no_prompt_sp; PS1='READ''Y '
"""),
    "fish": (["fish", "--no-config", "-i"], """
source '%s/hdeploy.fish'
function hdeploy; echo; echo '['(printf '<%%s>' $argv)']'; end
function fish_prompt; echo 'READ''Y '; end
"""),
}


def start(shell, folder):
    words, setup = SETUP[shell]
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", COLUMNS="200")
        os.execvp(words[0], words)
    return fd, (setup % folder).lstrip()


def read_until(fd, pattern, seen):
    end = time.monotonic() + LIMIT
    while True:
        found = re.search(pattern, seen)
        if found:
            return found
        if not select.select([fd], [], [], end - time.monotonic())[0]:
            sys.exit("nothing like %s in: %r" % (pattern, seen))
        seen += os.read(fd, 4096).decode(errors="replace")


def main():
    shell, folder, *lines = sys.argv[1:]
    fd, setup = start(shell, folder)
    os.write(fd, setup.encode())
    read_until(fd, "READY ", "")
    for line in lines:
        os.write(fd, line.encode() + b"\r")
        found = read_until(fd, r"[\r\n]+\[((?:<[^>]*>)+)\]", "")
        print(found.group(1))
    os.close(fd)


main()
