/* check.js - the checks of konkurs-verify, with the same findings (src/verify/check.h). */

class Report {
	findings = [];
	bad = 0;
	add(found, key, values = {}) {
		this.findings.push({ found, key, values });
		if (found === "bad")
			this.bad++;
	}
	test(holds, key, values = {}) {
		this.add(holds ? "good" : "bad", `${key}.${holds ? "good" : "bad"}`, values);
		return holds;
	}
}

/* "2026-03-02T10:00:00+05:00" */
const printTime = (ms) => new Date(ms + 5 * 3600 * 1000).toISOString().slice(0, 19) + "+05:00";

/* ---- checkpoints ----------------------------------------------------------------------------- */

async function findKey(report, text, pinned) {
	const brought = text ? await keyParse(text) : null;
	if (text && !brought)
		report.add("bad", "verify.key.malformed");
	else if (!pinned && !text)
		report.add("doubt", "verify.key.none");
	else if (!pinned)
		report.add("doubt", "verify.key.own", { key: text });
	else if (!text || report.test(brought.name === pinned.name && equal(brought.key, pinned.key),
		"verify.key.pinned", { origin: brought.name }))
		return pinned;
	return pinned ? null : brought;
}

/* What the checkpoint says; null if it says nothing that counts. */
async function checkNote(report, text, key, pinned) {
	const note = noteParse(text);
	const c = note && checkpointParse(note);
	if (!c) {
		report.add("bad", "verify.checkpoint.malformed");
		return null;
	}
	const log = await findKey(report, key, pinned);
	if (!log)
		return null;
	const good = report.test(log.name === c.origin && await noteGood(note, log), "verify.log",
		{ origin: c.origin, size: c.size });
	report.add("doubt", "verify.witness.none");
	return good ? c : null;
}

/* ---- receipts -------------------------------------------------------------------------------- */

function tellContent(report, content) {
	let told;
	try {
		told = JSON.parse(content);
	} catch {
		return;
	}
	for (const [name, value] of Object.entries(told ?? {})) {
		if (["string", "number", "boolean"].includes(typeof value))
			report.add("fact", "verify.receipt.value", { name, value: String(value) });
	}
}

async function checkReceipt(report, receipt, pinned) {
	const leaf = leafParse(receipt.leaf);
	if (!leaf || leaf.seq < 1 || leaf.seq - 1 !== receipt.index) {
		report.add("bad", "verify.leaf.bad");
		return;
	}
	const hash = await treeLeaf(utf8(receipt.leaf));
	report.add("fact", "verify.receipt.what",
		{ kind: leaf.kind, subject: leaf.subject, seq: leaf.seq, at: printTime(leaf.at) });
	report.add("fact", "verify.receipt.code", { code: shortCode(hash) });
	if (!receipt.salt)
		report.add("doubt", "verify.content.none");
	else if (report.test(equal(await sha256(receipt.salt, utf8(receipt.content)), leaf.content),
		"verify.content"))
		tellContent(report, receipt.content);
	const c = await checkNote(report, receipt.checkpoint, receipt.key, pinned);
	if (c)
		report.test(await treeProves(hash, receipt.index, c.size, receipt.proof, c.root), "verify.proof",
			{ seq: leaf.seq, size: c.size });
}

/* ---- zips ------------------------------------------------------------------------------------ */

class Unreadable extends Error {}
const BYTES_MOST = 1024 * 1024 * 1024;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++)
		n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n;
});
const crc32 = (bytes) => {
	let c = 0xffffffff;
	for (const byte of bytes)
		c = CRC[(c ^ byte) & 255] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
};

async function inflate(packed, size) {
	const bytes = new Uint8Array(size);
	let at = 0;
	try {
		const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))
			.getReader();
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			if (at + part.value.length > size)
				throw new Unreadable("verify.error.zip");
			bytes.set(part.value, at);
			at += part.value.length;
		}
	} catch {
		throw new Unreadable("verify.error.zip");
	}
	if (at !== size)
		throw new Unreadable("verify.error.zip");
	return bytes;
}

const isZip = (bytes) => bytes.length >= 4 && equal(bytes.slice(0, 4), Uint8Array.of(80, 75, 3, 4));

async function unzipOne(zip, view, entry) {
	const packed = view.getUint32(entry + 20, true), size = view.getUint32(entry + 24, true);
	const local = view.getUint32(entry + 42, true), method = view.getUint16(entry + 10, true);
	const name = new TextDecoder("utf-8", { fatal: true })
		.decode(zip.slice(entry + 46, entry + 46 + view.getUint16(entry + 28, true)));
	const parts = name.split("/");
	if (!name || name.startsWith("/") || name.includes("\\") || parts.includes("..") ||
	    view.getUint32(local, true) !== 0x04034b50 || view.getUint16(entry + 8, true) & 1)
		throw new Unreadable("verify.error.zip");
	const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
	if (from + packed > zip.length || size > BYTES_MOST || (method === 8 ? size / 1032 > packed + 1
		: method !== 0 || size !== packed))
		throw new Unreadable("verify.error.zip");
	const raw = zip.slice(from, from + packed);
	const bytes = method === 0 ? raw : await inflate(raw, size);
	if (crc32(bytes) !== view.getUint32(entry + 16, true))
		throw new Unreadable("verify.error.zip");
	return { name, bytes };
}

async function unzip(zip) {
	const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
	const files = new Map();
	try {
		let end = zip.length - 22;
		while (end >= 0 && !(view.getUint32(end, true) === 0x06054b50 &&
			end + 22 + view.getUint16(end + 20, true) === zip.length))
			end--;
		if (end < 0)
			throw new Unreadable("verify.error.zip");
		let at = view.getUint32(end + 16, true), all = 0;
		for (let left = view.getUint16(end + 10, true); left > 0; left--) {
			if (view.getUint32(at, true) !== 0x02014b50)
				throw new Unreadable("verify.error.zip");
			const file = await unzipOne(zip, view, at);
			all += file.bytes.length;
			if (files.has(file.name) || all > BYTES_MOST)
				throw new Unreadable("verify.error.zip");
			if (!file.name.endsWith("/"))
				files.set(file.name, file.bytes);
			at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) +
				view.getUint16(at + 32, true);
		}
	} catch (why) {
		if (why instanceof RangeError || why instanceof TypeError)
			throw new Unreadable("verify.error.zip");
		throw why;
	}
	return files;
}

/* ---- cases ----------------------------------------------------------------------------------- */

async function checkSums(report, files) {
	const lines = new TextDecoder().decode(files.get("SHA256SUMS")).split("\n").filter(Boolean);
	let wrong = 0;
	for (const line of lines) {
		const name = line.slice(66), file = files.get(name);
		if (!file || hex(await sha256(file)) !== line.slice(0, 64)) {
			report.add("bad", "verify.case.file", { name });
			wrong++;
		}
	}
	if (wrong === 0)
		report.test(lines.length > 0 && lines.length + 1 === files.size, "verify.case.sums",
			{ files: lines.length });
}

/* The key of what is wrong, "later", "destroyed" or "proved". */
async function checkEntry(entry, c, tally) {
	const content = fromHex(entry.content, 32), previous = fromHex(entry.previous, 32);
	const header = content && previous ? leafPrint({ ...entry, content, previous }) : "";
	const leaf = leafParse(header), hash = leaf && await treeLeaf(utf8(header));
	if (!leaf || hex(hash) !== entry.hash)
		return "verify.entry.header";
	if (entry.text === null) {
		tally.destroyed++;
	} else {
		const salt = fromHex(entry.salt, 32);
		if (!salt || typeof entry.text !== "string" ||
		    !equal(await sha256(salt, utf8(entry.text)), leaf.content))
			return "verify.entry.content";
	}
	if (leaf.seq > (c?.size ?? 0) && leaf.seq >= 1) {
		tally.later++;
		return "";
	}
	const proof = Array.isArray(entry.proof) ? entry.proof.map((text) => fromBase64(text, 32)) : [null];
	if (c && (leaf.seq < 1 || proof.length > PROOF_MOST || proof.includes(null) ||
		!await treeProves(hash, leaf.seq - 1, c.size, proof, c.root)))
		return "verify.entry.proof";
	tally.proved++;
	return "";
}

async function checkCase(report, files, pinned) {
	let journal;
	if (!files.has("SHA256SUMS"))
		throw new Unreadable("verify.error.format");
	await checkSums(report, files);
	try {
		journal = JSON.parse(new TextDecoder().decode(files.get("journal.json")));
	} catch {
		throw new Unreadable("verify.error.format");
	}
	if (!Array.isArray(journal?.entries))
		throw new Unreadable("verify.error.format");
	const c = await checkNote(report, journal.checkpoint, journal.key, pinned);
	const tally = { proved: 0, later: 0, destroyed: 0, wrong: 0 };
	for (const entry of journal.entries) {
		const wrong = await checkEntry(entry ?? {}, c, tally);
		if (wrong) {
			report.add("bad", wrong, { seq: entry?.seq });
			tally.wrong++;
		}
	}
	if (tally.wrong === 0 && c)
		report.add("good", "verify.case.journal",
			{ entries: journal.entries.length, proved: tally.proved });
	if (tally.later > 0)
		report.add("doubt", "verify.case.later", { entries: tally.later });
	if (tally.destroyed > 0)
		report.add("doubt", "verify.case.destroyed", { entries: tally.destroyed });
	for (const [name, bytes] of [...files].sort()) {
		if (!name.startsWith("receipts/"))
			continue;
		report.add("fact", "verify.case.receipt", { name });
		const receipt = await receiptRead(new TextDecoder().decode(bytes));
		if (!receipt)
			throw new Unreadable("verify.error.format");
		await checkReceipt(report, receipt, pinned);
	}
}

/* ---- copies of the journal ------------------------------------------------------------------- */

class Walk {
	range = new Range();
	previous = new Uint8Array(32);
	constructor(report) { this.report = report; }
	fail(key) {
		this.report.add("bad", key, { seq: this.range.size + 1 });
		return false;
	}
	async take(text) {
		const leaf = leafParse(text);
		if (!leaf)
			return this.fail("verify.copy.header");
		if (leaf.seq !== this.range.size + 1)
			return this.fail("verify.copy.number");
		if (!equal(leaf.previous, this.previous))
			return this.fail("verify.copy.chain");
		this.previous = await treeLeaf(utf8(text));
		await this.range.add(this.previous);
		return true;
	}
	async finish(c) {
		this.report.test(this.range.size === c.size && equal(await this.range.root(), c.root),
			"verify.copy", { entries: this.range.size, size: c.size });
	}
}

async function checkLines(report, text, pinned) {
	const lines = text.split("\n");
	let head;
	try {
		head = JSON.parse(lines[0]);
	} catch {
		throw new Unreadable("verify.error.format");
	}
	if (head?.format !== "konkurs-journal-1" || typeof head.checkpoint !== "string")
		throw new Unreadable("verify.error.format");
	if (lines.at(-1) === "")
		lines.pop();
	const c = await checkNote(report, head.checkpoint, head.key, pinned);
	const walk = new Walk(report);
	for (let i = 1; c && i < lines.length; i++) {
		if (!await walk.take(lines[i]))
			return;
	}
	if (c)
		await walk.finish(c);
}

/* C2SP tlog-tiles: "1234067" is x001/x234/067, a partial tile has .p/WIDTH behind it. */
function tilePath(what, number, width) {
	const groups = String(number).padStart(Math.ceil(String(number).length / 3) * 3, "0").match(/.../g);
	const last = groups.pop();
	return `tile/${what}/` + groups.map((g) => `x${g}/`).join("") + last +
		(width < 256 ? `.p/${width}` : "");
}

async function takeBundle(walk, bytes, width) {
	let at = 0;
	for (let i = 0; i < width; i++) {
		const size = bytes && at + 2 <= bytes.length ? bytes[at] * 256 + bytes[at + 1] : -1;
		if (size < 0 || at + 2 + size > bytes.length)
			return walk.fail("verify.copy.cut");
		if (!await walk.take(new TextDecoder().decode(bytes.slice(at + 2, at + 2 + size))))
			return false;
		at += 2 + size;
	}
	return true;
}

/* Each tile against the hashes below it. */
async function tilesHold(files, leaves, size) {
	let below = leaves;
	for (let level = 0; below.length > 0; level++) {
		const above = [];
		for (let n = 0; n * 256 < below.length; n++) {
			const hashes = below.slice(n * 256, n * 256 + 256);
			const tile = files.get(tilePath(level, n, hashes.length));
			if (!tile || tile.length !== 32 * hashes.length ||
			    hashes.some((h, i) => !equal(h, tile.slice(32 * i, 32 * i + 32))))
				return false;
			if (hashes.length === 256) {
				const range = new Range();
				for (const h of hashes)
					await range.add(h);
				above.push(await range.root());
			}
		}
		below = above;
	}
	return size === leaves.length;
}

async function checkTiles(report, files, pinned) {
	const text = (name) => new TextDecoder().decode(files.get(name));
	const c = await checkNote(report, text("checkpoint"),
		files.has("key") ? text("key").split(/[\r\n]/)[0] : "", pinned);
	const walk = new Walk(report), leaves = [];
	const add = walk.range.add.bind(walk.range);
	walk.range.add = (hash) => {
		leaves.push(hash);
		return add(hash);
	};
	for (let n = 0; c && n * 256 < c.size; n++) {
		const width = Math.min(256, c.size - n * 256);
		if (!await takeBundle(walk, files.get(tilePath("entries", n, width)), width))
			return;
	}
	if (!c)
		return;
	await walk.finish(c);
	report.test(await tilesHold(files, leaves, c.size), "verify.tiles");
}

/* ---- whatever it is -------------------------------------------------------------------------- */

async function checkBytes(report, bytes, pinned) {
	if (isZip(bytes)) {
		const files = await unzip(bytes);
		return files.has("journal.json") ? checkCase(report, files, pinned)
			: files.has("checkpoint") ? checkTiles(report, files, pinned)
			: Promise.reject(new Unreadable("verify.error.format"));
	}
	const text = new TextDecoder().decode(bytes);
	if (/^\s*\{[^\n]*"konkurs-journal-1"/.test(text.slice(0, 65536).split("\n")[0]))
		return checkLines(report, text, pinned);
	if (/^[\s-]*([0-9A-Za-z][\s-]*){16}$/.test(text))
		throw new Unreadable("verify.error.short");
	const receipt = await receiptRead(text);
	if (!receipt)
		throw new Unreadable("verify.error.format");
	return checkReceipt(report, receipt, pinned);
}
