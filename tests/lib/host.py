# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private host to test in, made of the machine's own programs.

enter() runs the calling script again inside new namespaces: /etc, /usr, /var and /dev are laid
over, homes, /run and /tmp are fresh, the network is a loopback of its own, and everything dies
with pid 1. It knows how a Debian host is made, and nothing of what is tested on it.
"""

import ctypes
import fcntl
import glob
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

CHECKOUT = os.path.realpath(os.path.join(os.path.dirname(__file__), '../..'))
BUILD = os.path.realpath(os.environ.get('BUILD', os.path.join(CHECKOUT, 'build')))
INSIDE = 'CONFINE_PRIVATE_HOST'

OVERLAID = ['/etc', '/usr', '/var', '/dev']
FRESH = {'/home': '755', '/root': '700', '/run': '755', '/tmp': '1777', '/var/log': '755',
         '/var/spool': '755', '/dev/shm': '1777'}
# path: mode, owner and group; what the programs under test expect of an empty /run and /var
FOLDERS = {'/run/sshd': (0o755, 'root', 'root'), '/run/lock': (0o1777, 'root', 'root'),
           '/run/screen': (0o1777, 'root', 'root'),
           '/var/spool/cron': (0o755, 'root', 'root'),
           '/var/spool/cron/crontabs': (0o1730, 'root', 'crontab'),
           '/var/spool/cron/atjobs': (0o1770, 'daemon', 'daemon'),
           '/var/spool/cron/atspool': (0o1770, 'daemon', 'daemon'),
           '/var/spool/mail': (0o2775, 'root', 'mail')}
LOGIN_RECORDS = ['/run/utmp', '/var/log/wtmp', '/var/log/btmp', '/var/log/lastlog']
# file of the build: where it is installed, its mode
PROGRAMS = {'pam_confine.so': ('{pam}/pam_confine.so', 0o644),
            'confine': ('/usr/sbin/confine', 0o755),
            'confine-init': ('/usr/libexec/confine-init', 0o755),
            'confine-timer': ('/usr/libexec/confine-timer', 0o755),
            'confine-keeper': ('/usr/libexec/confine-keeper', 0o755),
            'confine-shell': ('/usr/bin/confine-shell', 0o4755)}

# Debian's own programs, whatever the caller prefers: its home is not there inside.
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
PASSWORD = 'open sesame'
PASSWORD_HASH = ('$6$confinetest$3ePMc9gbN7fDq5ZHuBpTtVWdHup2LORSF/wWI9J0fae472hhqT0gy/MGnPr0hUbiUHeEPJ.ioyprKi8lOuGGs.')

_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC = 0x2, 0x4, 0x1000, 0x4000
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1
# Sent to the log by the question for its lines, and not kept.
_MARK = 'all before this has come'
_libc = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, flags=0, data=None):
    """mount(2), with an exception that names both paths."""
    def text(value):
        return None if value is None else value.encode()
    if _libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), source, None, target)


def run(*argv, **more):
    """Runs a command that has to succeed; returns what it printed."""
    return subprocess.run(argv, check=True, text=True, stdout=subprocess.PIPE, **more).stdout


def wait_until(condition, timeout=20.0, what='condition'):
    """Asks every 20 ms until it holds; returns what it gave."""
    end = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f'{what}: not within {timeout} s')
        time.sleep(0.02)
    return result


def write(path, text, mode=0o644, owner='root'):
    """A whole file, with its folders."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, mode)
    shutil.chown(path, owner, owner)


def enter(*, terminal=False):
    """Returns a Host in the process that runs inside; never returns outside.

    `terminal`: the caller's terminal stays the controlling one, for a person who types.
    """
    if os.environ.get(INSIDE) != '1':
        sys.exit(_run_inside())
    if os.getpid() == 1:
        _reap_while_a_child_goes_on()
        if not terminal:
            os.setsid()
    return Host()


# Outside: namespaces, a cgroup, and their end.

def _run_inside():
    if os.geteuid() != 0:
        print(f'1..0 # SKIP {os.path.basename(sys.argv[0])} needs root')
        return 77
    folder = _make_cgroup()
    # PDEATHSIG and --kill-child: however this process dies, the private host goes with it.
    argv = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private',
            '--pid', '--fork', '--kill-child', '--mount-proc', '--net', '--ipc', '--uts', '--cgroup',
            shutil.which('python3', path=PATH), '-B', os.path.abspath(sys.argv[0]), *sys.argv[1:]]
    environment = {'PATH': PATH, 'HOME': '/root', 'LANG': 'C.UTF-8', 'BUILD': BUILD, INSIDE: '1',
                   'TERM': os.environ.get('TERM', 'xterm'),
                   **{name: os.environ.get(name, '')
                      for name in ('FULL', 'ASAN_OPTIONS', 'SERVER', 'SHIPPED', 'VM_GUEST', 'CASES')}}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if folder:
        argv = ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder, *argv]
    child = subprocess.Popen(argv, env=environment)
    try:
        return child.wait()
    finally:
        child.kill()
        child.wait()
        if folder:
            _remove_cgroup(folder)


def cgroup_tree():
    """Where cgroups of version 2 are mounted, or None."""
    with open('/proc/self/mountinfo', encoding='utf-8') as table:
        mounts = [line.split()[4] for line in table if ' - cgroup2 ' in line]
    return mounts[-1] if mounts else None


def _make_cgroup():
    """A child of our own cgroup, or None."""
    tree = cgroup_tree()
    with open('/proc/self/cgroup', encoding='utf-8') as table:
        own = [line.strip()[3:] for line in table if line.startswith('0::')]
    if not tree or not own:
        return None
    folder = f'{tree}{own[0].rstrip("/")}/confine-test-{os.getpid()}'
    os.mkdir(folder)
    return folder


def _remove_cgroup(folder):
    def gone():
        try:
            for below, _, _ in os.walk(folder, topdown=False):
                os.rmdir(below)
        except OSError:
            return False  # EBUSY: what was killed is not reaped yet
        return True
    wait_until(gone, what=f'removing {folder}')


# Inside: pid 1 reaps; its only child builds the host and tests on it.

def _reap_while_a_child_goes_on():
    child = os.fork()
    if child == 0:
        return
    while True:
        pid, status = os.wait()
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xff)


class Host:
    """The private host. Its attributes say where things are; its methods set things up."""

    def __init__(self):
        self._log_lines = []
        self._log_mark = threading.Event()
        kept = [(path, os.open(path, os.O_PATH)) for path in (CHECKOUT, BUILD)
                if os.path.isdir(path)]
        self._lay_over()
        self._cover()
        tree = cgroup_tree()
        if tree:  # anew: the root that is seen is the cgroup that was made for this host
            run('umount', tree)
            mount('cgroup2', tree, 'cgroup2')
        for path, descriptor in kept:
            self._keep(path, descriptor)
        self._name()
        self._log()
        self.confined = self._install()

    @staticmethod
    def _lay_over():
        """Overlays whose upper folders lie on a tmpfs that is nowhere to be seen afterwards."""
        mount('upper', '/mnt', 'tmpfs', 0, 'mode=700')
        for path in OVERLAID:
            upper, work = f'/mnt{path}/upper', f'/mnt{path}/work'
            os.makedirs(upper)
            os.chmod(upper, os.stat(path).st_mode & 0o7777)
            os.makedirs(work)
            mount('overlay', path, 'overlay', 0,
                  f'lowerdir={path},upperdir={upper},workdir={work}')
        run('umount', '/mnt')

    @staticmethod
    def _cover():
        for path, mode in FRESH.items():
            os.makedirs(path, exist_ok=True)
            mount('tmpfs', path, 'tmpfs', _MS_NOSUID | _MS_NODEV, f'mode={mode}')
        mount('devpts', '/dev/pts', 'devpts', _MS_NOSUID, 'newinstance,ptmxmode=666,mode=620,gid=5')
        os.makedirs('/dev/mqueue', exist_ok=True)
        mount('mqueue', '/dev/mqueue', 'mqueue')
        for path, (mode, owner, group) in FOLDERS.items():
            os.makedirs(path, exist_ok=True)
            try:
                shutil.chown(path, owner, group)
            except LookupError:
                pass  # the package that brings the group is not installed
            os.chmod(path, mode)
        for path in LOGIN_RECORDS:
            write(path, '', 0o664)
        # fusermount opens it; Debian's installer makes it, a tree of mmdebstrap has none.
        if not os.path.lexists('/etc/mtab'):
            os.symlink('../proc/self/mounts', '/etc/mtab')

    @staticmethod
    def _keep(path, descriptor):
        """Shows the checkout where it was, if a fresh folder covers it."""
        try:
            covered = not os.path.samestat(os.fstat(descriptor), os.stat(path))
        except FileNotFoundError:
            covered = True
        if covered:
            os.makedirs(path, exist_ok=True)
            mount(f'/proc/self/fd/{descriptor}', path, None, _MS_BIND | _MS_REC)
        os.close(descriptor)

    @staticmethod
    def _name():
        socket.sethostname('testhost')
        write('/etc/hostname', 'testhost\n')
        write('/etc/hosts', '127.0.0.1 localhost testhost\n')
        # pam_motd writes /run/motd.dynamic anew at every login: one beside it reads half of it.
        for part in glob.glob('/etc/update-motd.d/*'):
            os.chmod(part, 0o644)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
            fcntl.ioctl(query, _SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', _IFF_UP))

    def _log(self):
        """A /dev/log of our own: each line is kept, and written to /var/log/syslog."""
        if os.path.lexists('/dev/log'):
            os.unlink('/dev/log')
        sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sink.bind('/dev/log')
        os.chmod('/dev/log', 0o666)
        self._log_marker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._log_marker.connect('/dev/log')

        def collect():
            with open('/var/log/syslog', 'a', encoding='utf-8', buffering=1) as file:
                while True:
                    line = sink.recv(65536).decode(errors='replace').rstrip('\0\n')
                    if line == _MARK:
                        self._log_mark.set()
                        continue
                    self._log_lines.append(line)
                    file.write(line + '\n')
        threading.Thread(target=collect, daemon=True).start()

    @staticmethod
    def _install():
        """Copies the build's programs into place; says whether the module is among them."""
        pam = os.path.dirname(glob.glob('/usr/lib*/*/security/pam_unix.so')[0])
        for name, (target, mode) in PROGRAMS.items():
            source = os.path.join(BUILD, name)
            target = target.format(pam=pam)
            if os.path.exists(source):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(source, target)
                os.chmod(target, mode)
        return os.path.exists(os.path.join(BUILD, 'pam_confine.so'))

    # What a test sets up.

    @staticmethod
    def add_user(name, uid, shell='/bin/bash', groups=()):
        """A user whose password is PASSWORD, with a home and a key of root's in it."""
        home = f'/home/{name}'
        with open('/etc/passwd', 'a', encoding='utf-8') as file:
            file.write(f'{name}:x:{uid}:{uid}:{name}:{home}:{shell}\n')
        with open('/etc/shadow', 'a', encoding='utf-8') as file:
            file.write(f'{name}:{PASSWORD_HASH}:19000:0:99999:7:::\n')
        with open('/etc/group', encoding='utf-8') as file:
            lines = file.read().splitlines() + [f'{name}:x:{uid}:']
        for index, line in enumerate(lines):
            if line.split(':')[0] in groups:
                lines[index] = line + ('' if line.endswith(':') else ',') + name
        write('/etc/group', '\n'.join(lines) + '\n')
        os.makedirs(home, mode=0o755)
        shutil.chown(home, uid, uid)
        return home

    @staticmethod
    def policy(files):
        """Makes /etc/confine.d hold these files, {'user/alice.ini': text}, and no others."""
        shutil.rmtree('/etc/confine.d', ignore_errors=True)
        os.makedirs('/etc/confine.d', mode=0o755)
        for name, text in files.items():
            write(f'/etc/confine.d/{name}', text)

    @staticmethod
    def pam(service, auth='', session=''):
        """Appends our lines, each with its arguments, to a Debian service file."""
        with open(f'/etc/pam.d/{service}', 'a', encoding='utf-8') as file:
            file.write(f'\nauth required pam_confine.so {auth}\n'
                       f'session required pam_confine.so {session}\n')

    @property
    def log_lines(self):
        """All lines of the log until now: what was sent before this question has come when it is answered."""
        self._log_mark.clear()
        self._log_marker.send(_MARK.encode())
        assert self._log_mark.wait(20), 'nobody reads the log'
        return list(self._log_lines)

    def logged(self, text):
        """The log lines that hold this text."""
        return [line for line in self.log_lines if text in line]


if __name__ == '__main__':
    enter()
    os.execvp(sys.argv[1], sys.argv[1:])
