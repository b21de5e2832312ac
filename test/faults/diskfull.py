"""The disk fills up while candidates click, again and again, each time with other bytes left.

A small file system of its own (tmpfs, in a mount namespace of this process) where root may mount
one, and full.c, which gives ENOSPC after so many bytes, everywhere.  While it is full a click that
cannot be stored is refused, never acknowledged; reading goes on; the server lives; after space is
there again it goes on by itself.
"""
import ctypes
import os
import random
import struct
import tempfile
import pathlib
import mmap
import time

from hall import Fault, Hall
from ledger import Ledger
from load import Line, Load, Refusal
from official import Official, check as official_check

SIZE_MB = 96  # the log alone takes 32 before it goes into the file
ROUNDS = 6
FILL_S = 10
FULL_S = 0.6
BACK_S = 8
CLONE_NEWNS = 0x00020000
MS_REC_PRIVATE = 0x4000 | 0x40000


class SmallDisk:
    """A tmpfs that nobody else sees, and that is gone with this process."""
    name = "tmpfs"

    def __init__(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.libc = libc
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-small-"))
        if (libc.unshare(CLONE_NEWNS) != 0 or
                libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None) != 0 or
                libc.mount(b"tmpfs", os.fsencode(self.folder), b"tmpfs", 0,
                           f"size={SIZE_MB}m".encode()) != 0):
            error = os.strerror(ctypes.get_errno())
            self.folder.rmdir()
            raise OSError(error)
        self.filler = self.folder / "filler"

    def settings(self, _hall):
        return {}

    def fill(self, left):
        end = time.monotonic() + FILL_S
        while time.monotonic() < end:
            free = os.statvfs(self.folder)
            size = free.f_bavail * free.f_frsize - left
            try:
                with open(self.filler, "wb") as f:
                    if size > 0:
                        os.posix_fallocate(f.fileno(), 0, size)
                return
            except OSError:  # the server was quicker: it has taken some of it
                left += 4096
        raise Fault(f"{SIZE_MB} MB could not be filled up")

    def free(self):
        self.filler.unlink()

    def close(self):
        self.libc.umount2(os.fsencode(self.folder), 2)
        self.folder.rmdir()


class CountedDisk:
    """full.c: so many bytes may still be written."""
    name = "ENOSPC after n bytes"

    def __init__(self):
        self.folder = None
        self.file = tempfile.TemporaryFile()
        self.file.write(struct.pack("=q", -1))
        self.file.flush()
        self.left = mmap.mmap(self.file.fileno(), 8)

    def settings(self, hall):
        return {"preload": "full", "FULL_FOLDER": hall.data,
                "FULL_FILE": f"/proc/{os.getpid()}/fd/{self.file.fileno()}"}

    def fill(self, left):
        self.left[:] = struct.pack("=q", left)

    def free(self):
        self.left[:] = struct.pack("=q", -1)

    def close(self):
        self.file.close()


def honest(refusal):
    """The server's own fault, said as such."""
    return refusal.status in (500, 503, 507)


def reads(load, seat):
    """A question is shown while nothing can be written."""
    line = Line(load.port, seat.seat)
    try:
        line.ask("GET", seat.path("/questions/1"))
    except Refusal as refusal:
        if not refusal.stopped:
            load.fault(f"while the disk is full a question is not shown: {refusal}")
    except (OSError, ValueError) as failure:
        load.fault(f"while the disk is full a question is not shown: {failure}")
    line.close()


def fill_up(disk, load, server, left):
    refused = load.refusals
    disk.fill(left)
    end = time.monotonic() + 20
    while load.refusals == refused and time.monotonic() < end:
        time.sleep(0.01)
    if load.refusals == refused:
        raise Fault(f"the disk never got full with {left} bytes left")
    time.sleep(FULL_S)
    reads(load, load.candidates[0])
    disk.free()
    if not server.alive():
        raise Fault("the server did not live through a full disk")
    begun = time.monotonic()
    if not load.progress(len(load.candidates), BACK_S):
        load.fault(f"no answers within {BACK_S} s after there was space again")
    return time.monotonic() - begun


def play(disk, options):
    dice = random.Random(f"diskfull-{options.seed}-{disk.name}")
    with Hall("diskfull", folder=disk.folder) as hall:
        server = hall.serve(**disk.settings(hall))
        load = Load(hall, options.seed)
        ledger = Ledger(hall, load)
        load.may_refuse = honest
        official = Official(hall, options.seed)
        load.enter()
        load.start()
        official.start()
        back_s = 0.0
        for n in range(ROUNDS):
            load.progress(100)
            left = dice.choice((0, dice.randint(1, 5000), dice.randint(1, 400000)))
            back_s = max(back_s, fill_up(disk, load, server, left))
            ledger.check_new(f"full {n + 1}")
        official.finish()
        load.finish()
        ledger.check_shown()
        server.stop()
        ledger.check_all()
        official_check(official, ledger)
        return ledger.line("diskfull", f" ({disk.name}: {ROUNDS} times full, {load.refusals}"
                           f" refused, back after {back_s:.1f} s)"), ledger


def run(options):
    try:
        disks = [SmallDisk(), CountedDisk()]
    except OSError as failure:
        print(f"# diskfull: no file system of our own here ({failure}): full.c alone", flush=True)
        disks = [CountedDisk()]
    results = []
    for disk in disks:
        results.append(play(disk, options))
        disk.close()
    return results
