"""A power cut, replayed from the calls that a server made: what no sync has reached is gone.

The model is POSIX's own promise, not one file system's habit: a file's bytes survive a `fsync` of
that file, a name survives a `fsync` of its folder. What was not synced may survive or not, so one
cut leaves several possible disks.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TRACED = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink,mkdir,rmdir,sendto"
# strict: only what was synced. names: every name, but bytes only as synced (a file system that
# keeps its names first). torn: any part of what was not synced.
OUTCOMES = ("strict", "names", "torn")

_LINE = re.compile(r"^(\w+)\((.*)\) += \d+(?:<.*>)?$")
_LOST = re.compile(r"^(\w+)\((.*)\) += -1 \w+ .*$")
_THREAD = re.compile(r"^(\d+) +(.*)$")
UNFINISHED = " <unfinished ...>"
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")


@dataclass
class File:
    """A file's bytes now, as synced, and what was done to it since."""

    now: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    since: list[tuple[int, bytes]] = field(default_factory=list)  # at -1: cut to a length

    def write(self, at: int, content: bytes) -> None:
        _put(self.now, at, content)
        self.since.append((at, content))

    def cut(self, length: int) -> None:
        _cut(self.now, length)
        self.since.append((-1, length.to_bytes(8, "big")))

    def sync(self) -> None:
        self.synced, self.since = bytes(self.now), []

    def lose(self) -> None:
        """A failed sync: the kernel drops what was not on disk and calls it clean."""
        self.since = []

    def survive(self, outcome: str, chance: random.Random) -> bytes:
        if outcome != "torn":
            return self.synced
        kept = bytearray(self.synced)
        for at, content in self.since:
            if chance.random() < 0.5:
                _cut(kept, int.from_bytes(content, "big")) if at < 0 else _put(kept, at, content)
        return bytes(kept)


Names = dict[str, File | None]  # None is a folder


@dataclass
class Disk:
    """Everything under one folder, by path relative to it; ``answers`` that left the server."""

    root: Path
    names: Names = field(default_factory=dict)
    synced_names: Names = field(default_factory=dict)
    since: list[tuple[str, tuple[str, ...], File | None]] = field(default_factory=list)
    answers: int = 0

    def replay(self, log: Path) -> Iterator[str]:
        """Do what the server did, call by call; each time the call is told before the next."""
        for line in whole_calls(log):
            found = _LINE.match(line) or _LOST.match(line)
            if found:
                failed = _LINE.match(line) is None
                self._do(found[1], found[2], failed=failed)
                yield found[1]

    def _do(self, call: str, arguments: str, *, failed: bool) -> None:
        if call == "sendto":
            self.answers += 1
        elif failed and call in ("fsync", "fdatasync"):
            file = self.names.get(self._opened(arguments) or "")
            if file:
                file.lose()
        elif not failed:
            getattr(self, f"_{call}")(arguments)

    def _openat(self, arguments: str) -> None:
        path = self._paths(arguments)
        if path and "O_CREAT" in arguments and path[-1] not in self.names:
            self._name(path[-1], File())
        elif path and "O_TRUNC" in arguments:
            file = self.names.get(path[-1])
            if file:
                file.cut(0)

    def _write(self, arguments: str) -> None:
        file = self.names.get(self._opened(arguments) or "")
        if file:  # all of the product's writers write on from the end
            file.write(len(file.now), _content(arguments))

    def _pwrite64(self, arguments: str) -> None:
        file = self.names.get(self._opened(arguments) or "")
        if file:
            file.write(int(arguments.rpartition(", ")[2]), _content(arguments))

    def _ftruncate(self, arguments: str) -> None:
        file = self.names.get(self._opened(arguments) or "")
        if file:
            file.cut(int(arguments.rpartition(", ")[2]))

    def _fsync(self, arguments: str) -> None:
        path = self._opened(arguments)
        if path is None:
            return
        file = self.names.get(path)
        if file:
            file.sync()
            return
        rest = []
        for folder, paths, named in self.since:
            if folder == path:
                _rename(self.synced_names, paths, named)
            else:
                rest.append((folder, paths, named))
        self.since = rest

    _fdatasync = _fsync

    def _rename(self, arguments: str) -> None:
        source, target = self._paths(arguments)
        file = self.names.pop(source)
        self.names[target] = file
        if _parent(source) == _parent(target):  # one change of one folder
            self.since.append((_parent(target), (source, target), file))
        else:
            self.since.append((_parent(source), (source,), None))
            self.since.append((_parent(target), ("", target), file))

    def _unlink(self, arguments: str) -> None:
        for path in self._paths(arguments):
            self.names.pop(path, None)
            self.since.append((_parent(path), (path,), None))

    _rmdir = _unlink

    def _mkdir(self, arguments: str) -> None:
        for path in self._paths(arguments):
            self.names[path] = None
            self.since.append((_parent(path), ("", path), None))

    def _name(self, path: str, file: File) -> None:
        self.names[path] = file
        self.since.append((_parent(path), ("", path), file))

    def _paths(self, arguments: str) -> list[str]:
        texts = [_unhex(text) for text in _HEX.findall(arguments)]
        inside = [self._inside(text.decode()) for text in texts if text.startswith(b"/")]
        return [path for path in inside if path is not None]

    def _opened(self, arguments: str) -> str | None:
        found = _FILE.match(arguments)
        return self._inside(_unhex(found[1]).decode()) if found else None

    def _inside(self, path: str) -> str | None:
        if path == str(self.root):
            return "."
        prefix = f"{self.root}/"
        return path.removeprefix(prefix) if path.startswith(prefix) else None

    def materialise(self, folder: Path, outcome: str, chance: random.Random) -> None:
        """Write out one of the disks that a cut at this moment may leave."""
        names = dict(self.synced_names)
        most = len(self.since)
        kept = {"strict": 0, "names": most}.get(outcome, chance.randint(0, most))
        for _, paths, file in self.since[:kept]:
            _rename(names, paths, file)
        shutil.rmtree(folder)
        folder.mkdir()
        for path in sorted(names):
            target = folder / path
            if not target.parent.is_dir() or path.endswith("-shm"):
                continue  # a file in a folder that is lost; memory that SQLite shares
            file = names[path]
            target.mkdir() if file is None else target.write_bytes(file.survive(outcome, chance))


def whole_calls(log: Path) -> Iterator[str]:
    """The calls of a log in the order of their ends, whichever thread made them."""
    begun: dict[str, str] = {}
    for line in log.read_text(encoding="ascii", errors="replace").splitlines():
        found = _THREAD.match(line)
        thread, text = found.groups() if found else ("", line)
        if text.endswith(UNFINISHED):
            begun[thread] = text.removesuffix(UNFINISHED)
        elif text.startswith("<... "):
            yield begun.pop(thread, "") + text.partition(" resumed>")[2]
        else:
            yield text


def disk_of(folder: Path) -> Disk:
    """A folder all of which is on the disk."""
    disk = Disk(folder)
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        file = None if path.is_dir() else File(bytearray(path.read_bytes()), path.read_bytes())
        disk.names[name] = disk.synced_names[name] = file
    return disk


def _rename(names: Names, paths: tuple[str, ...], file: File | None) -> None:
    """One change of a folder: a name gone (one path), or one in the place of another (two)."""
    names.pop(paths[0], None)
    if len(paths) == 2:
        names[paths[1]] = file


def _put(content: bytearray, at: int, piece: bytes) -> None:
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(piece)] = piece


def _cut(content: bytearray, length: int) -> None:
    content.extend(bytes(max(0, length - len(content))))
    del content[length:]


def _parent(path: str) -> str:
    return str(Path(path).parent)


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _content(arguments: str) -> bytes:
    found = _HEX.search(arguments)
    return _unhex(found[1]) if found else b""
