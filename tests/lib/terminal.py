# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program on a terminal, typed at and read from, as a person would."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time


class Terminal:
    """Runs argv with a terminal of its own as its controlling terminal."""

    def __init__(self, *argv, rows=24, columns=80, env=None):
        self._master, slave = os.openpty()
        self.name = os.ttyname(slave)
        self.resize(rows, columns, tell=False)
        self.process = subprocess.Popen(['setsid', '--ctty', *argv], stdin=slave, stdout=slave,
                                        stderr=slave, env=env)
        os.close(slave)
        self.seen = ''  # what was printed and not yet expected

    def resize(self, rows, columns, tell=True):
        """Changes the size of the window, and lets its program know."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        if tell:
            self.process.send_signal(signal.SIGWINCH)

    def type(self, text):
        """Types; the line's end is a carriage return, as a keyboard sends."""
        os.write(self._master, text.replace('\n', '\r').encode())

    def expect(self, pattern, timeout=20):
        """Waits for the pattern; returns the match and forgets what stood up to its end."""
        end = time.monotonic() + timeout
        while not (match := re.search(pattern, self.seen)):
            assert time.monotonic() < end and self._read(end - time.monotonic()), \
                f'{pattern!r} was not printed in {timeout} s; but this:\n{self.seen}'
        self.seen = self.seen[match.end():]
        return match

    def _read(self, timeout):
        """Reads what is there; false when nothing comes any more."""
        ready, _, _ = select.select([self._master], [], [], max(timeout, 0))
        try:
            data = os.read(self._master, 65536) if ready else b''
        except OSError:  # EIO: the last process left the terminal
            data = b''
        self.seen += data.decode(errors='replace').replace('\r\n', '\n')
        return bool(data)

    def wait(self, timeout=20):
        """Reads to the end; returns the exit status."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and self._read(end - time.monotonic()):
            pass
        try:
            return self.process.wait(max(end - time.monotonic(), 1))
        finally:
            self.close()

    def close(self):
        """Hangs up."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
