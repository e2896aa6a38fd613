# SPDX-License-Identifier: LGPL-2.1-or-later
"""A loop device that stands in for a disk, and that the kernel takes back however its user dies."""

import fcntl
import os
import struct
import tempfile

_LOOP_CTL_GET_FREE, _LOOP_CONFIGURE = 0x4C82, 0x4C0A
_LO_FLAGS_AUTOCLEAR = 4


class Loop:
    """A disk of so many bytes at `path`, there as long as this object's descriptor is open."""

    def __init__(self, size):
        self._file = tempfile.TemporaryFile()
        self._file.truncate(size)
        self._descriptor = -1
        while self._descriptor < 0:
            self._take()

    def _take(self):
        with open('/dev/loop-control', 'rb') as control:
            number = fcntl.ioctl(control, _LOOP_CTL_GET_FREE)
        self.path = f'/dev/loop{number}'
        if not os.path.exists(self.path):
            os.mknod(self.path, 0o60660, os.makedev(7, number))
        descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        # struct loop_config (linux/loop.h): fd, block_size, then loop_info64 with lo_flags at 52
        config = struct.pack('II52xI', self._file.fileno(), 512, _LO_FLAGS_AUTOCLEAR)
        try:
            fcntl.ioctl(descriptor, _LOOP_CONFIGURE, config.ljust(304, b'\0'))
        except OSError:  # EBUSY: another took it between the two calls
            os.close(descriptor)
        else:
            self._descriptor = descriptor

    def close(self):
        """Gives the device back."""
        os.close(self._descriptor)
        self._file.close()
