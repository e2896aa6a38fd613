# SPDX-License-Identifier: LGPL-2.1-or-later
"""TAP on standard output: a line a promise. Knows nothing of what is promised."""

import os
import sys
import threading
import traceback


class Skip(Exception):
    """Raised by a test that cannot be run here; its text says why."""


def note(text):
    """A line on standard output; in a guest also on its console, where it is left when the guest has to be ended."""
    print(text, flush=True)
    if os.environ.get('VM_GUEST'):
        with open('/dev/console', 'w', encoding='utf-8') as console:
            console.write(f'{text}\r\n')


class Tap:
    """Numbers and prints the lines; threads may share one."""

    def __init__(self):
        self._lock = threading.Lock()
        self._number = 0
        self._failed = 0

    def _line(self, verdict, sentence, remark=''):
        self._number += 1
        note(f'{verdict} {self._number} - {sentence}{remark}')

    def ok(self, sentence):
        """This promise held."""
        with self._lock:
            self._line('ok', sentence)

    def skip(self, sentence, why):
        """This promise was not tried."""
        with self._lock:
            self._line('ok', sentence, f' # SKIP {why}')

    def fail(self, sentence, reason):
        """This promise was broken."""
        with self._lock:
            self._failed += 1
            self._line('not ok', sentence)
            for line in str(reason).splitlines():
                note(f'# {line}')

    def attempt(self, sentence, function, *arguments):
        """Runs the function: it holds unless it raises. CASES: the names of those to run."""
        cases = os.environ.get('CASES')
        if cases and getattr(function, '__name__', '') not in cases.split():
            self.skip(sentence, 'not in CASES')
            return
        try:
            function(*arguments)
        except Skip as skip:
            self.skip(sentence, skip)
        except AssertionError as error:
            self.fail(sentence, error if error.args else traceback.format_exc())
        except Exception:  # pylint: disable=broad-except
            self.fail(sentence, traceback.format_exc())
        else:
            self.ok(sentence)

    def finish(self):
        """Prints the plan and ends the program."""
        print(f'1..{self._number}', flush=True)
        sys.exit(1 if self._failed else 0)


def expect(actual, wanted, what='value'):
    """Fails with both where they differ."""
    assert actual == wanted, f'{what}: {actual!r}\nwanted: {wanted!r}'


def expect_in(part, whole):
    """Fails with the whole where the part is missing."""
    assert part in whole, f'{part!r} is not in\n{whole}'
