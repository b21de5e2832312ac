"""What a disk could hold after a power cut, from the notes of nosync.c.

What was synced is there.  Of what was written and not synced, any 512-byte sector may have reached
the disk or not, in any order: a page may be torn, a file longer than what was written to it.
Names that were made or removed since the folder was synced come in the order they were made, as
far as the file system's own journal had got.
"""
import struct
from dataclasses import dataclass, field

NOTE = struct.Struct("=IIQQ")
CREATE, OPEN, WRITE, TRUNCATE, SYNC, UNLINK, SYNC_FOLDER = range(1, 8)
SECTOR = 512


@dataclass
class File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list = field(default_factory=list)  # (WRITE, offset, bytes), (TRUNCATE, size, b"")


def apply(content, kind, offset, data):
    if kind == TRUNCATE:
        if offset < len(content):
            del content[offset:]
        else:
            content.extend(bytes(offset - len(content)))
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


class Disk:
    """The files of one folder, with what is durable and what is not."""

    def __init__(self, folder, lies=False):
        self.lies = lies  # a disk that says it has synced, and has not: the test of the test
        self.start = {p.name: p.read_bytes() for p in folder.iterdir()
                      if p.is_file() and not p.name.endswith("-shm")}
        self.names = {}    # name: number of the file, as the folder has it for sure
        self.changes = []  # (CREATE | UNLINK, name, number) since the folder was synced
        self.files = {}
        self.named = {}    # number: name

    def play(self, log):
        """The notes of one life of the server; the last one may be cut short."""
        data = log.read_bytes()
        at = 0
        while at + NOTE.size <= len(data):
            kind, number, offset, size = NOTE.unpack_from(data, at)
            at += NOTE.size
            payload = data[at:at + size] if kind in (CREATE, OPEN, WRITE) else b""
            if len(payload) < size:
                break
            at += len(payload)
            self.note(kind, number, offset, payload)

    def note(self, kind, number, offset, payload):
        if kind in (CREATE, OPEN):
            self.opened(kind, number, payload.decode())
        elif kind == UNLINK:
            self.changes.append((UNLINK, self.named[number], number))
        elif kind in (WRITE, TRUNCATE):
            self.files[number].pending.append((kind, offset, payload))
        elif kind == SYNC_FOLDER:
            if not self.lies:
                while self.changes:
                    self.rename(self.names, *self.changes.pop(0))
        elif kind == SYNC:
            self.sync(self.files[number])

    def opened(self, kind, number, name):
        self.named[number] = name
        self.files[number] = File()
        if kind == OPEN and name in self.start:
            self.files[number].durable = bytearray(self.start[name])
            self.names[name] = number
        else:
            self.changes.append((CREATE, name, number))

    def sync(self, file):
        if self.lies:
            return
        for change in file.pending:
            apply(file.durable, *change)
        file.pending.clear()

    @staticmethod
    def rename(names, kind, name, number):
        if kind == CREATE:
            names[name] = number
        elif names.get(name) == number:
            del names[name]

    # ---- the cut -----------------------------------------------------------------------------

    def cut(self, dice, folder):
        """Writes one of the many possible disks into an empty folder."""
        names = dict(self.names)
        for change in self.changes[:dice.randint(0, len(self.changes))]:
            self.rename(names, *change)
        untouched = set(self.start) - {self.named[n] for n in self.named}
        for name in untouched:
            (folder / name).write_bytes(self.start[name])
        torn = 0
        for name, number in names.items():
            content, count = self.tear(self.files[number], dice)
            torn += count
            (folder / name).write_bytes(content)
        return torn

    @staticmethod
    def tear(file, dice):
        """(content, sectors that were in doubt)"""
        content = bytearray(file.durable)
        # nothing, some, nearly all, or all of it got there
        chance = dice.choice((0.0, dice.random(), dice.random(), 0.97, 1.0))
        garbage = dice.random() < 0.5
        doubt = 0
        for kind, offset, data in file.pending:
            if kind == TRUNCATE:
                if dice.random() < chance:
                    apply(content, TRUNCATE, offset, b"")
                continue
            at = offset
            while at < offset + len(data):
                end = min((at // SECTOR + 1) * SECTOR, offset + len(data))
                doubt += 1
                if dice.random() < chance:
                    if garbage and at > len(content):  # the file grew, and nothing was put there
                        content.extend(dice.randbytes(at - len(content)))
                    apply(content, WRITE, at, data[at - offset:end - offset])
                at = end
        return content, doubt


def lay_shared_memory(dice, live, folder):
    """The index of the log is no part of the promise: it may be gone, old, or nonsense."""
    old = live / "konkurs.db-shm"
    choice = dice.choice(("gone", "old", "nonsense"))
    if choice == "gone" or not old.exists():
        return
    content = old.read_bytes()
    (folder / old.name).write_bytes(content if choice == "old" else dice.randbytes(len(content)))
