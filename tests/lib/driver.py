# SPDX-License-Identifier: LGPL-2.1-or-later
"""A libpam client to give orders to (tests/pam/driver.c), and what the host looks like around it.

Knows how logins are driven and where leftovers could lie, and nothing of what is promised.
"""

import ctypes
import os
import re
import select
import shutil
import signal
import subprocess
import time

import host as private
from host import BUILD, wait_until

SERVERS = '/usr/local/servers'
CGROUPS = '/root/cgroup'
# The container ends with its last login, so that a test can see what is left.
POLICY = {'default.ini': '[session]\nlinger = no\n'}
_CLONE_NEWCGROUP = 0x02000000


def service(name, auth='', session='', account=False, lines=('auth', 'session')):
    """A service of ours alone, its lines with these arguments."""
    text = 'auth required pam_permit.so\n'
    if 'auth' in lines:
        text += f'auth required pam_confine.so {auth}\n'
    text += 'account required pam_permit.so\n'
    if account:
        text += f'account required pam_confine.so {session}\n'
    text += 'session required pam_permit.so\n'
    if 'session' in lines:
        text += f'session required pam_confine.so {session}\n'
    private.write(f'/etc/pam.d/{name}', text)


class Driver:
    """A running driver. `server`: the name of the executable it is a copy of."""

    def __init__(self, server='sshd', prefix=(), stderr=None, env=None):
        path = f'{SERVERS}/{server}'
        if not os.path.exists(path):
            os.makedirs(SERVERS, exist_ok=True)
            draft = f'{path}.{os.getpid()}.{time.monotonic_ns()}'
            shutil.copy(f'{BUILD}/tests/pam/driver', draft)
            os.rename(draft, path)
        self.process = subprocess.Popen([*prefix, path], stdin=subprocess.PIPE, cwd='/', env=env,
                                        stdout=subprocess.PIPE, stderr=stderr, bufsize=0)
        self._pending = b''

    def send(self, line):
        """Gives an order and does not wait."""
        self.process.stdin.write(line.encode() + b'\n')

    def answer(self, timeout=30):
        """The lines of the next answer."""
        end = time.monotonic() + timeout
        while b'\n.\n' not in b'\n' + self._pending:
            ready, _, _ = select.select([self.process.stdout], [], [], end - time.monotonic())
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b''
            assert data, f'no answer but {self._pending!r}' + ('' if ready else ', in time')
            self._pending += data
        text, self._pending = (b'\n' + self._pending).split(b'\n.\n', 1)
        return text.decode(errors='replace').split('\n')[1:]

    def do(self, line, timeout=30):
        """Gives an order; the lines of the answer."""
        self.send(line)
        return self.answer(timeout)

    def result(self, line):
        """A PAM function's number."""
        return int(self.do(line)[-1].split()[0])

    def all(self, *lines):
        """Orders that must give 0."""
        for line in lines:
            answer = self.do(line)
            assert answer[-1].startswith('0 '), f'{line}: {answer}'

    def said(self, line):
        """What a hook told the person, and its number."""
        answer = self.do(line)
        return int(answer[-1].split()[0]), [text[6:] for text in answer if text.startswith('said: ')]

    def login(self, user, name='t-sshd'):
        """Everything up to an open session, as a server does it."""
        self.all(f'start {name} {user}', 'authenticate', 'acct', 'setcred', 'open')

    def join(self, user):
        """In a forked child: as sshd's process for the user, up to the user's ids."""
        self.do('fork')
        assert self.do(f'groups {user}') == ['0']
        answer = self.do('setcred')
        assert answer[-1].startswith('0 '), answer
        return self.do(f'ids {private_uid(user)}')

    def logout(self):
        """Close, end, and the process's own end."""
        self.all('close', 'end')
        self.stop()

    def stop(self):
        """Ends the driver, all its children with it."""
        self.process.stdin.close()
        try:
            self.process.wait(20)
        finally:
            self.kill()

    def kill(self):
        """SIGKILL."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.kill()


def private_uid(user):
    """A user's number, from the file that the host was given."""
    with open('/etc/passwd', encoding='utf-8') as file:
        return next(line.split(':')[2] for line in file if line.startswith(f'{user}:'))


def enter():
    """A private host with users alice, bob and carol, and the cgroup tree below its own."""
    host = private.enter()
    libc = ctypes.CDLL(None, use_errno=True)
    assert not libc.unshare(_CLONE_NEWCGROUP), os.strerror(ctypes.get_errno())
    os.makedirs(CGROUPS)
    private.mount('cgroup2', CGROUPS, 'cgroup2')
    for number, user in enumerate(('alice', 'bob', 'carol')):
        host.add_user(user, 3001 + number)
    host.policy(POLICY)
    service('t-sshd')
    return host


def cgroups():
    """Every cgroup below the host's own."""
    return {os.path.relpath(path, CGROUPS) for path, _, _ in os.walk(CGROUPS)}


def records():
    """What lies under /run/confine, kept filters and users' empty folders apart."""
    return {path for folder, below, files in os.walk('/run/confine')
            for path in (os.path.join(folder, name) for name in below + files)
            if not re.match(r'/run/confine/(cache|\d+(/lock)?$)', path)}


def containers(user):
    """Ids of the containers that have a record."""
    folder = f'/run/confine/{private_uid(user)}'
    return sorted(name for name in os.listdir(folder) if os.path.isdir(f'{folder}/{name}')) \
        if os.path.isdir(folder) else []


def inits():
    """Pids of all confine-inits on this host that live."""
    return [pid for pid, name in processes().items() if name == 'confine-init']


def processes():
    """Pids on this host that live, with their names.

    Not those that exit (PF_EXITING): a cgroup that holds nothing else is empty already. Zombies are
    someone's to reap.
    """
    found = {}
    for name in os.listdir('/proc'):
        try:
            with open(f'/proc/{name}/stat', encoding='utf-8') as file:
                text = file.read()
            fields = text.rsplit(')', 1)[1].split()
            if name.isdigit() and fields[0] not in 'ZX' and not int(fields[6]) & 0x4:
                found[int(name)] = text.split(')')[0].split('(')[1]
        except OSError:
            pass
    return found


def mounts():
    """The host's own mounts."""
    with open('/proc/self/mountinfo', encoding='utf-8') as file:
        return [line.split(' ', 2)[2] for line in file]


class Leftovers:
    """What there was before, to compare with."""

    def __init__(self):
        self.before = self._look()

    @staticmethod
    def _look():
        return {'mounts': mounts(), 'cgroups': cgroups(), 'processes': processes(),
                'records': records()}

    def gone(self, sweep=False, timeout=30):
        """Waits until all is as before; `sweep`: after one `confine gc`."""
        try:
            if sweep:
                # What ends by itself may take its time on a busy machine; gc is run once, after it.
                wait_until(lambda: self._look()['processes'] == self.before['processes'], timeout)
                private.run('confine', 'gc')
            wait_until(lambda: self._look() == self.before, timeout)
        except (AssertionError, TimeoutError):
            after = self._look()
            raise AssertionError('\n'.join(
                f'{name}: {sorted(set(after[name]) ^ set(self.before[name]))}'
                for name in after if after[name] != self.before[name])) from None
