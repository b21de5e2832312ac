"""What goes wrong, and when it counts as over.  Each case is given the world while candidates click, does its
fault, and comes back when answers are acknowledged again and the cluster is as it was."""
import os
import pathlib
import signal
import subprocess
import time

from cluster import APPS, BASES, Trouble, until
from world import apart, cable

SETTLE_S = 90


def new_leader(world, old, seconds=60):
    """Somebody else leads."""
    return until("another leader", seconds, lambda: (found := world.cluster.leader()) != old and found)


def leading(world):
    return until("a leader", SETTLE_S, world.cluster.leader)


def synchronous(world):
    return until("a synchronous standby", SETTLE_S, lambda: next(
        (m["name"] for m in world.cluster.members() if m["role"] == "sync_standby"), None))


def whole_again(world, answers=20):
    world.load.progress(answers)
    world.cluster.until_whole(SETTLE_S)


# ---- the database -------------------------------------------------------------------------------------------

def postmaster(world):
    """kill -9 of the leader's PostgreSQL; its Patroni sees it."""
    old = leading(world)
    world.cluster.tell(old, "postgres", signal.SIGKILL)
    new_leader(world, old)
    whole_again(world)


def leader(world):
    """kill -9 of PostgreSQL and of the Patroni that would see it: the others must miss the leader."""
    old = leading(world)
    world.cluster.kill(old, "patroni")
    world.cluster.tell(old, "postgres", signal.SIGKILL)
    new_leader(world, old)
    world.load.progress(20)
    world.cluster.run(old, "patroni")
    whole_again(world)


def machine(world):
    """kill -9 of all that runs beside the leader, its etcd too."""
    old = leading(world)
    for service in ("etcd", "patroni"):
        world.cluster.kill(old, service)
    world.cluster.tell(old, "postgres", signal.SIGKILL)
    new_leader(world, old)
    world.load.progress(20)
    world.cluster.run(old, "etcd")
    world.cluster.run(old, "patroni")
    whole_again(world)


def standby(world):
    """kill -9 of the synchronous standby and its Patroni: commits wait until another takes its place."""
    name = synchronous(world)
    world.cluster.kill(name, "patroni")
    world.cluster.tell(name, "postgres", signal.SIGKILL)
    until("another synchronous standby", SETTLE_S, lambda: synchronous(world) != name)
    world.load.progress(20)
    world.cluster.run(name, "patroni")
    whole_again(world)


def switchover(world):
    """An operator gives the lead to the standby, as before work on a machine."""
    old = leading(world)
    word = world.cluster.path(old, "etc", "patroni.yml")
    command = ["/usr/bin/patronictl", "-c", str(word), "switchover", "konkurs", "--master", old,
               "--candidate", synchronous(world), "--force"]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    new_leader(world, old)
    whole_again(world)


def partition(world):
    """The leader's cable is pulled: PostgreSQL, Patroni and etcd live, and reach nobody.  Where networks of one's own
    are not allowed, all of its processes are stopped in one moment instead."""
    old = leading(world)
    if apart():
        cable(old, False)
        back = lambda: cable(old, True)  # noqa: E731
    else:
        stopped = world.cluster.processes(old)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        back = lambda: [os.kill(pid, signal.SIGCONT) for pid in stopped  # noqa: E731
                        if pathlib.Path(f"/proc/{pid}").exists()]
    try:
        new_leader(world, old)
        world.load.progress(20)
        time.sleep(5)
    finally:
        back()
    whole_again(world)


def diskfull(world):
    """The leader's disk is full to the last byte, and stays so until another leads."""
    old = leading(world)
    fill = world.cluster.path(old, "var", "full")
    with open(fill, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 20))
        except OSError:
            pass
    try:
        new_leader(world, old, 120)
        world.load.progress(20)
    finally:
        fill.unlink()
    whole_again(world)


def etcd(world):
    """kill -9 of all three etcd: nobody may take over, and the leader asks the others and goes on."""
    old = leading(world)
    for name in BASES:
        world.cluster.kill(name, "etcd")
    time.sleep(12)
    world.load.progress(20)
    for name in BASES:
        world.cluster.run(name, "etcd")
    whole_again(world)
    if world.cluster.leader() != old:
        raise Trouble("the leader changed, though only etcd was away")


# ---- the nodes and what is in front -------------------------------------------------------------------------

def node(world):
    """kill -9 of a Konkurs node."""
    name = APPS[1]
    world.cluster.kill(name, "konkurs")
    world.load.progress(20)
    time.sleep(3)
    world.cluster.run(name, "konkurs")
    until(f"{name} answers", SETTLE_S, lambda: world.cluster.answers(name))
    whole_again(world)


def frozen(world):
    """A node stands still, in the middle of a turn perhaps, and wakes up again: nobody waits for it."""
    name = APPS[2]
    world.cluster.tell(name, "konkurs", signal.SIGSTOP)
    try:
        world.load.progress(20)
        time.sleep(15)
    finally:
        world.cluster.tell(name, "konkurs", signal.SIGCONT)
    whole_again(world)


def proxy(world):
    """kill -9 of a HAProxy, over which one node has its database and a third of the candidates come; its unit
    starts it again."""
    name = APPS[0]
    world.cluster.kill(name, "haproxy")
    time.sleep(1)
    world.cluster.run(name, "haproxy")
    until(f"{name} answers", SETTLE_S, lambda: world.cluster.answers(name))
    whole_again(world)


CASES = {case.__name__: case for case in (
    postmaster, leader, machine, standby, switchover, partition, diskfull, etcd, node, frozen, proxy)}
QUICK = ("postmaster", "leader", "node")


def possible(name):
    """Why a case cannot be played here; None: it can."""
    if name == "diskfull" and not apart():
        return "no mounts of one's own here"
    return None
