# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest of tests/vm as the host that is tested: its own systemd, its own sshd, `make install` done.

Puts everything back at the end, for the tests that follow in the same guest. Knows how a Debian host
is changed, and nothing of what is tested on it.
"""

import atexit
import os
import shutil
import subprocess
import sys

from host import run, wait_until, write

STAGE = '/srv/stage'
CLIENT = ('Host *\n    HostName 127.0.0.1\n    StrictHostKeyChecking no\n    LogLevel ERROR\n'
          '    UserKnownHostsFile /dev/null\n')
OURS = {'auth': 'auth required pam_confine.so\n', 'session': 'session required pam_confine.so\n'}


def enter():
    """Skips the whole test where this is no guest; installs the program."""
    if not os.environ.get('VM_GUEST'):
        print('ok 1 - a test of a whole host # SKIP runs in a guest only: tests/vm/run')
        sys.exit(0)
    atexit.register(_remove)
    run('sh', '-c', f'tar -C {STAGE} -c . | tar -C / -x --keep-directory-symlink')
    run(os.path.join(os.path.dirname(__file__), '../../packaging/apparmor'), 'load', '/etc/apparmor.d/confine-default')
    if os.path.exists('/sys/fs/selinux/enforce'):
        run('sh', '-c', f'cd {STAGE} && find . -mindepth 1 -printf "/%P\\n" | restorecon -f -')
    os.makedirs('/root/.ssh', mode=0o700, exist_ok=True)
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/root/.ssh/id_ed25519')
    write('/root/.ssh/config', CLIENT)


def _remove():
    for folder, _, names in os.walk(STAGE):
        for name in names:
            os.unlink(os.path.join('/', os.path.relpath(folder, STAGE), name))
    for folder in ('/etc/confine.d', '/root/.ssh'):
        shutil.rmtree(folder, ignore_errors=True)


def keep(path):
    """The file's text; at the end the file is so again."""
    with open(path, encoding='utf-8') as file:
        text = file.read()

    def restore():
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    atexit.register(restore)
    return text


def add_user(name, uid):
    """A user whom root's key lets in; gone at the end, with all that is left of him."""
    run('useradd', '-m', '-s', '/bin/bash', '-u', str(uid), name)
    atexit.register(_remove_user, name)
    folder = f'/home/{name}/.ssh'
    os.makedirs(folder, mode=0o700)
    shutil.copy('/root/.ssh/id_ed25519.pub', f'{folder}/authorized_keys')
    run('chown', '-R', f'{name}:', folder)
    if os.path.exists('/sys/fs/selinux/enforce'):
        run('restorecon', '-RF', f'/home/{name}')


def _remove_user(name):
    subprocess.run(['confine', 'kill', '--user', name], capture_output=True, check=False)
    subprocess.run(['loginctl', 'terminate-user', name], capture_output=True, check=False)
    subprocess.run(['pkill', '-KILL', '-u', name], check=False)
    wait_until(lambda: subprocess.run(['pgrep', '-u', name], stdout=subprocess.DEVNULL, check=False).returncode,
               what=f"the end of {name}'s processes")
    subprocess.run(['userdel', '-r', name], capture_output=True, check=True)


def pam(service, plain, before_systemd=False):
    """Our lines in a service's plain text: the session line last, or before Debian's common-session."""
    lines = plain.splitlines(keepends=True)
    at = {word: lines.index(f'@include common-{word}\n') for word in OURS}
    lines.insert(at['session'] if before_systemd else len(lines), OURS['session'])
    lines.insert(at['auth'] + 1, OURS['auth'])
    write(f'/etc/pam.d/{service}', ''.join(lines))
