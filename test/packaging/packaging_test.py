"""What packaging/ promises: nginx and the certificates of hall computers with a real nginx, the
browser's policy, the kiosk's start (F35, F37).

usage: packaging_test.py KONKURS"""
import hashlib
import http.client
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
KONKURS = pathlib.Path(sys.argv.pop()).resolve()
DEMO = json.loads((ROOT / "sample" / "demo.json").read_text("utf-8"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    for _ in range(200):
        assert process.poll() is None, "it ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """An authority for the server, one for the halls with two computers, and a stranger's."""
    for authority in ("site", "halls", "stranger"):
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", f"/CN={authority}", "-keyout", f"{authority}.key",
                "-out", f"{authority}.pem")
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
    for name, authority in (("server", "site"), ("seat1", "halls"), ("seat2", "halls"), ("other", "stranger")):
        openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem",
                "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2", "-extfile", "san",
                "-out", f"{name}.pem")
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n"
                                   "default_crl_days=2\n")
    openssl(folder, "ca", "-config", "ca.cnf", "-gencrl", "-cert", "halls.pem", "-keyfile", "halls.key",
            "-out", "halls.crl")


def fingerprint(folder, name):
    pem = (folder / f"{name}.pem").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


class Nginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-nginx-"))
        make_certificates(cls.folder)
        db = cls.folder / "demo.db"
        subprocess.run([KONKURS, "demo", "--db", db], check=True, capture_output=True)
        inner, cls.port = free_port(), free_port()
        cls.server = subprocess.Popen([KONKURS, "serve", "--db", db, "--listen", f"127.0.0.1:{inner}",
                                       "--secure"], stderr=subprocess.DEVNULL)
        wait_for(inner, cls.server)
        cls.nginx = subprocess.Popen(["nginx", "-p", cls.folder, "-c", cls.write_configuration(inner),
                                      "-e", cls.folder / "error.log", "-g", "daemon off;"])
        wait_for(cls.port, cls.nginx)

    @classmethod
    def write_configuration(cls, inner):
        text = (ROOT / "packaging" / "nginx" / "konkurs.conf").read_text("utf-8")
        for path, name in (("server.pem", "server.pem"), ("server.key", "server.key"),
                           ("halls-ca.pem", "halls.pem"), ("halls-ca.crl", "halls.crl")):
            text = text.replace(f"/etc/konkurs/tls/{path}", str(cls.folder / name))
        text = text.replace("listen 443", f"listen 127.0.0.1:{cls.port}").replace("127.0.0.1:8080",
                                                                                f"127.0.0.1:{inner}")
        configuration = cls.folder / "nginx.conf"
        own = "".join(f"{kind}_temp_path {cls.folder}/{kind};\n" for kind in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration.write_text(f"worker_processes 1; pid {cls.folder}/nginx.pid; events {{}}\n"
                                 f"http {{ access_log off;\n{own}{text}\n}}\n")
        return configuration

    @classmethod
    def tearDownClass(cls):
        for process in (cls.nginx, cls.server):
            process.terminate()
            process.wait()
        shutil.rmtree(cls.folder)

    def connect(self, computer=None):
        context = ssl.create_default_context(cafile=self.folder / "site.pem")
        if computer:
            context.load_cert_chain(self.folder / f"{computer}.pem", self.folder / f"{computer}.key")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context)
        self.addCleanup(connection.close)
        return connection

    def request(self, connection, path, form=None, cookies="", headers=()):
        head = {"Accept": "application/json", "Cookie": cookies, **dict(headers)}
        body = None
        if form is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(form)
        connection.request("POST" if form is not None else "GET", path, body, head)
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def sign_in(self, connection):
        operator = next(p for p in DEMO["people"] if p["key"] == "operator")
        answer, page = self.request(connection, "/sign-in", headers=[("Accept", "text/html")])
        visitor = answer.getheader("Set-Cookie").split(";")[0]
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        answer, _ = self.request(connection, "/sign-in", {"iin": operator["iin"], "csrf": token,
                                                          "password": DEMO["password"]}, visitor)
        cookie = next(v for k, v in answer.getheaders() if k == "Set-Cookie" and "session" in v)
        self.assertIn("Secure", cookie)
        return cookie.split(";")[0]

    def shown(self, connection, cookie, headers=()):
        answer, body = self.request(connection, "/halls/1/enrol", cookies=cookie, headers=headers)
        self.assertEqual(answer.status, 200, body)
        return json.loads(body)["certificate"]

    def test_right_certificate_is_seen_and_enrolled(self):
        connection = self.connect("seat1")
        cookie = self.sign_in(connection)
        self.assertEqual(self.shown(connection, cookie), fingerprint(self.folder, "seat1"))
        _, page = self.request(connection, "/halls/1/enrol", cookies=cookie,
                               headers=[("Accept", "text/html")])
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        answer, body = self.request(connection, "/halls/1/certificate",
                                    {"certificate_seat": 1, "csrf": token}, cookie)
        self.assertEqual(answer.status, 200, body)
        _, body = self.request(connection, "/halls/1", cookies=cookie)
        self.assertEqual(json.loads(body)["keys"][0]["fingerprint"], fingerprint(self.folder, "seat1"))

    def test_none_and_forged(self):
        connection = self.connect()
        cookie = self.sign_in(connection)
        self.assertIsNone(self.shown(connection, cookie))
        forged = urllib.parse.quote((self.folder / "seat1.pem").read_text())
        self.assertIsNone(self.shown(connection, cookie,
                                     [("X-Client-Verify", "SUCCESS"), ("X-Client-Cert", forged)]))

    def test_another(self):
        connection = self.connect("seat2")
        cookie = self.sign_in(connection)
        self.assertEqual(self.shown(connection, cookie), fingerprint(self.folder, "seat2"))

    def test_a_stranger_does_not_get_in(self):
        answer, _ = self.request(self.connect("other"), "/healthz")
        self.assertEqual(answer.status, 400)


class Kiosk(unittest.TestCase):
    FOLDER = ROOT / "packaging" / "kiosk"

    def test_policy(self):
        policy = json.loads((self.FOLDER / "konkurs-policy.json").read_text("utf-8"))
        self.assertEqual(policy["URLBlocklist"], ["*"])
        self.assertEqual(policy["DeveloperToolsAvailability"], 2)
        for pattern in policy["AutoSelectCertificateForUrls"]:
            self.assertIn(json.loads(pattern)["pattern"], policy["URLAllowlist"])

    def test_start(self):
        with tempfile.TemporaryDirectory() as folder:
            told = subprocess.run(
                [self.FOLDER / "konkurs-kiosk", "https://hall.example/test"], check=True, text=True,
                capture_output=True, env={"PATH": "/usr/bin:/bin", "KONKURS_BROWSER": "/bin/echo",
                                          "KONKURS_PROFILE": f"{folder}/profile"}).stdout.split()
            self.assertIn("--kiosk", told)
            self.assertIn(f"--user-data-dir={folder}/profile", told)
            self.assertEqual(told[-1], "https://hall.example/test")

    def test_unit(self):
        unit = (self.FOLDER / "konkurs-kiosk.service").read_text("utf-8")
        self.assertIn("User=kiosk", unit)
        self.assertIn("Restart=always", unit)


if __name__ == "__main__":
    unittest.main()
