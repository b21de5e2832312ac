// tls.mjs - a certificate of this computer for a test, which no authority has signed: OpenSSL's command line.
//
//   const tls = certificateOfLoopback();     // { key, cert }, as node:https wants them, and `spki`
//   await startWorld({ accepts: tls.spki })  // a browser that takes this one key, and no other
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function certificateOfLoopback() {
	const folder = mkdtempSync(join(tmpdir(), "konkurs-tls-"));
	const at = (name) => join(folder, name);
	try {
		execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
			"-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", at("key"), "-out", at("cert")],
		{ stdio: ["ignore", "pipe", "pipe"] });
		const cert = readFileSync(at("cert"));
		const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
		return { key: readFileSync(at("key")), cert, spki: createHash("sha256").update(spki).digest("base64") };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
