# SPDX-License-Identifier: LGPL-2.1-or-later
"""The side-by-side tables of the login tests run again, by another way in: TAP of all of them as one."""

import os
import re
import subprocess
import sys

TABLES = ('commands', 'files', 'forwarding', 'terminals')


def run(server, more=(), tables=TABLES):
    """Runs the tables with SERVER, numbers their lines anew, and ends the program. `more`: slow ones."""
    if os.environ.get('FULL') and tables == TABLES and 'tools' not in more:
        more += ('tools',)
    tables += more
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../login')
    number, failed = 0, False
    for table in tables:
        done = subprocess.Popen([os.path.join(folder, f'{table}.test')], stdout=subprocess.PIPE, text=True,
                                env={**os.environ, 'SERVER': server})
        for line in done.stdout:
            match = re.match(r'(ok|not ok) \d+ - (.*)', line)
            if match:
                number += 1
                line = f'{match.group(1)} {number} - {server}: {match.group(2)}\n'
            if match or line.startswith('#'):
                sys.stdout.write(line)
                sys.stdout.flush()
        failed = bool(done.wait()) or failed
    print(f'1..{number}')
    sys.exit(1 if failed else 0)
