"""Three databases, three nodes, a hall that clicks, and what goes wrong underneath (docs/ha.md).

    ha.py [CASE...] [--quick] [--candidates N] [--pace S] [--seed N] [--direct] [--loopback] [--keep]

Each case ends with `NAME: acknowledged N, lost 0, longest gap S s`: answers acknowledged while it was played, and the
longest time in which no candidate was acknowledged any.  At the end all press Finish, a leader is killed
meanwhile, and everything that any client was told is looked up once more.  --quick: three cases, fewer people.
As root, where the kernel allows it, the test runs in networks and mounts of its own; else on the loopback, without
`diskfull`, and `partition` stops processes.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from cases import CASES, QUICK, leading, new_leader, possible
from cluster import Trouble
from page import Page
from world import World, apart

APART = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def read_options():
    parser = argparse.ArgumentParser(description="faults of a cluster")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--candidates", type=int)
    parser.add_argument("--pace", type=float, help="seconds between clicks of one, on average")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1000000))
    parser.add_argument("--direct", action="store_true", help="nodes know all three databases, without HAProxy")
    parser.add_argument("--loopback", action="store_true", help="without networks and mounts of its own")
    parser.add_argument("--keep", action="store_true", help="the folder stays in any case")
    options = parser.parse_args()
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}")
    options.cases = options.cases or list(QUICK if options.quick else CASES)
    options.candidates = options.candidates or (60 if options.quick else 1000)
    options.pace = options.pace or (1.0 if options.quick else 8.0)
    return options


def go_apart():
    """Starts itself again in networks, mounts and processes of its own, where that is allowed."""
    if apart() or os.geteuid() != 0:
        return
    tried = subprocess.run(APART + ("ip", "link", "add", "switch", "type", "bridge"), capture_output=True, check=False)
    if tried.returncode == 0:
        os.environ["HA_APART"] = "1"
        # the first process there must take in those whose parents have died, or a killed PostgreSQL
        # would not be gone for its Patroni
        os.execvp(APART[0], APART + ("sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-B", *sys.argv))


def play(world, name):
    """One case; whether it held."""
    begun = time.monotonic()
    try:
        CASES[name](world)
    except (Trouble, OSError, subprocess.SubprocessError) as trouble:
        print(f"{name}: FAILED: {trouble}", flush=True)
        return False
    found = world.check(begun - 1)
    for fault in found.faults:
        print(f"# {name}: {fault}")
    found.acknowledged = found.window
    print(found.line(name, f" (one waited {found.wait_s:.1f} s)") + ("" if found.ok() else ": FAILED"), flush=True)
    return found.ok()


def start_hall(world, dice):
    """The operator opens the seal and starts the hall, and does so again until told that it has started; the leader
    is killed meanwhile.  That it was one start is looked up with everything else (history.py)."""
    begun, tries = time.monotonic(), 0
    people = world.people()
    form = {"code_1": people["codes"][0], "code_2": people["codes"][1], "second": people["second"]["person"],
            "second_password": people["second"]["password"]}
    old = leading(world)
    killer = threading.Timer(dice.uniform(0, 1.5), world.cluster.tell, (old, "postgres", signal.SIGKILL))
    killer.start()
    while True:
        tries += 1
        status = world.post(f"/sittings/{people['sitting']}/start", people["operator"], form)
        if status in (200, 409):  # 409: it had started, and the answer was lost
            break
        if 400 <= status < 500 and status != 429 or time.monotonic() > begun + 90:
            raise Trouble(f"the hall does not start: {status}")
        time.sleep(0.5)
    killer.join()
    new_leader(world, old)
    world.cluster.until_whole()
    database = world.read([])
    if database.starts != 1 or len(database.started_ms) != 1:
        raise Trouble(f"start: {database.starts} starts in the journal, at {sorted(database.started_ms)}")
    print(f"start: one start, told at the {tries}. try after {time.monotonic() - begun:.0f} s", flush=True)


def finish(world, page):
    """All press Finish while a leader is killed; then everything once more, and the journal."""
    begun = time.monotonic()
    page.end()
    old = leading(world)
    world.load.say("finish")
    time.sleep(0.1)  # some are through, and others are not
    world.cluster.tell(old, "postgres", 9)
    world.load.end("")
    new_leader(world, old)
    world.cluster.until_whole()
    found = world.check(begun, ended=True)
    url = world.cluster.url()
    for words in (("journal", "verify", "--db", url), ("verify", "--db", url)):
        try:
            world.cluster.konkurs(*words)
        except Trouble as trouble:
            found.add("journal", f"{' '.join(words[:-2])}: {trouble}")
    for fault in found.faults + page.faults:
        print(f"# finish: {fault}")
    print(found.line("finish", f", page: {page.saved} clicks of a browser"), flush=True)
    return found, found.ok() and not page.faults


def run(options, folder):
    world = World(folder, options)
    failed = []
    try:
        world.start()
        start_hall(world, random.Random(options.seed))
        world.sit_down(pace=options.pace, enter=options.candidates / 8)
        page = Page(world)
        world.load.until_seated(options.candidates, 600)
        page.until_ready()
        world.load.progress(options.candidates)
        for name in options.cases:
            why = possible(name)
            if why:
                print(f"{name}: not played: {why}", flush=True)
            elif not play(world, name):
                failed.append(name)
        found, fine = finish(world, page)
        failed += [] if fine else ["finish"]
        print(f"ha: {len(options.cases)} cases, {options.candidates} candidates, acknowledged"
              f" {found.acknowledged}, lost {found.lost}" + (f", FAILED {', '.join(failed)}" if failed else ""))
    finally:
        world.stop()
    return failed


def main():
    options = read_options()
    if not options.loopback:
        go_apart()
    print(f"ha: seed {options.seed}, " + ("networks of its own" if apart() else "on the loopback"), flush=True)
    folder = tempfile.mkdtemp(prefix="konkurs-ha-")
    os.chmod(folder, 0o755)
    failed = True
    try:
        failed = run(options, folder)
    except (Trouble, OSError, subprocess.SubprocessError) as trouble:
        print(f"ha: FAILED: {trouble}")
    if failed or options.keep:
        print(f"# logs are kept in {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
