"""A cluster on this machine: three databases under Patroni, three etcd, three nodes of Konkurs, each with
its HAProxy and its nginx.  Everything is configured by packaging/ha/configure, as real machines are.

    script/cluster start DIR [--hall N] [--empty] [--direct] [--namespaces] [--small]
    script/cluster status DIR | stop DIR
    script/cluster kill-leader DIR [--with-patroni]
    script/cluster kill DIR MACHINE SERVICE     and then: run DIR MACHINE SERVICE

SERVICE is etcd, patroni, postgres (which Patroni runs), guard, haproxy, nginx, konkurs.  DIR/MACHINE/log has what they
say, DIR/MACHINE/pid their pids.  As root the databases run as user postgres; nothing else is asked of root.
--namespaces (root, within `unshare --net --mount`) gives each database a network of its own, to cut it off.
"""
import argparse
import configparser
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KONKURS", ROOT / "build/src/konkurs")).resolve().parents[1]
KONKURS = BUILD / "src/konkurs"
HALL = pathlib.Path(os.environ.get("KONKURS_HALL", BUILD / "bench/hall"))
BASES = ("base1", "base2", "base3")
APPS = ("app1", "app2", "app3")
DOORS = {"base": ("etcd", "etcd_peer", "patroni", "postgres"),
         "app": ("database", "web", "inner", "konkurs", "metrics", "entrance")}
START_S = 60
STOP_S = 15
SWITCH = "10.118.0.254"


class Trouble(Exception):
    """The cluster does not do what it should."""


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def until(what, seconds, ready):
    """Waits for `ready` to give something, and gives it."""
    end = time.monotonic() + seconds
    while True:
        found = ready()
        if found:
            return found
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Cluster:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.children = {}
        self.machines = {}
        self.options = {}
        if (self.folder / "cluster.json").exists():
            self.load()

    # ---- what it is made of --------------------------------------------------------------------

    def load(self):
        kept = json.loads((self.folder / "cluster.json").read_text())
        self.machines, self.options = kept["machines"], kept["options"]

    def prepare(self, direct=False, namespaces=False, shared_buffers="128MB"):
        """Folders, ports and configuration; nothing runs yet."""
        self.folder.mkdir(mode=0o755, parents=True)
        self.options = {"direct": direct, "namespaces": namespaces}
        names = [("base", n) for n in BASES] + [("app", n) for n in APPS]
        ports = iter(free_ports(sum(len(DOORS[role]) for role, _ in names)))
        for number, (role, name) in enumerate(names, 1):
            inside = namespaces and role == "base"
            address = f"10.118.0.{number}" if inside else SWITCH if namespaces else "127.0.0.1"
            own = self.folder / name
            self.machines[name] = dict(
                {door: next(ports) for door in DOORS[role]}, roles=role, address=address,
                etc=str(own / "etc"), var=str(own / "var"), run=str(own / "run"))
            for part in ("var", "run", "log", "pid"):
                (own / part).mkdir(mode=0o700, parents=True)
        self.describe(shared_buffers)
        (self.folder / "cluster.json").write_text(json.dumps(
            {"machines": self.machines, "options": self.options}, indent=1))
        for name in self.machines:
            shutil.copytree(self.folder / "out" / name, self.folder / name / "etc")
            self.give(self.folder / name)

    def describe(self, shared_buffers):
        ini = configparser.ConfigParser(interpolation=None)
        ini["cluster"] = {"name": "konkurs", "host": "localhost", "connections": "20000", "proxy_connections": "4000",
                          "shared_buffers": shared_buffers, "disk_least_mb": "100", "nginx_workers": "1",
                          "nginx_foreground": "daemon off;"}
        for name, machine in self.machines.items():
            ini[f"machine {name}"] = {key: str(value) for key, value in machine.items()}
        with open(self.folder / "cluster.ini", "w", encoding="utf-8") as file:
            ini.write(file)
        subprocess.run(["/usr/bin/python3", "-B", ROOT / "packaging/ha/configure",
                        self.folder / "cluster.ini", self.folder / "out"], check=True, timeout=60)

    def give(self, folder):
        """To the user whom the services run as."""
        if self.user:
            subprocess.run(["chown", "-R", f"{self.user.pw_uid}:{self.user.pw_gid}", folder], check=True)

    # ---- one service ---------------------------------------------------------------------------------

    def path(self, name, *rest):
        return self.folder.joinpath(name, *rest)

    def command(self, name, service):
        etc = self.path(name, "etc")
        return {
            "etcd": ["etcd", "--config-file", etc / "etcd.yml"],
            "patroni": ["/usr/bin/patroni", etc / "patroni.yml"],
            "guard": [etc / "disk-guard"],
            "haproxy": ["/usr/sbin/haproxy", "-db", "-f", etc / "haproxy.cfg"],
            "nginx": ["/usr/sbin/nginx", "-e", "stderr", "-c", etc / "nginx.conf"],
            "konkurs": [KONKURS, "serve", "--db", self.url(name), "--key", self.folder / "service.key",
                        "--listen", f"127.0.0.1:{self.machines[name].get('konkurs')}", "--secure", "--demonstration",
                        "--metrics", f"127.0.0.1:{self.machines[name].get('metrics')}"],
        }[service]

    def environment(self, name, service):
        """As a unit has it; what the home of whoever tests holds (~/.postgresql) is not looked at."""
        env = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(self.path(name, "run"))}
        if service == "konkurs":
            env.update(line.split("=", 1) for line in self.path(name, "etc", "database.env")
                       .read_text().splitlines() if "=" in line and not line.startswith("#"))
        return env

    def run(self, name, service):
        """Starts it; it may take until it answers."""
        command = [str(part) for part in self.command(name, service)]
        if self.options["namespaces"] and name in BASES:
            command = ["ip", "netns", "exec", name] + self.as_user() + command
            user = {}
        else:
            user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} \
                if self.user and service != "konkurs" else {}
        with open(self.path(name, "log", f"{service}.log"), "ab") as log:
            child = subprocess.Popen(command, env=self.environment(name, service), stdin=subprocess.DEVNULL,
                                     stdout=log, stderr=log, start_new_session=True,
                                     cwd=self.path(name, "run") if service != "konkurs" else self.folder, **user)
        self.children[(name, service)] = child
        self.path(name, "pid", service).write_text(f"{child.pid}\n")
        return child

    def as_user(self):
        return ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"]

    def pid(self, name, service):
        """Of what runs; 0: nothing does."""
        path = self.path(name, "var", "postgres", "postmaster.pid") if service == "postgres" \
            else self.path(name, "pid", service)
        try:
            pid = int(path.read_text().split("\n")[0])
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (OSError, ValueError):
            return 0
        own = str(self.folder).encode() in words or service == "konkurs" and b"konkurs" in words
        return pid if own and state != "Z" else 0

    def tell(self, name, service, number):
        pid = self.pid(name, service)
        if pid:
            os.kill(pid, number)
        return pid

    def kill(self, name, service, number=signal.SIGKILL):
        """Ends it at once, with what belongs to it."""
        if service == "nginx" and number == signal.SIGKILL:
            number = signal.SIGTERM  # its workers would outlive it
        pid = self.tell(name, service, number)
        child = self.children.pop((name, service), None)
        if child:
            child.wait(STOP_S)
        elif pid:
            until(f"{name} {service} ends", STOP_S, lambda: not self.pid(name, service))

    def processes(self, name):
        """All of a machine, children too: (pid, session), for stopping them in one moment."""
        roots = {self.pid(name, s) for s in ("etcd", "patroni", "postgres", "haproxy", "nginx", "konkurs")}
        parents = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    continue
        found = {pid for pid in roots if pid}
        while True:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            if not more:
                return sorted(found)
            found |= more

    # ---- all of it --------------------------------------------------------------------------------------

    def start_bases(self):
        for name in BASES:
            self.run(name, "etcd")
        for name in BASES:
            self.run(name, "patroni")
        self.until_whole(START_S)
        for name in BASES:
            self.run(name, "guard")
        for name in APPS:
            self.run(name, "haproxy")

    def start_apps(self):
        for name in APPS:
            self.run(name, "konkurs")
            self.run(name, "nginx")
        for name in APPS:
            until(f"{name} serves", START_S, lambda name=name: self.serves(name))
            until(f"{name} answers", START_S, lambda name=name: self.answers(name))

    def url(self, name=APPS[0]):
        if self.options["direct"]:
            doors = ",".join(f"{self.machines[b]['address']}:{self.machines[b]['postgres']}" for b in BASES)
            return f"postgresql://konkurs@{doors}/konkurs?target_session_attrs=read-write"
        return f"postgresql://konkurs@127.0.0.1:{self.machines[name].get('database')}/konkurs"

    def konkurs(self, *arguments, program=KONKURS, timeout=900, **more):
        """A command on the cluster's database; its output."""
        done = subprocess.run([program, *arguments], env=dict(self.environment(APPS[0], "konkurs"), **more),
                              capture_output=True, encoding="utf-8", timeout=timeout, check=False)
        if done.returncode != 0:
            raise Trouble(f"{arguments[0]}: {done.stdout.strip()[-500:]} {done.stderr.strip()[-1000:]}")
        return done.stdout

    def fill(self, hall=0, started=True):
        """The demonstration, or a hall.  Nobody is told of its thousand commits: they wait for no disk."""
        quick = {"PGOPTIONS": "-c synchronous_commit=off"}
        key = self.folder / "service.key"
        until("the database's door", START_S, self.door_open)
        machine = self.machines[self.leader()]
        url = f"postgresql://konkurs@/konkurs?host={machine['run']}&port={machine['postgres']}"  # the shortest way
        if hall:
            self.konkurs("--db", url, "--key", key, "--candidates", str(hall), "--out",
                         self.folder / "hall.json", *(["--start"] if started else []), program=HALL, **quick)
        else:
            (self.folder / "papers.txt").write_text(self.konkurs("demo", "--db", url, "--key", key, **quick))

    def door_open(self):
        done = subprocess.run(["psql", "-X", "-q", "-c", "SELECT 1", self.url()], capture_output=True,
                              env=self.environment(APPS[0], "konkurs"), timeout=20, check=False)
        return done.returncode == 0

    def stop(self):
        """Everything, by its own pid; what does not end is killed."""
        for service, number in (("nginx", signal.SIGTERM), ("konkurs", signal.SIGTERM), ("haproxy", signal.SIGTERM),
                                ("guard", signal.SIGTERM), ("patroni", signal.SIGTERM), ("postgres", signal.SIGQUIT),
                                ("etcd", signal.SIGTERM)):
            names = [n for n in self.machines if self.pid(n, service)]
            for name in names:
                self.tell(name, service, signal.SIGCONT)
                self.tell(name, service, number)
            end = time.monotonic() + STOP_S
            for name in names:
                while self.ending(name, service) and time.monotonic() < end:
                    time.sleep(0.05)
                if self.ending(name, service):
                    self.tell(name, service, signal.SIGKILL)

    def ending(self, name, service):
        child = self.children.get((name, service))
        if child:
            child.poll()
        return self.pid(name, service)

    # ---- how it is ---------------------------------------------------------------------------------------

    def trust(self):
        context = ssl.create_default_context(cafile=str(self.folder / "out/ca/ca.pem"))
        context.check_hostname = False
        return context

    def ask(self, url, timeout=2):
        with urllib.request.urlopen(url, timeout=timeout, context=self.trust()) as answer:
            return answer.status, answer.read()

    def answers(self, name):
        try:
            return self.ask(f"{self.entrance(name)}/healthz", 5)[0] == 200
        except OSError:
            return False

    def serves(self, name):
        """The node itself; one that has ended while it started is started again, as its unit does."""
        if not self.pid(name, "konkurs"):
            self.run(name, "konkurs")
        try:
            socket.create_connection(("127.0.0.1", self.machines[name]["konkurs"]), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.2)
            return False

    def entrance(self, name=APPS[0]):
        return f"https://{self.machines[name]['address']}:{self.machines[name]['entrance']}"

    def members(self, name=None):
        """What a Patroni knows, the leader's if none is named: [{name, role, state, ...}]."""
        machine = self.machines.get(name or self.leader() or BASES[0])
        try:
            _, body = self.ask(f"https://{machine['address']}:{machine['patroni']}/cluster", 1)
            return json.loads(body)["members"]
        except (OSError, ValueError):
            return []

    def leader(self):
        """The machine whose Patroni says that it leads, and has the key; None: nobody."""
        for name in BASES:
            machine = self.machines[name]
            try:
                if self.ask(f"https://{machine['address']}:{machine['patroni']}/primary", 1)[0] == 200:
                    return name
            except OSError:
                continue
        return None

    def is_whole(self):
        """A leader, a synchronous standby and another standby that follows; so say all three."""
        return all(self.seen_whole(self.members(name)) for name in BASES)

    @staticmethod
    def seen_whole(members):
        leads = [m for m in members if m["role"] == "leader" and m["state"] == "running"]
        timelines = {m.get("timeline") for m in members}
        follows = [m for m in members if m["role"] in ("sync_standby", "replica") and
                   m["state"] in ("running", "streaming")]
        waits = any(m["role"] == "sync_standby" for m in members)
        return len(leads) == 1 and len(follows) == 2 and waits and len(timelines) == 1

    def until_whole(self, seconds=90):
        until("three databases, one leading, one synchronous", seconds, self.is_whole)

    def status(self):
        for member in self.members():
            print(f"{member['name']}: {member['role']}, {member['state']}, timeline {member.get('timeline')},"
                  f" lag {member.get('lag', 0)}")
        for name, machine in self.machines.items():
            services = ("etcd", "patroni", "postgres", "guard") if name in BASES else ("haproxy", "nginx", "konkurs")
            print(f"{name}: " + ", ".join(f"{s} {self.pid(name, s) or 'does not run'}" for s in services) +
                  (f", {self.entrance(name)}/" if name in APPS else ""))


# ---- by hand -------------------------------------------------------------------------------------------

def start(options):
    cluster = Cluster(options.folder)
    if cluster.machines:
        raise Trouble(f"{options.folder}: there is a cluster already; stop and remove it")
    begun = time.monotonic()
    try:
        cluster.prepare(options.direct, options.namespaces)
        cluster.start_bases()
        if not options.empty:
            cluster.fill(options.hall)
        cluster.start_apps()
    except BaseException:
        cluster.stop()
        raise
    cluster.status()
    print(f"cluster: {time.monotonic() - begun:.0f} s; {cluster.entrance()}/ (its certificate is its own)")
    if not options.empty and not options.hall:
        print(cluster.konkurs("demo", "--db", cluster.url(), "--key", cluster.folder / "service.key", "--accounts"))


def kill_leader(cluster, with_patroni):
    name = cluster.leader()
    if not name:
        raise Trouble("nobody leads")
    if with_patroni:
        cluster.kill(name, "patroni")
    cluster.tell(name, "postgres", signal.SIGKILL)
    print(f"killed: {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("start", "stop", "status", "kill-leader", "kill", "run"))
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR")
    parser.add_argument("more", nargs="*", metavar="MACHINE SERVICE")
    parser.add_argument("--hall", type=int, default=0, help="a started sitting of so many instead of the demonstration")
    for name in ("empty", "direct", "namespaces", "with-patroni"):
        parser.add_argument(f"--{name}", action="store_true")
    options = parser.parse_args()
    cluster = Cluster(options.folder)
    try:
        if options.what == "start":
            start(options)
        elif options.what in ("kill", "run"):
            getattr(cluster, options.what)(*options.more)
        elif options.what == "kill-leader":
            kill_leader(cluster, options.with_patroni)
        else:
            getattr(cluster, options.what)()
    except Trouble as trouble:
        print(f"cluster: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
