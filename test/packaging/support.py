"""What the tests of packaging/ share: ports, processes, certificates."""
import hashlib
import pathlib
import random
import socket
import ssl
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    """Below the ports that connections take for themselves: it stays free until its server listens, and while that
    is away."""
    for _ in range(50):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


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
    """An authority for the server; one for the halls with two computers and one withdrawn; a stranger's."""
    for authority in ("site", "halls", "stranger"):
        openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", f"/CN={authority}", "-keyout", f"{authority}.key",
                "-out", f"{authority}.pem")
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for name, authority in (("server", "site"), ("seat1", "halls"), ("seat2", "halls"),
                            ("withdrawn", "halls"), ("other", "stranger")):
        openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem",
                "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2", "-extfile", "san",
                "-out", f"{name}.pem")
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n"
                                   "default_crl_days=2\n")
    for step in (["-revoke", "withdrawn.pem"], ["-gencrl", "-out", "halls.crl"]):
        openssl(folder, "ca", "-config", "ca.cnf", "-cert", "halls.pem", "-keyfile", "halls.key", *step)


def fingerprint(folder, name):
    pem = (folder / f"{name}.pem").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
