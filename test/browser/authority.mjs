// authority.mjs - a certification authority for tests of the browser: OpenSSL's command line, in a folder that
// goes when the test is over.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const configuration = (folder) => `
[ca]
default_ca = authority
[authority]
dir = ${folder}
database = ${folder}/index.txt
serial = ${folder}/serial
crlnumber = ${folder}/crlnumber
new_certs_dir = ${folder}
certificate = ${folder}/root.pem
private_key = ${folder}/root.key
default_md = sha256
policy = anything
default_crl_days = 5
unique_subject = no
email_in_dn = no
[anything]
commonName = supplied
serialNumber = optional
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[door]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[document]
keyUsage = critical, nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[person]
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

export function openAuthority() {
	const folder = mkdtempSync(join(tmpdir(), "konkurs-authority-"));
	const at = (name) => join(folder, name);
	const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
	const daysOn = (n) => new Date(Date.now() + n * 86400000).toISOString().replaceAll(/[-:T]/g, "").slice(2, 14) + "Z";
	// since yesterday: the clocks of the test and of the server need not agree to the second
	const yesterday = daysOn(-1);
	writeFileSync(at("ca.conf"), configuration(folder));
	writeFileSync(at("index.txt"), "");
	writeFileSync(at("serial"), "1001\n");
	writeFileSync(at("crlnumber"), "01\n");
	const key = (name) => openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", at(`${name}.key`));
	const request = (name, subject) => openssl("req", "-new", "-utf8", "-config", at("ca.conf"), "-key", at(`${name}.key`),
		"-subj", subject, "-out", at(`${name}.csr`));
	key("root");
	request("root", "/CN=СЫНАҚ КУӘЛАНДЫРУ ОРТАЛЫҒЫ");
	openssl("ca", "-batch", "-notext", "-utf8", "-config", at("ca.conf"), "-selfsign", "-keyfile", at("root.key"),
		"-startdate", yesterday, "-days", "30", "-extensions", "root", "-in", at("root.csr"), "-out", at("root.pem"));
	openssl("ca", "-config", at("ca.conf"), "-gencrl", "-crl_lastupdate", yesterday,
		"-crl_nextupdate", daysOn(5),
		"-out", at("root.crl"));
	return {
		root: at("root.pem"), list: at("root.crl"),

		// A person's key and certificate: for both, for documents or for the door alone; good for some days from yesterday on, or
		// up to some days ago.
		issue(name, iin, { usage = "person", days = 20 } = {}) {
			key(name);
			request(name, `/CN=СЫНАҚ АДАМ/serialNumber=IIN${iin}`);
			openssl("ca", "-batch", "-notext", "-utf8", "-config", at("ca.conf"), "-startdate", days > 0 ? yesterday : daysOn(-30),
				"-enddate", daysOn(days), "-extensions", usage, "-in", at(`${name}.csr`), "-out", at(`${name}.pem`));
		},

		// CAdES over the bytes, detached, DER.
		sign(name, bytes) {
			writeFileSync(at("text"), bytes);
			openssl("cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", at("text"), "-signer", at(`${name}.pem`),
				"-inkey", at(`${name}.key`), "-outform", "DER", "-out", at("text.cms"));
			return at("text.cms");
		},
		close() { rmSync(folder, { recursive: true, force: true }); },
	};
}
