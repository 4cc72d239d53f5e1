"""What the helper process gives up before it touches a stranger's file. No Django, nothing of the product.

Time, memory, file sizes and open files are limited by the kernel (setrlimit) everywhere. Where the kernel allows, the
process also loses the network (a namespace of its own), the files outside its folder (Landlock) and the calls that
open sockets or start programs (seccomp). `enter` says which of the three held; none of them needs root.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

MEMORY = 1_200_000_000
CPU_SECONDS = 600
FILE_BYTES = 32_000_000
OPEN_FILES = 64

_libc = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def enter(*, source: Path, output: Path) -> list[str]:
    """Give up what is not needed; the names of the walls that stand."""
    _limit()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # the web process is gone: nobody waits for us
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    walls = {"network": _no_network(), "files": _only_files(source=source, output=output), "calls": _no_calls()}
    return [name for name, stands in walls.items() if stands]


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def _no_network() -> bool:
    """A network namespace without any interface; an ordinary user needs a user namespace for it."""
    return any(_libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


# Landlock (Linux 5.13): the system calls have the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REMOVE_FILE, _MAKE_REG = 1 << 5, 1 << 8
_ALL_OF_ABI_1 = (1 << 13) - 1
_READ = _READ_FILE | _READ_DIR
_READ_AND_RUN = _READ | _EXECUTE
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/fonts", "/etc/ld.so.cache", "/opt/fonts", "/dev/urandom")


def _only_files(*, source: Path, output: Path) -> bool:
    """Read the source, fonts and libraries; write to the output folder; nothing else is there."""
    if _libc.syscall(_CREATE_RULESET, None, 0, 1) < 1:
        return False
    handled = struct.pack("Q", _ALL_OF_ABI_1)
    ruleset = _libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if ruleset < 0:
        return False
    code = [path for path in sys.path if path and Path(path).is_dir()]
    rules = [(path, _READ_AND_RUN) for path in (*_SYSTEM, sys.prefix, sys.base_prefix, *_outside_home(code))]
    rules += [(str(source), _READ_FILE), (str(output), _READ | _WRITE_FILE | _MAKE_REG | _REMOVE_FILE)]
    try:
        return all(_allow(ruleset, path, rights) for path, rights in rules) and (
            _libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
        )
    finally:
        os.close(ruleset)


def _outside_home(paths: Iterable[str]) -> list[str]:
    """Folders of installed packages; the product's own folder (with its database, perhaps) is not among them."""
    return [path for path in paths if path.endswith(("site-packages", "dist-packages", "lib-dynload"))]


def _allow(ruleset: int, path: str, rights: int) -> bool:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        if not Path(path).is_dir():
            rights &= _EXECUTE | _WRITE_FILE | _READ_FILE
        rule = struct.pack("=Qi", rights, handle)
        return bool(_libc.syscall(_ADD_RULE, ruleset, 1, rule, 0) == 0)
    finally:
        os.close(handle)


# seccomp: audit architecture, then socket, connect, bind, execve, execveat, ptrace, fork, vfork (clone stays: threads).
_GENERIC = (198, 203, 200, 221, 281, 117)
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 49, 59, 322, 101, 57, 58)),
    "aarch64": (0xC00000B7, _GENERIC),
    "loongarch64": (0xC0000102, _GENERIC),
    "riscv64": (0xC00000F3, _GENERIC),
}
_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_KILL, _REFUSE, _PASS = 0x80000000, 0x00050001, 0x7FFF0000
_X32 = 0x40000000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _no_calls() -> bool:
    """Sockets and programs are refused (EPERM), whatever the helper is talked into."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    architecture, refused = known
    after = len(refused) + 1
    code = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_JUMP_GREATER_EQUAL, after, 0, _X32),
        *((_JUMP_EQUAL, after - no, 0, call) for no, call in enumerate(refused, start=1)),
        (_RETURN, 0, 0, _PASS),
        (_RETURN, 0, 0, _REFUSE),
    ]
    text = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(text, len(text))
    program = _Program(len(code), ctypes.cast(buffer, ctypes.c_void_p))
    return bool(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0) == 0)
