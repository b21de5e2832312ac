"""Starts a real clamd on a socket of its own, with one signature of its own, and runs a test beside it.

    with_clamd.py TEST [WORD...]

The test finds in its environment: KONKURS_CLAMD the socket, KONKURS_CLAMD_PID the process, KONKURS_CLAMD_LOG
its log.  Nothing is downloaded: the one signature is that of the harmless EICAR test string, which is put
together here so that no scanner takes this file for one.  Where clamd is not installed the test is skipped,
but not where KONKURS_CI is set."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CONFIG = """LocalSocket {0}/clamd.sock
DatabaseDirectory {0}/db
TemporaryDirectory {0}
LogFile {0}/log
Foreground yes
MaxThreads 2
StreamMaxLength 2M
"""


def find():
    path = shutil.which("clamd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path:
        return path
    if os.environ.get("KONKURS_CI"):
        sys.exit("KONKURS_CI is set, and clamd (clamav-daemon) is not installed")
    print("1..0 # SKIP clamd (clamav-daemon) is not installed")
    sys.exit(0 if os.environ.get("CMOCKA_MESSAGE_OUTPUT") == "TAP" else 77)


def answers(path):
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
            probe.sendall(b"zPING\0")
            return probe.recv(16) == b"PONG\0"
        except OSError:
            return False


def start(program, folder):
    database = folder / "db"
    database.mkdir()
    (database / "own.ndb").write_text(f"Konkurs.Test.Eicar:0:*:{EICAR.encode().hex()}\n")
    (folder / "clamd.conf").write_text(CONFIG.format(folder))
    clamd = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    for _ in range(600):
        if clamd.poll() is not None:
            sys.exit("clamd does not start: " + (folder / "log").read_text())
        if answers(folder / "clamd.sock"):
            return clamd
        time.sleep(0.1)
    clamd.kill()
    sys.exit("clamd does not answer")


def main(words):
    program = find()
    with tempfile.TemporaryDirectory(prefix="konkurs-clamd-") as name:
        folder = pathlib.Path(name)
        clamd = start(program, folder)
        try:
            return subprocess.run(words, check=False, env={
                **os.environ, "KONKURS_CLAMD": str(folder / "clamd.sock"),
                "KONKURS_CLAMD_PID": str(clamd.pid), "KONKURS_CLAMD_LOG": str(folder / "log")}).returncode
        finally:
            clamd.kill()
            clamd.wait()


sys.exit(main(sys.argv[1:]))
