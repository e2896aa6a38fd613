# SPDX-License-Identifier: LGPL-2.1-or-later
"""An attacker's place to stand: users with policies of their own on a private host with sshd.

Each user differs from alice, who has the defaults, by one defence that is taken out; paula is not
confined at all. So a test shows an attack failing as alice and succeeding as another.
"""

import os
import pwd
import subprocess

import host
import sshd
from tap import Skip, Tap

POLICIES = {
    'alice': '',
    'bob': '',
    'carol': '[container]\nseccomp = unconfined\n',
    'dora': '[container]\ncap_add = SYS_ADMIN\n',
    'erna': '[container]\ncap_add = SYS_PTRACE\nseccomp = unconfined\n',
    'frida': '[container]\nsystempaths = unconfined\n',
    'greta': '[container]\nno_new_privileges = yes\n',
    'paula': '[policy]\nconfine = no\n',
}
ATTACKER = os.path.join(host.CHECKOUT, 'tests/escape/attacker.c')


class Arena:
    """`say(user, command)` is what the user sees by ssh; `root=True`: as uid 0 inside."""

    def __init__(self, policies=None, services=()):
        self.policies = {**POLICIES, **(policies or {})}
        self.tap = Tap()
        self.host = host.enter()
        if not self.host.confined:
            self.tap.skip('attacks on a container', 'pam_confine.so is not built')
            self.tap.finish()
        os.makedirs('/srv', exist_ok=True)
        host.mount('tmpfs', '/srv', 'tmpfs', 0, 'mode=755')  # not overlaid by host.py, and written to
        sshd.make_keys()
        for number, user in enumerate(self.policies):
            self.host.add_user(user, 2001 + number)
            sshd.accept_key(user)
            sshd.add_client_host(user, user, 2220)
        self.host.policy({'default.ini': '', **{f'user/{user}.ini': text
                                                for user, text in self.policies.items()}})
        host.run('gcc', '-O1', '-Wall', '-Wextra', '-D_GNU_SOURCE', '-o', '/usr/local/bin/attacker', ATTACKER)
        os.chmod('/usr/local/bin/attacker', 0o4755)
        for service in ('sshd', *services):
            self.host.pam(service)
        self.server = sshd.Sshd([2220])

    @staticmethod
    def uid(user):
        """A user's number."""
        return pwd.getpwnam(user).pw_uid

    @staticmethod
    def ask(user, command, root=False, timeout=60, options=(), **more):
        """The finished ssh process, with what it printed."""
        words = ['attacker', 'root', 'sh', '-c', f"'{command}'"] if root else [command]
        return subprocess.run(['ssh', *options, user, *words], capture_output=True, text=True,
                              timeout=timeout, check=False, errors='replace', **more)

    def say(self, user, command, root=False, **more):
        """Both streams of a command, without the last line's end."""
        done = self.ask(user, command, root, **more)
        return (done.stdout + done.stderr).strip()

    @staticmethod
    def stay(user, command='exec sleep 600'):
        """A login that stays; to be killed by the test."""
        child = subprocess.Popen(['ssh', user, f'echo here; {command}'], stdout=subprocess.PIPE,
                                 stdin=subprocess.PIPE, text=True)
        assert child.stdout.readline() == 'here\n', f'{user} cannot log in'
        return child


class Promises:
    """Sentences and their functions, filled by a decorator, run in order."""

    def __init__(self):
        self.items = []

    def __call__(self, sentence):
        def add(function):
            self.items.append((sentence, function))
            return function
        return add

    def keep(self, arena):
        """Prints TAP and ends the program."""
        for sentence, function in self.items:
            arena.tap.attempt(sentence, function, arena)
        arena.tap.finish()


def need(condition, why):
    """Skips the test where the machine lacks what the attack needs."""
    if not condition:
        raise Skip(why)
