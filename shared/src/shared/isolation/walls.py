"""Sandbox for a process that reads uploaded files: no network, and only the files that it needs to run.

It uses two Linux facilities that a process can apply to itself without privileges and never undo: Landlock, for files
and signals, and seccomp, a filter of system calls, against sockets, programs and child processes, which would outlive
it. See landlock(7) and seccomp(2). Where a kernel lacks one, the other still works; `open_ways` finds what is open.
"""

import ctypes
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from socket import socket
from struct import pack

NEEDED = (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/mime.types", "/etc/localtime", "/dev/null",
    "/dev/urandom", "/var/cache/fontconfig",
)  # fmt: skip
"""Libraries and fonts; nothing in them is secret."""

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_ALL_OF_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All access rights to files, by the version of Landlock that introduced them."""
_TCP, _SCOPES = (1 << 2) - 1, (1 << 2) - 1
_NO_NEW_PRIVILEGES, _SET_FILTER, _FILTER = 38, 22, 2
_ALLOWED, _NOT_PERMITTED, _NOT_KNOWN = 0x7FFF0000, 0x00050001, 0x00050026
_FOREIGN = 0x40000000
"""Numbers of system calls from here on belong to another ABI (x32), which would bypass the filter."""
_IO_URING, _CLONE3 = 425, 435
"""`clone3` takes its flags in memory, where a filter cannot look; it is answered as unknown, so that libraries use
`clone`."""
_AS_THREAD = 0x10000
_MACHINES = {
    "x86_64": (0xC000003E, 56, (_IO_URING, 41, 57, 58, 59, 322)),
    "aarch64": (0xC00000B7, 220, (_IO_URING, 198, 221, 281)),
}
"""By machine: its audit number, the number of `clone`, and those of the refused calls: `io_uring_setup`, `socket`,
`fork`, `vfork`, `execve` and `execveat`, as far as it has them."""


def raise_walls(readable: Iterable[str]) -> None:
    """Restrict this process from now on: it can read what is at or below these places, and cannot write, start
    processes or use the network."""
    if sys.platform != "linux":
        return
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _keep_to(kernel, (*NEEDED, *readable))
    _keep_from_calls(kernel)


def open_ways(content: bytes) -> list[str]:
    """What is still open to this process, found by trying; `content` is ignored."""
    ways = []
    for name, way in (("files", lambda: os.listdir("/")), ("network", lambda: socket().close())):  # noqa: PTH208
        try:
            way()
        except OSError:
            continue
        ways.append(name)
    return ways


def _keep_to(kernel: ctypes.CDLL, places: Iterable[str]) -> None:
    version = kernel.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return
    files = _ALL_OF_FILES[max(known for known in _ALL_OF_FILES if known <= version)]
    rules = pack("=QQQ", files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    ruleset = kernel.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return
    for place in filter(os.path.exists, places):
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        rights = _READ_FILE | _READ_FOLDER if Path(place).is_dir() else _READ_FILE
        kernel.syscall(_ADD_RULE, ruleset, 1, pack("=Qi", rights, opened), 0)
        os.close(opened)
    kernel.syscall(_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _keep_from_calls(kernel: ctypes.CDLL) -> None:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return
    name, clone, refused = machine
    load, equal, at_least, has, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    begin = ((load, 0, 4), (equal, -1, name), (load, 0, 0), (at_least, 1, _FOREIGN), *((equal, 1, n) for n in refused))
    to_refusal = len(begin) + 5
    steps = [
        (code, to_refusal - place - 1 if wanted > 0 else 0, to_refusal - place - 1 if wanted < 0 else 0, number)
        for place, (code, wanted, number) in enumerate(begin)
    ]
    steps += [
        (equal, 5, 0, _CLONE3),
        (equal, 0, 2, clone),
        (load, 0, 0, 16),  # the flags of `clone`
        (has, 0, 1, _AS_THREAD),
        (answer, 0, 0, _ALLOWED),
        (answer, 0, 0, _NOT_PERMITTED),
        (answer, 0, 0, _NOT_KNOWN),
    ]
    filters = ctypes.create_string_buffer(b"".join(pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(pack("@HP", len(steps), ctypes.addressof(filters)))
    kernel.prctl(_SET_FILTER, _FILTER, program, 0, 0)
