# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same client command to a plain and to a confined login, and the answers compared.

A case is a function that takes a Side, asserts what must hold on either, and returns what else
it saw. It holds when both sides return the same, names, numbers and ports apart.
"""

import concurrent.futures
import copy
import difflib
import os
import pprint
import re
import subprocess
from dataclasses import dataclass

import host
import servers
import sshd
from tap import Skip, Tap
from terminal import Terminal


@dataclass
class Answer:
    """What a command gave back."""
    status: int
    out: str
    err: str


class Side:
    """One of the two: a user, a server, and a case's own folders on both ends."""

    def __init__(self, name, user, uid, port):
        self.name, self.user, self.uid, self.port = name, user, uid, port
        self.confined = False
        self.home = f'/home/{user}'
        self.case = ''

    def for_case(self, case):
        """The same side with fresh folders: `there` in the home, `here` on the client."""
        side = copy.copy(self)
        side.case = case
        for folder in (side.there, side.here):
            os.makedirs(folder)
        os.chown(side.there, self.uid, self.uid)
        return side

    @property
    def there(self):
        """The case's folder in the user's home."""
        return f'{self.home}/{self.case}'

    @property
    def here(self):
        """The case's folder on the client's side."""
        return f'/root/{self.case}/{self.name}'

    def run(self, *argv, timeout=60, stdin='', env=None):
        """Runs a client's command in `here`; ALIAS in the words becomes the server's."""
        words = [word.replace('ALIAS', self.name) for word in argv]
        done = subprocess.run(words, input=stdin.encode(), capture_output=True, cwd=self.here,
                              timeout=timeout, env={**os.environ, **(env or {})}, check=False)
        return Answer(done.returncode, done.stdout.decode(errors='replace'),
                      done.stderr.decode(errors='replace'))

    def ssh(self, command, *options, **more):
        """Runs a command by ssh."""
        return self.run('ssh', *options, self.name, command, **more)

    def read(self, command, *options, **more):
        """What a command by ssh prints; it has to succeed."""
        answer = self.ssh(command, *options, **more)
        assert answer.status == 0, f'{command}: {answer}'
        return answer.out.strip()

    def terminal(self, *argv, **more):
        """Runs a client's command on a terminal."""
        return Terminal(*[word.replace('ALIAS', self.name) for word in argv], **more)

    def write(self, name, text, mode=0o644):
        """A file of the user's in `there`; returns its path."""
        path = f'{self.there}/{name}'
        host.write(path, text, mode, self.user)
        return path

    def normal(self, value):
        """The value without what may differ: the user's name, uid, port."""
        if isinstance(value, Answer):
            return Answer(value.status, self.normal(value.out), self.normal(value.err))
        if isinstance(value, (list, tuple)):
            return [self.normal(item) for item in value]
        if isinstance(value, dict):
            return {self.normal(key): self.normal(item) for key, item in value.items()}
        if not isinstance(value, str):
            return value
        for text, name in ((self.user, 'USER'), (self.name, 'ALIAS'), (str(self.uid), 'UID')):
            value = value.replace(text, name)
        return re.sub(rf'\b{str(self.port)[:-1]}\d\b', 'PORT', value)


def shipped(policy):
    """The same policy over the default.ini that is installed, in place of its own."""
    with open(f'{host.CHECKOUT}/conf/default.ini', encoding='utf-8') as file:
        return {**policy, 'default.ini': file.read()}


def difference(plain, confined):
    """The lines in which two answers differ."""
    texts = [pprint.pformat(value, width=100).splitlines() for value in (plain, confined)]
    return '\n'.join(difflib.unified_diff(*texts, 'plain', 'confined', n=0, lineterm=''))


class Sides:
    """A private host with both servers; `with Sides(policy) as sides: sides.compare(cases)`."""

    def __init__(self, policy):
        self.host = host.enter()
        sshd.make_keys()
        self.kind = servers.chosen()
        self.plain = self._side('plain', 'paula', 2001, 2210, '/bin/bash')
        shell = servers.SHELL if self.kind.shell else '/bin/bash'
        self.confined = self._side('confined', 'alice', 2002, 2220, shell)
        with open('/etc/shells', 'a', encoding='utf-8') as shells:
            shells.write(servers.SHELL + '\n')
        self.servers = [self.kind.start(self._ports(self.plain), True)]
        if self.host.confined:
            if os.environ.get('SHIPPED'):
                policy = shipped(policy)
            self.host.policy({name: self._with_shell(text) for name, text in policy.items()})
            if self.kind.module:
                self.host.pam('sshd')
            self.confined.confined = True
        self.servers.append(self.kind.start(self._ports(self.confined), False))

    def _with_shell(self, text):
        """The policy with the plain side's shell, where confine-shell starts one."""
        if not self.kind.shell or 'confine = no' in text:
            return text
        return text.replace('[session]\n', '[session]\nshell = /bin/bash\n') if '[session]' in text \
            else text + '[session]\nshell = /bin/bash\n'

    def _side(self, name, user, uid, port, shell):
        self.host.add_user(user, uid, shell)
        sshd.accept_key(user)
        sshd.add_client_host(name, user, port)
        sshd.add_client_host(f'{name}-internal', user, port + 1)
        sshd.add_client_host(f'{name}-forced', user, port + 2)
        return Side(name, user, uid, port)

    @staticmethod
    def _ports(side):
        return [side.port, side.port + 1, side.port + 2]

    @staticmethod
    def _answer(side, case):
        side = side.for_case(case.__name__)
        try:
            return side.normal(case(side))
        except AssertionError as error:
            raise AssertionError(f'{side.name}: {error}') from error

    def _both(self, tap, sentence, case):
        def compare():
            if case.__name__ in self.kind.lacks:
                raise Skip(self.kind.lacks[case.__name__])
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                answers = [pool.submit(self._answer, side, case)
                           for side in (self.plain, self.confined)]
            plain, confined = [answer.result() for answer in answers]
            assert plain == confined, difference(plain, confined)
        compare.__name__ = case.__name__  # what CASES names
        tap.attempt(sentence, compare)

    def compare(self, cases, jobs=4):
        """Runs all cases, some at a time; prints TAP and ends the program."""
        tap = Tap()
        tap.attempt('the confined login is in a container, the plain one is not', self._apart)
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda item: self._both(tap, *item), cases.together.items()))
        for item in cases.alone.items():
            self._both(tap, *item)
        tap.finish()

    def _apart(self):
        if not self.host.confined:
            raise Skip('pam_confine.so is not built')
        own = os.readlink('/proc/self/ns/pid')
        inside = [side.for_case('apart').read('readlink /proc/self/ns/pid')
                  for side in (self.plain, self.confined)]
        assert inside[0] == own != inside[1], f'host {own}, plain and confined {inside}'


class Cases:
    """Sentences and their functions, filled by a decorator."""

    def __init__(self):
        self.together, self.alone = {}, {}

    def __call__(self, sentence, alone=False):
        """`alone`: changes what other cases see of the user or the host, so runs after them."""
        def add(function):
            (self.alone if alone else self.together)[sentence] = function
            return function
        return add
