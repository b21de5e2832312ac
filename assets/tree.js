/* tree.js - bytes and the Merkle tree of the journal, for verify.html (src/verify/page) and for the
 * page of an entry.  crypto.subtle is there over TLS and on the own machine. */

/* ---- bytes ----------------------------------------------------------------------------------- */

export async function sha256(...parts) {
	const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/* Only what printing would give: no other way to write the same bytes. */
export function fromBase64(text, size) {
	if (typeof text !== "string" || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0)
		return null;
	const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
	return (size === undefined || bytes.length === size) && toBase64(bytes) === text ? bytes : null;
}

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/* ---- the tree (RFC 6962, RFC 9162) ----------------------------------------------------------- */

export const treeLeaf = (bytes) => sha256(Uint8Array.of(0), bytes);
export const treeNode = (left, right) => sha256(Uint8Array.of(1), left, right);

/* RFC 9162, 2.1.3.2. */
export async function treeProves(leaf, index, size, proof, root) {
	if (index >= size)
		return false;
	let fn = BigInt(index), sn = BigInt(size) - 1n, hash = leaf;
	for (const p of proof) {
		if (sn === 0n)
			return false;
		if (fn & 1n || fn === sn) {
			hash = await treeNode(p, hash);
			while (!(fn & 1n) && fn !== 0n) {
				fn >>= 1n;
				sn >>= 1n;
			}
		} else {
			hash = await treeNode(hash, p);
		}
		fn >>= 1n;
		sn >>= 1n;
	}
	return sn === 0n && equal(hash, root);
}
