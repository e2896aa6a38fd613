# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian's sshd on a private host's loopback, and a client's key and configuration for it."""

import os
import shutil
import socket
import subprocess

from host import run, wait_until, write

CONFIG = '''\
{ports}
ListenAddress 127.0.0.1
HostKey /etc/ssh/test_host_key
PidFile none
UsePAM {pam}
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PermitRootLogin yes
PrintMotd no
UseDNS no
LogLevel VERBOSE
MaxStartups 200
MaxSessions 100
X11Forwarding yes
AcceptEnv LANG LC_* TEST_*
Subsystem sftp {sftp}
{more}
'''
CLIENT = '''\
Host *
    HostName 127.0.0.1
    HostKeyAlias testhost
    LogLevel ERROR
    SendEnv TEST_*
'''
SFTP = '/usr/lib/openssh/sftp-server'
_KEY = '/root/.ssh/id_ed25519'


def make_keys():
    """A host key, and root's own key and configuration as a client."""
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/etc/ssh/test_host_key')
    os.makedirs('/root/.ssh', mode=0o700)
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', _KEY)
    with open('/etc/ssh/test_host_key.pub', encoding='utf-8') as key:
        write('/root/.ssh/known_hosts', 'testhost ' + key.read())
    write('/root/.ssh/config', CLIENT)


def accept_key(user, options='', key=_KEY):
    """Lets root's key log in as the user."""
    with open(key + '.pub', encoding='utf-8') as file:
        line = f'{options} {file.read()}'.lstrip()
    path = os.path.expanduser(f'~{user}/.ssh/authorized_keys')
    old = ''
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            old = file.read()
    write(path, old + line, 0o600, user)
    shutil.chown(os.path.dirname(path), user, user)
    os.chmod(os.path.dirname(path), 0o700)


def add_client_host(alias, user, port):
    """`ssh alias` is this user at this port from now on."""
    with open('/root/.ssh/config', 'a', encoding='utf-8') as file:
        file.write(f'Host {alias}\n    User {user}\n    Port {port}\n')


class Sshd:
    """A listening sshd, started by `wrapper`. `view`: a file to lay over its own /etc/pam.d/sshd."""

    def __init__(self, ports, more='', view=None, wrapper=(), pam='yes', sftp=SFTP):
        config = f'/etc/ssh/test_config_{ports[0]}'
        write(config, CONFIG.format(ports='\n'.join(f'Port {port}' for port in ports), more=more, pam=pam,
                                   sftp=sftp))
        argv = [*wrapper, '/usr/sbin/sshd', '-D', '-f', config]
        if view:
            argv = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c',
                    'mount --bind "$0" /etc/pam.d/sshd && exec "$@"', view, *argv]
        self.process = subprocess.Popen(argv)
        self.ports = ports
        wait_until(self._listens, what=f'sshd at port {ports[-1]}')

    def _listens(self):
        assert self.process.poll() is None, 'sshd ended'
        try:
            socket.create_connection(('127.0.0.1', self.ports[-1])).close()
        except ConnectionRefusedError:
            return False
        return True

    def stop(self):
        """Ends the listening server, not its connections."""
        self.process.terminate()
        self.process.wait()
