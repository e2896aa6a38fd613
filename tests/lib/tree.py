# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small system in a folder, made of programs of the host's and what they link to."""

import os
import shutil

import host

FOLDERS = ('bin', 'dev/pts', 'etc', 'home', 'proc', 'root', 'run', 'sys', 'tmp', 'var/tmp')


def plant(tree, *programs):
    """Makes the tree; modes are kept. Its /etc/issue says what it is."""
    for folder in FOLDERS:
        os.makedirs(f'{tree}/{folder}')
    for program in programs:
        shutil.copy(program, f'{tree}/bin/')
        for word in host.run('ldd', program).split():
            if word.startswith('/') and not os.path.exists(tree + word):
                os.makedirs(os.path.dirname(tree + word), exist_ok=True)
                shutil.copy(word, tree + word)
    host.write(f'{tree}/etc/issue', 'another tree\n')
