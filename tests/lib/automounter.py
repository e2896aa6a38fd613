# SPDX-License-Identifier: LGPL-2.1-or-later
"""An automounter in a few lines: the kernel's autofs asks, `mount` answers (autofs(5), linux/auto_fs.h)."""

import fcntl
import os
import struct
import threading

import host

_READY, _FAIL, _CATATONIC = 0x9360, 0x9361, 0x9362
_MISSING_INDIRECT = 3
# struct autofs_v5_packet up to its name of 256 bytes, padded to 8
_HEAD = '=iiIIQIIIII'
_PACKET_SIZE = (struct.calcsize(_HEAD) + 256 + 7) & ~7


class Automounter:
    """Mounts what is asked for beneath `folder`; `asked` are the names, in order."""

    def __init__(self, folder, mount):
        self.folder, self.asked, self._mount = folder, [], mount
        self._pipe, write = os.pipe()
        # Processes of this group see the folder itself and wait for nothing.
        host.mount('automounter', folder, 'autofs', 0,
                   f'fd={write},pgrp={os.getpgrp()},minproto=5,maxproto=5,indirect')
        os.close(write)
        self._root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while packet := os.read(self._pipe, _PACKET_SIZE):
            _, kind, token, *_, length = struct.unpack_from(_HEAD, packet)
            name = packet[struct.calcsize(_HEAD):][:length].decode()
            answer = _FAIL
            if kind == _MISSING_INDIRECT:
                self.asked.append(name)
                if self._mount(f'{self.folder}/{name}', name):
                    answer = _READY
            fcntl.ioctl(self._root, answer, token)

    def stop(self):
        """Asks for nothing more."""
        fcntl.ioctl(self._root, _CATATONIC)
        os.close(self._root)
