"""The packages that script/package builds: the same bytes wherever and by whom they are built, nothing for lintian to
say, and what is in them works.

usage: deb_test.py BUILD KONKURS

What is built once more is the program itself, in a folder of its own: under another umask, in another language, zone and
time; the other package is made of the programs of BUILD."""
import filecmp
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import ROOT

BUILD, KONKURS = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
del sys.argv[1:]
PLACE = tempfile.TemporaryDirectory(prefix="konkurs-deb-")
HERE = pathlib.Path(PLACE.name)
UNITS = ROOT / "packaging" / "systemd"


def run(*words, fails=False, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, encoding="utf-8", check=False, **more)
    if done.returncode != 0 and not fails:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


def package(name, *words, umask=0o022, **environment):
    """The packages, by their names."""
    folder = HERE / name
    (folder / "tmp").mkdir(parents=True)
    run("sh", ROOT / "script" / "package", *words, folder / "out", umask=umask, timeout=2400,
        env={**os.environ, "TMPDIR": str(folder / "tmp"), **environment})
    return {deb.name.split("_")[0]: deb for deb in (folder / "out").glob("*.deb")}


def unpacked(deb):
    folder = deb.parent.parent / f"of-{deb.name}"
    if not folder.exists():
        run("dpkg-deb", "-x", deb, folder)
        run("dpkg-deb", "-e", deb, folder / "DEBIAN")
    return folder


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.debs = package("first", "--build", BUILD)
        cls.root = unpacked(cls.debs["konkurs"])
        cls.verifier = unpacked(cls.debs["konkurs-verify"])

    def test_they_are_the_same_again(self):
        """F93: byte by byte, from another folder, umask, language, zone and time"""
        again = package("second/and/deeper", umask=0o077, LANG="kk_KZ.UTF-8", LC_ALL="C", TZ="Asia/Almaty",
                        USER="somebody")
        self.assertEqual(set(again), {"konkurs", "konkurs-verify"})
        for name, deb in again.items():
            other = unpacked(deb) if not filecmp.cmp(deb, self.debs[name], shallow=False) else None
            if other:
                self.fail(run("diff", "-rq", unpacked(self.debs[name]), other, fails=True).stdout or f"{name}: modes or times")

    def test_no_folder_of_the_build_is_in_them(self):
        for path in (self.root / "usr/bin/konkurs", self.verifier / "usr/bin/konkurs-verify",
                     self.verifier / "usr/share/konkurs-verify/verify.html"):
            text = path.read_bytes()
            for folder in (str(ROOT), str(HERE), "konkurs-package."):
                self.assertNotIn(folder.encode(), text, path)

    def test_lintian_has_nothing_to_say(self):
        changes = next((HERE / "first" / "out").glob("*.changes"))
        done = run("lintian", "--allow-root", "--fail-on", "error,warning", "--tag-display-limit", "0", changes, fails=True)
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)

    def test_what_they_need(self):
        """The verifier needs nothing; the server only libraries and fonts."""
        fields = run("dpkg-deb", "-f", self.debs["konkurs-verify"], "Depends").stdout
        self.assertEqual(fields.strip(), "")
        built = run("dpkg-deb", "-f", self.debs["konkurs-verify"], "Built-Using").stdout
        self.assertIn("libsodium", built)
        depends = run("dpkg-deb", "-f", self.debs["konkurs"], "Depends").stdout
        for name in ("libevent", "libsqlite3-0", "libpq5", "fonts-noto-core"):
            self.assertIn(name, depends)
        self.assertNotRegex(depends, r"nodejs|npm|python")
        missing = run("ldd", self.root / "usr/bin/konkurs").stdout
        self.assertNotIn("not found", missing)

    def test_the_programs_run(self):
        version = run("dpkg-deb", "-f", self.debs["konkurs"], "Version").stdout.strip()
        self.assertEqual(run(self.root / "usr/bin/konkurs", "--version").stdout, f"konkurs {version}\n")
        self.assertIn(version, run(self.verifier / "usr/bin/konkurs-verify", "--version").stdout)
        with tempfile.TemporaryDirectory() as folder:
            run(self.root / "usr/bin/konkurs", "demo", "--db", f"{folder}/demo.db", timeout=120)

    def test_they_are_hardened(self):
        head = run("readelf", "-hldW", self.root / "usr/bin/konkurs").stdout
        self.assertRegex(head, r"Type: +DYN")
        self.assertIn("GNU_RELRO", head)
        self.assertRegex(head, r"BIND_NOW|FLAGS_1.*NOW")
        self.assertNotRegex(head, r"GNU_STACK.*RWE")
        self.assertNotIn("RUNPATH", head)
        self.assertIn("_chk@", run("readelf", "--dyn-syms", "-W", self.root / "usr/bin/konkurs").stdout)

    def test_the_manual_is_found(self):
        pages = {"konkurs": self.root, "konkurs-verify": self.verifier}
        for name, root in pages.items():
            manuals = str(root / "usr/share/man")
            found = run("man", "-M", manuals, "-w", name).stdout.strip()
            self.assertTrue(found.startswith(manuals), found)
            done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", found, env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
            self.assertEqual(done.stderr, "")

    def test_bash_completes(self):
        """In a real bash, with the file of the package and nothing else."""
        script = next((self.root / "usr/share/bash-completion/completions").iterdir())
        self.assertEqual(script.name, "konkurs")
        for words, wanted in ((["ba"], "backup bank"), (["bank", "im"], "import"), (["bank", "import", "--dry"], "--dry-run"),
                              (["calendar", "year", "--lang", "k"], "kk"), (["bank", "export", "--format", "q"], "qti3 qti2"),
                              (["files", "--move", ""], "out in"), (["help", "jour"], "journal"), (["user", "dis"], "disable"), (["bank", "s"], "stats screen"),
                              (["check", "--tls-client"], "--tls-client-crl"), (["--ver"], "--version")):
            line = ["konkurs", *words]
            listed = " ".join(f"'{word}'" for word in line)
            done = run("bash", "--norc", "-uc", f"source '{script}'; COMP_WORDS=({listed}); COMP_CWORD={len(line) - 1}; "
                       "_konkurs; echo \"${COMPREPLY[*]}\"")
            self.assertEqual((done.stdout.strip(), done.stderr), (wanted, ""), words)
        self.assertEqual(run("shellcheck", "-s", "bash", script, fails=True).stdout, "")
        (HERE / "notes.db").write_text("", "utf-8")
        done = run("bash", "--norc", "-c", f"source '{script}'; COMP_WORDS=(konkurs check --db '{HERE}/not'); COMP_CWORD=3; "
                   "_konkurs; echo \"${COMPREPLY[*]}\"")
        self.assertEqual(done.stdout.strip(), f"{HERE}/notes.db", "names of files")

    def test_the_profiles_of_apparmor_are_read(self):
        """Each unit's profile is there.  Whether the kernel takes it is seen where there is AppArmor."""
        folder = self.root / "etc/apparmor.d"
        done = run("apparmor_parser", "-Q", "-K", "-I", folder, folder / "konkurs")
        self.assertNotIn("rror", done.stderr.replace("interface file missing", ""))
        profiles = set(run("apparmor_parser", "-N", "-I", folder, folder / "konkurs").stdout.split())
        wanted = set()
        for unit in UNITS.glob("*.service"):
            wanted |= set(re.findall(r"^AppArmorProfile=-(\S+)$", unit.read_text("utf-8"), re.MULTILINE))
        self.assertEqual(profiles, wanted)
        broken = HERE / "broken"
        broken.write_text((folder / "konkurs").read_text("utf-8").replace("ix,", "zz,"), "utf-8")
        self.assertNotEqual(run("apparmor_parser", "-Q", "-K", "-I", folder, broken, fails=True).returncode, 0)

    def test_the_units_are_sound(self):
        """As they lie in the package, with its program; none is started by it."""
        units = next(self.root.glob("**/lib/systemd/system"))
        self.assertEqual({unit.name for unit in units.iterdir()}, {unit.name for unit in UNITS.iterdir()})
        self.assertFalse((self.root / "DEBIAN" / "config").exists(), "debconf")
        script = (self.root / "DEBIAN" / "postinst").read_text("utf-8")
        self.assertNotRegex(script, r"systemctl (start|restart|enable)|deb-systemd-invoke start")
        self.assertLess(script.index("systemd-sysusers"), script.index("systemd-tmpfiles"), "accounts before folders")

    def test_accounts_and_folders(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "etc").mkdir()
            run("systemd-sysusers", f"--root={root}", self.root / "usr/lib/sysusers.d/konkurs.conf")
            people = (root / "etc/passwd").read_text("utf-8")
            self.assertRegex(people, r"(?m)^konkurs:.*:/var/lib/konkurs:/usr/sbin/nologin$")
            self.assertRegex((root / "etc/group").read_text("utf-8"), r"(?m)^konkurs-records:.*:konkurs$")
            if os.geteuid() == 0:
                run("systemd-tmpfiles", f"--root={root}", "--create", self.root / "usr/lib/tmpfiles.d/konkurs.conf")
                self.assertEqual((root / "var/lib/konkurs").stat().st_mode & 0o7777, 0o700)
                self.assertEqual((root / "var/lib/konkurs-records").stat().st_mode & 0o7777, 0o2770)
                self.assertEqual((root / "etc/konkurs").stat().st_uid, 0)

    def test_it_is_installed_and_purged(self):
        """By dpkg, into a folder of its own: what people have entered stays, and it says so."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            tools = root / "tools"
            tools.mkdir()
            # what the scripts call on a machine is only told here: this root has no system in it
            for name in ("systemd-sysusers", "systemd-tmpfiles", "apparmor_parser", "aa-enabled", "systemctl",
                         "deb-systemd-helper", "deb-systemd-invoke", "ldconfig"):
                (tools / name).write_text(f"#!/bin/sh\necho \"{name} $*\" >>'{root}/called'\n", "utf-8")
                (tools / name).chmod(0o755)
            (root / "var/lib/dpkg/updates").mkdir(parents=True)
            (root / "var/lib/dpkg/info").mkdir()
            for name in ("status", "available"):
                (root / "var/lib/dpkg" / name).write_text("", "utf-8")
            dpkg = ["dpkg", f"--root={root}", "--force-depends", "--force-not-root", "--force-script-chrootless", "--force-bad-path"]
            path = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "LC_ALL": "C"}
            run(*dpkg, "-i", self.debs["konkurs"], self.debs["konkurs-verify"], env=path)
            self.assertTrue(os.access(root / "usr/bin/konkurs", os.X_OK))
            data = root / "var/lib/konkurs"
            data.mkdir(parents=True)
            (data / "konkurs.db").write_text("what people have entered", "utf-8")
            done = run(*dpkg, "--purge", "konkurs", "konkurs-verify", env=path)
            self.assertIn("konkurs: /var/lib/konkurs stays", done.stdout)
            self.assertFalse((root / "usr/bin/konkurs").exists())
            self.assertEqual((data / "konkurs.db").read_text("utf-8"), "what people have entered")
            called = (root / "called").read_text("utf-8") if (root / "called").exists() else ""
            self.assertNotIn("deb-systemd-invoke start", called)


if __name__ == "__main__":
    unittest.main()
