/* format.js - bytes, trees and signed notes, as src/verify and src/journal read them in C.  Written
 * apart from those, for verify.html: docs/receipts.md is what both follow. */

import { verifyAsync } from "@noble/ed25519";
import { equal, fromBase64, hex, sha256, toBase64, treeLeaf, treeNode, treeProves }
	from "../../../assets/tree.js";

export { equal, fromBase64, hex, sha256, toBase64, treeLeaf, treeProves };

export class Unreadable extends Error {}

export const utf8 = (text) => new TextEncoder().encode(text);
export const PROOF_MOST = 65, RECEIPT_MOST = 256 * 1024;
const NOTE_SIGNATURES_MOST = 32, WORD_MOST = 127, LEAF_MOST = 1023;

/* Null for what is no UTF-8; a mark of byte order is a character as any other. */
export function decode(bytes) {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}

/* With U+FFFD for what is no UTF-8: for lines that are then looked at letter by letter. */
export const decodeLax = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/* ---- JSON ------------------------------------------------------------------------------------ */

/* A name that stands twice in an object: two programs could take two different values for it. */
function hasNameTwice(text) {
	const open = [];
	for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g)) {
		const top = open.at(-1);
		if (token === "{" || token === "[")
			open.push(token === "{" ? { names: new Set(), due: true } : null);
		else if (token === "}" || token === "]")
			open.pop();
		else if (top && token !== ":" && token !== ",") {
			if (top.due && top.names.size === top.names.add(JSON.parse(token)).size)
				return true;
		} else if (top)
			top.due = token === ",";
	}
	return false;
}

/* An object or an array, as src/verify reads it; undefined for anything else. */
export function parseJson(text) {
	let value;
	try {
		value = JSON.parse(text, (name, v) => {
			if (typeof v === "string" && /[\0\p{Surrogate}]/u.test(v))
				throw new SyntaxError("no text");
			return v;
		});
	} catch (why) {
		if (why instanceof SyntaxError)
			return undefined;
		throw why;
	}
	return value !== null && typeof value === "object" && !hasNameTwice(text) ? value : undefined;
}

/* ---- bytes, besides those of tree.js ------------------------------------------------------------ */

/* Only what printing would give: no other way to write the same bytes. */
export function fromHex(text, size) {
	if (typeof text !== "string" || !new RegExp(`^[0-9a-fA-F]{${2 * size}}$`).test(text))
		return null;
	return Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
}

/* ---- the tree, besides what is in tree.js (RFC 9162) ------------------------------------------------- */

/* RFC 9162, 2.1.4.2: whether the tree of `newer` leaves begins with that of `older`. */
export async function treeGrew(older, olderRoot, newer, newerRoot, proof) {
	if (older > newer)
		return false;
	if (older === newer || older === 0)
		return proof.length === 0 && equal(olderRoot, older === newer ? newerRoot : await sha256());
	if (proof.length === 0)
		return false;
	let fn = BigInt(older) - 1n, sn = BigInt(newer) - 1n;
	const path = [...proof];
	if ((BigInt(older) & fn) === 0n)
		path.unshift(olderRoot);
	while (fn & 1n) {
		fn >>= 1n;
		sn >>= 1n;
	}
	let before = path[0], after = path[0];
	for (const hash of path.slice(1)) {
		if (sn === 0n)
			return false;
		if (fn & 1n || fn === sn) {
			before = await treeNode(hash, before);
			after = await treeNode(hash, after);
			while (!(fn & 1n) && fn !== 0n) {
				fn >>= 1n;
				sn >>= 1n;
			}
		} else {
			after = await treeNode(after, hash);
		}
		fn >>= 1n;
		sn >>= 1n;
	}
	return sn === 0n && equal(before, olderRoot) && equal(after, newerRoot);
}

/* The root of leaves as they come. */
export class Range {
	size = 0;
	full = [];
	async add(leaf) {
		let hash = leaf;
		for (let n = this.size; n % 2 === 1; n = (n - 1) / 2)
			hash = await treeNode(this.full.pop(), hash);
		this.full.push(hash);
		this.size++;
	}
	async root() {
		if (this.full.length === 0)
			return sha256(new Uint8Array());
		let hash = this.full.at(-1);
		for (let i = this.full.length - 2; i >= 0; i--)
			hash = await treeNode(this.full[i], hash);
		return hash;
	}
}

/* ---- headers of entries ---------------------------------------------------------------------- */

const NUMBER = "(0|-?[1-9][0-9]{0,18})", HASH = "([0-9a-f]{64})";
const WORD = "([ !#-[\\]-~]*)";
const HEADER = new RegExp(`^\\{"actor":${NUMBER},"at":${NUMBER},"competition":${NUMBER},` +
	`"content":"${HASH}","kind":"${WORD}","previous":"${HASH}","seq":${NUMBER},"subject":"${WORD}"\\}$`);

export function leafParse(text) {
	const m = typeof text === "string" ? HEADER.exec(text) : null;
	if (!m || utf8(text).length > LEAF_MOST || utf8(m[5]).length > WORD_MOST ||
	    utf8(m[8]).length > WORD_MOST)
		return null;
	return { actor: BigInt(m[1]), at: Number(m[2]), competition: BigInt(m[3]),
		content: fromHex(m[4], 32), kind: m[5], previous: fromHex(m[6], 32), seq: Number(m[7]),
		subject: m[8] };
}

export const leafPrint = (l) => `{"actor":${l.actor},"at":${l.at},"competition":${l.competition},` +
	`"content":"${hex(l.content)}","kind":"${l.kind}","previous":"${hex(l.previous)}",` +
	`"seq":${l.seq},"subject":"${l.subject}"}`;

/* ---- signed notes (C2SP) --------------------------------------------------------------------- */

const ED25519 = 1, COSIGNATURE = 4;
const isName = (name) => name !== "" && utf8(name).length <= 128 && !/[\s+\u0000-\u001f\u007f\u0085]/.test(name);

/* Of the log, or of a witness. */
export async function keyParse(text, kind = ED25519) {
	const m = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
	const bytes = m && fromBase64(m[3], 33);
	if (!bytes || !isName(m[1]) || bytes[0] !== kind)
		return null;
	const id = (await sha256(utf8(m[1] + "\n"), bytes)).slice(0, 4);
	return hex(id) === m[2] ? { name: m[1], kind, id, key: bytes.slice(1) } : null;
}

async function keyPrint(name, key) {
	const bytes = Uint8Array.of(1, ...key);
	const id = (await sha256(utf8(name + "\n"), bytes)).slice(0, 4);
	return `${name}+${hex(id)}+${toBase64(bytes)}`;
}

export function noteParse(text) {
	const at = typeof text === "string" ? text.lastIndexOf("\n\n") : -1;
	if (at < 0 || !text.endsWith("\n") || utf8(text).length > 128 * 1024 ||
	    /[\u0000-\u0009\u000b-\u001f]/.test(text))
		return null;
	const lines = text.slice(at + 2).split("\n").slice(0, -1);
	const signatures = lines.map((line) => {
		const m = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
		const bytes = m && fromBase64(m[2]);
		return bytes && bytes.length > 4 && isName(m[1])
			? { name: m[1], id: bytes.slice(0, 4), bytes: bytes.slice(4) } : null;
	});
	if (lines.length === 0 || lines.length > NOTE_SIGNATURES_MOST || signatures.includes(null))
		return null;
	return { text: text.slice(0, at + 1), signatures };
}

export function checkpointParse(note) {
	const m = /^([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n$/.exec(note.text);
	const root = m && fromBase64(m[3], 32);
	return root && utf8(m[1]).length <= 128 && Number.isSafeInteger(Number(m[2]))
		? { origin: m[1], size: Number(m[2]), root } : null;
}

/* As RFC 8032 and libsodium have it, not the laxer rule of ZIP 215. */
const signedBy = (signature, text, key) => verifyAsync(signature, utf8(text), key, { zip215: false })
	.catch(() => false);

/* The seconds since 1970 that a cosignature says: 8 bytes before the signature itself. */
const timeOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);

async function lineHolds(note, s, key) {
	if (key.kind === ED25519)
		return s.bytes.length === 64 && signedBy(s.bytes, note.text, key.key);
	return s.bytes.length === 72 && timeOf(s.bytes) <= 0x7fffffffffffffffn / 1000n &&
		signedBy(s.bytes.slice(8), `cosignature/v1\ntime ${timeOf(s.bytes)}\n${note.text}`, key.key);
}

/* Null unless there is a line of this key, and each of them holds; else the newest time they say,
 * 0 for a log's key. */
export async function noteCheck(note, key) {
	const own = note.signatures.filter((s) => s.name === key.name && equal(s.id, key.id));
	let newest = 0;
	for (const s of own) {
		if (!await lineHolds(note, s, key))
			return null;
		if (key.kind === COSIGNATURE)
			newest = Math.max(newest, Number(timeOf(s.bytes)));
	}
	return own.length > 0 ? newest : null;
}

/* ---- receipts -------------------------------------------------------------------------------- */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*-./:";
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function shortCode(hash) {
	let bits = 0n;
	for (const byte of hash.slice(0, 10))
		bits = bits << 8n | BigInt(byte);
	let code = "";
	for (let i = 15; i >= 0; i--)
		code += LETTERS[Number(bits >> BigInt(5 * i) & 31n)] + (i % 4 === 0 && i > 0 ? "-" : "");
	return code;
}

function fromDigits(text) {
	const out = [];
	if (text.length % 3 === 1 || text.length > 6144)
		return null;
	for (let i = 0; i < text.length; i += 3) {
		const part = text.slice(i, i + 3);
		let n = 0;
		for (const c of [...part].reverse()) {
			if (!DIGITS.includes(c))
				return null;
			n = n * 41 + DIGITS.indexOf(c);
		}
		if (n > (part.length === 3 ? 0xffff : 0xff))
			return null;
		if (part.length === 3)
			out.push(n >> 8);
		out.push(n & 255);
	}
	return Uint8Array.from(out);
}

class Unpacking {
	at = 0;
	constructor(bytes) { this.bytes = bytes; }
	take(size) {
		if (this.at + size > this.bytes.length)
			throw new RangeError("cut off");
		this.at += size;
		return this.bytes.slice(this.at - size, this.at);
	}
	number() {
		let n = 0n;
		for (let shift = 0n; shift < 63n; shift += 7n) {
			const byte = this.take(1)[0];
			n |= BigInt(byte & 127) << shift;
			if (byte < 128) {
				if (byte === 0 && shift > 0n)
					break;
				return n;
			}
		}
		throw new RangeError("a number");
	}
	word() {
		const size = this.take(1)[0];
		if (size > WORD_MOST)
			throw new RangeError("a word");
		return new TextDecoder("utf-8", { fatal: true }).decode(this.take(size));
	}
}

/* Versions of the code: without content, and with it. */
const BARE = 1, WHOLE = 2, HEX_MARK = 1;

/* A byte 1, n and n bytes stand for 2n hexadecimal digits. */
function takeContent(u) {
	const salt = u.take(32), size = u.number(), parts = [];
	if (size < 1n || size !== BigInt(u.bytes.length - u.at))
		throw new RangeError("a content");
	while (u.at < u.bytes.length) {
		const byte = u.take(1);
		parts.push(...byte[0] === HEX_MARK ? utf8(hex(u.take(u.take(1)[0]))) : byte);
	}
	const content = decode(Uint8Array.from(parts));
	if (!content || content.includes("\0"))
		throw new RangeError("a content");
	return { salt, content };
}

async function unpack(text) {
	const bytes = fromDigits(text);
	if (!bytes)
		return null;
	try {
		const u = new Unpacking(bytes);
		const version = u.take(1)[0];
		if (version !== BARE && version !== WHOLE)
			return null;
		const l = { actor: u.number(), at: u.number(), competition: u.number(), seq: u.number(),
			kind: u.word(), subject: u.word(), content: u.take(32), previous: u.take(32) };
		const proof = Array.from({ length: u.take(1)[0] }, () => u.take(32));
		const size = u.number(), root = u.take(32), origin = u.word(), key = u.take(32);
		const signature = u.take(64), leaf = leafPrint(l);
		const whole = version === WHOLE ? takeContent(u) : { salt: null, content: null };
		if (u.at !== bytes.length || proof.length > PROOF_MOST || l.seq < 1n || !leafParse(leaf))
			return null;
		const vkey = await keyPrint(origin, key);
		const id = fromHex(vkey.slice(origin.length + 1, origin.length + 9), 4);
		return { leaf, index: Number(l.seq) - 1, proof, key: vkey, ...whole,
			checkpoint: `${origin}\n${size}\n${toBase64(root)}\n\n\u2014 ${origin} ` +
				`${toBase64(Uint8Array.of(...id, ...signature))}\n` };
	} catch (why) {
		if (why instanceof RangeError || why instanceof TypeError)
			return null;
		throw why;
	}
}

/* Either form; null if it is none. */
export async function receiptRead(bytes) {
	if (bytes.length > RECEIPT_MOST)
		throw new Unreadable("verify.error.large");
	const text = decode(bytes);
	if (text === null)
		return null;
	const plain = text.trim();
	if (plain.startsWith("KONKURS1:"))
		return unpack(plain.slice("KONKURS1:".length));
	return receiptTake(parseJson(plain));
}

/* The JSON form that was read already; null if it is none. */
export function receiptTake(o) {
	if (o?.format !== "konkurs-receipt-1" || !Number.isSafeInteger(o.index) || o.index < 0 ||
	    !["leaf", "checkpoint", "key"].every((name) => typeof o[name] === "string") ||
	    !Array.isArray(o.proof) || o.proof.length > PROOF_MOST)
		return null;
	const proof = o.proof.map((hash) => fromBase64(hash, 32));
	const whole = o.salt !== undefined || o.content !== undefined;
	const salt = whole ? fromHex(o.salt, 32) : null;
	if (proof.includes(null) || (whole && (!salt || typeof o.content !== "string")))
		return null;
	return { leaf: o.leaf, index: o.index, proof, key: o.key, checkpoint: o.checkpoint, salt,
		content: whole ? o.content : null };
}
