"""Starts a real S3-speaking server (s3_server.mjs) and runs a test beside it.

    with_s3.py TEST [WORD...]

The test finds in its environment: KONKURS_S3 the address of the server, KONKURS_S3_FOLDER its folder."""
import os
import pathlib
import subprocess
import sys
import tempfile

SERVER = pathlib.Path(__file__).resolve().parent / "s3_server.mjs"


def main(words):
    with tempfile.TemporaryDirectory(prefix="konkurs-s3-") as folder:
        server = subprocess.Popen(["node", SERVER, folder], stdout=subprocess.PIPE, text=True)
        try:
            address = server.stdout.readline().strip()
            if not address:
                sys.exit("the S3 server does not start")
            return subprocess.run(words, check=False, env={
                **os.environ, "KONKURS_S3": address, "KONKURS_S3_FOLDER": folder}).returncode
        finally:
            server.kill()
            server.wait()


sys.exit(main(sys.argv[1:]))
