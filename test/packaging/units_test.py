"""packaging/systemd with systemd's own tools: the units are sound, tight, and leave the server what it
needs.

usage: units_test.py KONKURS"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from support import ROOT

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
UNITS = ROOT / "packaging" / "systemd"
MOST = {"konkurs.service": 1.5, "konkurs-check.service": 2.0, "konkurs-scan.service": 1.0, "konkurs-files.service": 1.5,
        "konkurs-hooks.service": 1.5,
        "konkurs-janus.service": 1.5, "konkurs-video.service": 1.5}


HA = ROOT / "packaging" / "ha" / "systemd"
DEBIAN = pathlib.Path("/lib/systemd/system")
CLUSTER = {"etcd.service": "etcd.conf", "haproxy.service": "haproxy.conf", "nginx.service": "nginx.conf",
           "patroni.service": "patroni.conf", "konkurs.service": "konkurs.conf"}


def at_home(text):
    """With the programs that are installed by hand, or found by their name, where they are here."""
    for path in "/etc/konkurs/ha/disk-guard", "/usr/bin/cage", "/usr/local/bin/konkurs-kiosk":
        text = text.replace(path, str(KONKURS))
    return re.sub(r"^(Exec\w+=)konkurs ", rf"\g<1>{KONKURS} ", text, flags=re.MULTILINE)


def analyze(*words):
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False,
                          env={"SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin"})


def group(name):
    """All system calls of a group of systemd."""
    calls = set()
    for line in analyze("syscall-filter", name).stdout.splitlines()[1:]:
        line = line.strip()
        if line and not line.startswith("#"):
            calls |= group(line) if line.startswith("@") else {line}
    return calls


def settings(unit, name):
    text = re.sub(r"\\\n\s*", " ", (UNITS / unit).read_text("utf-8"))
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


class Units(unittest.TestCase):
    def test_they_are_sound(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNITS.iterdir():
                text = at_home(unit.read_text("utf-8"))
                (pathlib.Path(folder) / unit.name).write_text(text, "utf-8")
            for unit in UNITS.iterdir():
                done = analyze("verify", "--man=no", str(pathlib.Path(folder) / unit.name))
                told = [line for line in done.stderr.splitlines() if unit.stem in line]
                self.assertEqual(told, [], done.stderr)

    def sound(self, folder, unit):
        done = analyze("verify", "--man=no", str(folder / unit))
        told = [line for line in done.stderr.splitlines() if str(folder) in line or unit in line]
        self.assertEqual((told, done.returncode), ([], 0), done.stderr)

    def test_those_of_a_cluster_are_sound(self):
        """Files of packaging/ha lie over Debian's own units; the kiosk's is for another machine."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for unit, over in CLUSTER.items():
                text = (DEBIAN if unit != "konkurs.service" else UNITS).joinpath(unit).read_text("utf-8")
                (folder / unit).write_text(at_home(text), "utf-8")
                (folder / f"{unit}.d").mkdir()
                (folder / f"{unit}.d" / "konkurs.conf").write_text(at_home((HA / over).read_text("utf-8")), "utf-8")
                self.assertIn(unit, (HA / over).read_text("utf-8").splitlines()[0])
            for path in HA / "konkurs-disk-guard.service", ROOT / "packaging" / "kiosk" / "konkurs-kiosk.service":
                (folder / path.name).write_text(at_home(path.read_text("utf-8")), "utf-8")
            self.assertEqual({f.name for f in HA.iterdir()},
                             {*CLUSTER.values(), "konkurs-disk-guard.service", "konkurs-ha.tmpfiles"})
            for unit in folder.glob("*.service"):
                self.sound(folder, unit.name)
            # what is wrong is told
            (folder / "etcd.service.d" / "konkurs.conf").write_text("[Service]\nRestrat=always\n", "utf-8")
            with self.assertRaises(AssertionError):
                self.sound(folder, "etcd.service")

    def test_a_name_is_enough(self):
        """systemd finds a program by its name in the folders of both ways of installing, the one by hand first."""
        path = subprocess.run(["systemd-path", "search-binaries-default"], capture_output=True, text=True, check=True).stdout
        folders = path.strip().split(":")
        self.assertLess(folders.index("/usr/local/bin"), folders.index("/usr/bin"))
        for unit in [*UNITS.iterdir(), *HA.iterdir()]:
            self.assertNotRegex(unit.read_text("utf-8"), r"(?m)^Exec\w+=/usr/(local/)?bin/konkurs")

    def test_they_are_tight(self):
        for unit, most in MOST.items():
            done = analyze("security", "--offline=true", str(UNITS / unit))
            score = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
            self.assertTrue(score, done.stderr)
            self.assertLess(float(score.group(1)), most, done.stdout)

    def test_the_log_leaves_the_machine(self):
        """Standard error goes to the journal of the system, which sends it on over TLS, with both sides' keys."""
        for name in ("StandardError", "StandardOutput", "LogNamespace"):
            self.assertEqual(settings("konkurs.service", name), [])
        text = (ROOT / "packaging" / "journal" / "journal-upload.conf").read_text("utf-8")
        options = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
        self.assertRegex(options.pop("URL"), r"^https://")
        self.assertEqual(set(options), {"ServerKeyFile", "ServerCertificateFile", "TrustedCertificateFile"})

    def test_the_server_may_what_it_needs(self):
        """What the inner fence allows and the outer one refuses is what a library only asks for."""
        allowed = set()
        for line in settings("konkurs.service", "SystemCallFilter"):
            for name in line.lstrip("~").split():
                calls = group(name) if name.startswith("@") else {name}
                allowed = allowed - calls if line.startswith("~") else allowed | calls
        text = (ROOT / "src" / "base" / "fence_calls.c").read_text("utf-8")
        text = text.split("#ifdef SANITIZED")[0]
        inner = set(re.findall(r"SCMP_SYS\((\w+)\)", text))
        inner |= {"mmap", "mprotect", "clone", "landlock_add_rule", "landlock_restrict_self"}
        self.assertEqual(inner - allowed, {"fchown", "mincore", "setrlimit"})
        for unit in MOST:  # each option that it gives, the program knows
            command = " ".join(settings(unit, "ExecStart")).split()
            if command[0] != "konkurs":
                continue
            # by its name, so that both ways of installing are served; what may run is named for both
            if settings(unit, "ExecPaths"):
                self.assertIn("-/usr/bin/konkurs -/usr/local/bin/konkurs", settings(unit, "ExecPaths")[0])
            usage = subprocess.run([KONKURS, "help", command[1]], capture_output=True, text=True, check=True).stdout
            for word in command:
                if word.startswith("--"):
                    self.assertIn(word, usage)


if __name__ == "__main__":
    unittest.main()
