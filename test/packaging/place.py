"""A place of files for a server: a folder, or a prefix of the S3-speaking server of test/store/with_s3.py."""
import json
import os
import pathlib

S3 = pathlib.Path(os.environ["KONKURS_S3_FOLDER"])
SECRET = "SECRET/with+signs:in=it"
WORDS = b"a certificate of somebody\n"


def paper(size):
    """A PDF of so many bytes that no other has."""
    return b"%PDF-1.4\n%" + WORDS + os.urandom(size).replace(b"%%EOF", b"") + b"\n%%EOF\n"


class Place:
    """A place of files: its configuration, and where its objects can be seen and spoiled."""

    def __init__(self, kind, folder, secret=SECRET):
        self.kind, self.folder = kind, pathlib.Path(folder)
        if kind == "folder":
            self.objects = self.folder / "files"
            self.objects.mkdir()
            self.words = f"file:{self.objects}"
            return
        prefix = os.urandom(6).hex()
        self.objects = S3 / "objects" / "konkurs" / prefix
        self.words = self.folder / "s3.json"
        (self.folder / "s3.secret").write_text(secret + "\n")
        (self.folder / "s3.secret").chmod(0o600)
        self.words.write_text(json.dumps({
            "endpoint": os.environ["KONKURS_S3"].replace("127.0.0.1", "localhost"), "region": "kz-1",
            "bucket": "konkurs", "access_key": "KEY", "prefix": f"{prefix}/",
            "secret_file": str(self.folder / "s3.secret"), "in_database_most": 65536}))

    def files(self):
        """name -> file, of all objects."""
        ending = "" if self.kind == "folder" else "._S3rver_object"
        return {str(path.relative_to(self.objects)).removesuffix(ending): path
                for path in self.objects.glob("*/*") if path.name.endswith(ending)}
