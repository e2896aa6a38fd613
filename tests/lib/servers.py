# SPDX-License-Identifier: LGPL-2.1-or-later
"""The servers that a login can come by, each for both sides. Knows nothing of what is promised.

SERVER in the environment chooses: sshd (with PAM and the module; the login shell is bash),
sshd-shell (no PAM; confine-shell alone), sshd-both (PAM, the module and confine-shell), dropbear,
tinysshd (confine-shell alone).
"""

import os
import socket
import subprocess

import sshd
from host import run, wait_until, write

SHELL = '/usr/bin/confine-shell'
FORCED = 'echo "forced, was: $SSH_ORIGINAL_COMMAND"'
MATCHES = '''\
Match LocalPort {internal}
    ForceCommand internal-sftp
Match LocalPort {forced}
    ForceCommand {command}
'''
_NO_FORWARDING = {name: 'tinysshd forwards nothing' for name in (
    'local', 'remote', 'remote_any', 'dynamic', 'jump', 'local_unix', 'remote_unix', 'refused', 'agent',
    'x11', 'no_command')}
_NO_MOSH = "the plain login fails it: mosh does not find its server's message in what tinysshd sends"
_ROOTS_PIPES = "this server's pipes are root's: a user cannot open /dev/stderr, confined or not"


class OpenSsh:
    """Debian's sshd: internal-sftp at a second port, a forced command at a third."""
    module, shell, pam = True, False, 'yes'
    lacks = {}

    @classmethod
    def start(cls, ports, plain):
        """A listening server. `plain`: one whose PAM stack does not know the module."""
        matches = MATCHES.format(internal=ports[1], forced=ports[2], command=FORCED)
        if plain and cls.module:
            os.makedirs('/root/pam', exist_ok=True)
            if not os.path.exists('/root/pam/sshd'):
                run('cp', '/etc/pam.d/sshd', '/root/pam/sshd')
        return sshd.Sshd(ports, matches, '/root/pam/sshd' if plain and cls.module else None, pam=cls.pam)


class OpenSshShell(OpenSsh):
    """Without PAM."""
    module, shell, pam = False, True, 'no'


class OpenSshBoth(OpenSsh):
    """The module, and confine-shell inside."""
    shell = True


class Dropbear:
    """Debian's dropbear; a forced command at the third port."""
    module, shell = False, True
    lacks = {'environment': 'dropbear takes no variables from the client',
             'sftp_internal': 'dropbear has no internal-sftp',
             'local_unix': 'dropbear forwards no unix sockets',
             'remote_unix': 'dropbear forwards no unix sockets',
             'ssh_rc': 'dropbear knows no ~/.ssh/rc',
             'bulk': _ROOTS_PIPES,
             'small_things': _ROOTS_PIPES,
             'git_by_key': "dropbear keeps the backslashes of a key's command=, confined or not",
             'many_channels': 'dropbear loses some of twenty channels, confined or not',
             'statuses': 'dropbear does not get through 256 channels in time, confined or not',
             'x11': "Debian's dropbear is built without X11 forwarding"}

    @staticmethod
    def start(ports, _plain):
        """Two listening servers, as one."""
        key = '/etc/ssh/dropbear_host_key'
        if not os.path.exists(key):
            run('dropbearconvert', 'openssh', 'dropbear', '/etc/ssh/test_host_key', key)
        argv = ['dropbear', '-F', '-r', key, '-P', f'/run/dropbear-{ports[0]}']
        for port in ports[:2]:
            argv += ['-p', f'127.0.0.1:{port}']
        forced = ['dropbear', '-F', '-r', key, '-P', f'/run/dropbear-{ports[2]}', '-p', f'127.0.0.1:{ports[2]}',
                  '-c', FORCED]
        return _listening([subprocess.Popen(argv), subprocess.Popen(forced)], ports)


class Tinysshd:
    """Debian's tinysshd behind socat."""
    module, shell = False, True
    lacks = {**_NO_FORWARDING,
             'environment': 'tinysshd takes no variables from the client',
             'forced': 'tinysshd has no forced commands',
             'sftp_internal': 'tinysshd has no internal-sftp',
             'ssh_rc': 'tinysshd knows no ~/.ssh/rc',
             'bulk': _ROOTS_PIPES,
             'small_things': _ROOTS_PIPES,
             'mosh': _NO_MOSH, 'mosh_outlives': _NO_MOSH,
             'git_by_key': 'tinysshd knows no command= of a key',
             'statuses': 'tinysshd has one channel a connection',
             'git': "the plain login fails it: after a push through tinysshd there is no branch 'main'",
             'who': 'tinysshd leaves its logins in utmp, confined or not',
             'last': 'tinysshd writes no address to wtmp',
             'signals': 'tinysshd tells no signal'}

    @staticmethod
    def start(ports, _plain):
        """A listening socat a port."""
        keys = '/etc/ssh/tinyssh'
        if not os.path.exists(keys):
            run('tinysshd-makekey', keys)
            with open('/root/.ssh/config', encoding='utf-8') as file:
                text = file.read()
            write('/root/.ssh/config', 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n' + text)
        program = f'/usr/sbin/tinysshd -x sftp=/usr/lib/openssh/sftp-server {keys}'
        return _listening([subprocess.Popen(['socat', f'TCP-LISTEN:{port},fork,bind=127.0.0.1,reuseaddr',
                                             f'EXEC:{program}']) for port in ports], ports)


def _listening(processes, ports):
    """Waits until all ports answer."""
    def listens(port):
        try:
            socket.create_connection(('127.0.0.1', port)).close()
        except ConnectionRefusedError:
            return False
        return True
    for port in ports:
        wait_until(lambda port=port: listens(port), what=f'port {port}')
    return processes


KINDS = {'sshd': OpenSsh, 'sshd-shell': OpenSshShell, 'sshd-both': OpenSshBoth, 'dropbear': Dropbear,
         'tinysshd': Tinysshd}


def chosen():
    """The kind that SERVER names."""
    return KINDS[os.environ.get('SERVER') or 'sshd']
