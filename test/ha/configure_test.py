#!/usr/bin/python3
"""packaging/ha/configure: what it refuses, what it keeps, and that HAProxy takes what it writes.

    /usr/bin/python3 -B test/ha/configure_test.py
"""
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = (ROOT / "packaging/ha/cluster.ini").read_text("utf-8")


class Configure(unittest.TestCase):
    def setUp(self):
        self.kept = tempfile.TemporaryDirectory(prefix="konkurs-configure-")
        self.folder = pathlib.Path(self.kept.name)
        self.out = self.folder / "out"

    def tearDown(self):
        self.kept.cleanup()

    def run_with(self, text):
        ini = self.folder / "cluster.ini"
        ini.write_text(text, "utf-8")
        return subprocess.run([sys.executable, "-B", ROOT / "packaging/ha/configure", ini, self.out], timeout=60,
                              capture_output=True, encoding="utf-8", check=False)

    def refuses(self, text, why):
        done = self.run_with(text)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(why, done.stderr)

    def test_sample(self):
        done = self.run_with(SAMPLE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for name in ("astana1", "astana2", "astana3"):
            for path in (self.out / name).iterdir():
                public = path.suffix == ".pem" and path.name != "haproxy.pem"
                self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0o044 if public else 0, path)
                self.assertNotRegex(path.read_text("utf-8"), r"@[A-Z_]+@")

    def test_kept(self):
        self.run_with(SAMPLE)
        first = {path: path.read_bytes() for path in self.out.rglob("*") if path.is_file()}
        self.run_with(SAMPLE)
        self.assertEqual(first, {path: path.read_bytes() for path in self.out.rglob("*") if path.is_file()})

    def test_proxy(self):
        """With folders of this test, as the certificates are looked for."""
        etc = self.out / "astana1"
        self.run_with(SAMPLE.replace("address = 10.118.0.1", f"address = 127.0.0.1\netc = {etc}\nrun = {self.folder}"))
        done = subprocess.run(["/usr/sbin/haproxy", "-c", "-f", etc / "haproxy.cfg"], timeout=60, capture_output=True,
                              encoding="utf-8", check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("WARNING", done.stderr)

    def test_two_databases(self):
        self.refuses(SAMPLE.split("[machine astana3]")[0], "three machines have the role base")

    def test_no_node(self):
        self.refuses(SAMPLE.replace("address =", "roles = base\naddress ="), "no machine has the role app")

    def test_no_address(self):
        self.refuses(SAMPLE.replace("address = 10.118.0.2", ""), "[machine astana2]: no address")

    def test_unknown_setting(self):
        self.refuses(SAMPLE + "watchdgo = on\n", "watchdgo is not known")

    def test_value_that_ends_its_line(self):
        self.refuses(SAMPLE.replace("name = konkurs", 'name = konkurs" ; }'), "[cluster]: name")

    def test_impatient(self):
        self.refuses(SAMPLE.replace("name = konkurs", "name = konkurs\nttl = 6"), "ttl is less than")

    def test_not_there(self):
        done = subprocess.run([sys.executable, "-B", ROOT / "packaging/ha/configure", "none.ini", self.out], timeout=60,
                              capture_output=True, encoding="utf-8", check=False)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
