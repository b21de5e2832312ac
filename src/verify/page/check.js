/* check.js - the checks of konkurs-verify, with the same findings (src/verify/check.h). */
import { PROOF_MOST, Unreadable, checkpointParse, decode, equal, fromBase64, keyParse, leafParse,
	noteCheck, noteParse, parseJson, sha256, shortCode, toBase64, treeGrew, treeLeaf, treeProves,
	utf8 } from "./format.js";

const FINDINGS_MOST = 400; /* that are kept; all count */

export class Report {
	findings = [];
	bad = 0;
	unproved = 0;
	#keep(finding) {
		if (this.findings.length < FINDINGS_MOST)
			this.findings.push(finding);
	}
	#isSaid({ key, values }) {
		const text = JSON.stringify(values);
		return this.findings.some((f) => f.key === key && JSON.stringify(f.values) === text);
	}
	add(found, key, values = {}) {
		if (found === "bad")
			this.bad++;
		this.#keep({ found, key, values });
	}
	/* A doubt that leaves open what somebody would take for proved: the verdict says so. */
	doubt(key, values = {}) {
		this.unproved++;
		this.add("doubt", key, values);
	}
	once(found, key, values = {}) {
		if (!this.#isSaid({ key, values }))
			this.add(found, key, values);
	}
	/* What another report found and this one has not said yet, without what it merely tells. */
	merge(from) {
		this.bad += from.bad;
		this.unproved += from.unproved;
		for (const f of from.findings) {
			if (f.found !== "fact" && !this.#isSaid(f))
				this.#keep(f);
		}
	}
	test(holds, key, values = {}) {
		this.add(holds ? "good" : "bad", `${key}.${holds ? "good" : "bad"}`, values);
		return holds;
	}
}

/* "2026-03-02T10:00:00+05:00"; what no calendar has is told as it stands. */
export function printTime(ms) {
	const time = new Date(ms + 5 * 3600 * 1000);
	return Number.isNaN(time.getTime()) ? String(ms) : time.toISOString().slice(0, 19) + "+05:00";
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The key that counts: one's own before that of the file; null if there is one that does not fit. */
async function findKey(report, text, pinned) {
	const brought = text ? await keyParse(text) : null;
	if (text && !brought) {
		report.add("bad", "verify.key.malformed");
		return null;
	}
	if (!pinned) {
		report.add("doubt", "verify.key.own", { key: text });
		return brought;
	}
	return !text || report.test(brought.name === pinned.name && equal(brought.key, pinned.key),
		"verify.key.pinned", { origin: brought.name }) ? pinned : null;
}

async function checkLog(report, note, c, key, pinned) {
	if (!pinned && !key) {
		report.add("doubt", "verify.key.none");
		return true;
	}
	const log = await findKey(report, key, pinned);
	return log !== null && report.test(log.name === c.origin && await noteCheck(note, log) !== null,
		"verify.log", { origin: c.origin, size: c.size });
}

async function checkWitnesses(report, note, trust) {
	for (const key of trust.witnesses) {
		const time = await noteCheck(note, key);
		report.test(time !== null, "verify.witness",
			{ name: key.name, at: time === null ? "" : printTime(time * 1000) });
	}
	if (trust.witnesses.length === 0)
		report.add("doubt", "verify.witness.none");
}

/* What the checkpoint says; null if it says nothing that counts.  `key` came with it, or did not. */
export async function checkNote(report, text, key, trust) {
	const note = noteParse(text), c = note && checkpointParse(note);
	if (!c) {
		report.add("bad", "verify.checkpoint.malformed");
		return null;
	}
	const good = await checkLog(report, note, c, key, trust.pinned);
	await checkWitnesses(report, note, trust);
	return good ? c : null;
}

/* "old SIZE\n", hashes, an empty line, the checkpoint (C2SP tlog-witness); or the checkpoint alone. */
function readRequest(bytes) {
	const text = decode(bytes);
	if (text === null || !text.startsWith("old "))
		return { old: null, proof: [], note: text };
	const m = /^old ([0-9]{1,18})\n((?:[^\n]+\n)*)\n/.exec(text);
	const proof = m ? m[2].split("\n").slice(0, -1).map((line) => fromBase64(line, 32)) : [null];
	if (proof.includes(null) || proof.length > PROOF_MOST)
		throw new Unreadable("verify.error.format");
	return { old: Number(m[1]), proof, note: text.slice(m[0].length) };
}

export async function checkCheckpoint(report, bytes, trust) {
	const c = await checkNote(report, readRequest(bytes).note, "", trust);
	if (c)
		report.add("fact", "verify.checkpoint.root", { size: c.size, root: toBase64(c.root) });
}

/* That the newer continues the older. */
export async function checkGrowth(report, older, newer, trust) {
	const request = readRequest(newer);
	const before = await checkNote(report, decode(older), "", trust);
	const after = await checkNote(report, request.note, "", trust);
	if (!before || !after)
		return;
	const sizes = { old: before.size, size: after.size };
	if (before.size === after.size)
		report.test(equal(before.root, after.root), "verify.same");
	else if (request.old !== before.size)
		report.add("bad", "verify.growth.unproved", sizes);
	else
		report.test(await treeGrew(before.size, before.root, after.size, after.root, request.proof),
			"verify.growth", sizes);
}

/* ---- receipts -------------------------------------------------------------------------------- */

/* What was recorded, as it stands there: texts, whole numbers, true and false. */
function tellContent(report, content) {
	for (const [name, value] of Object.entries(parseJson(content) ?? {})) {
		if (typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value))
			report.add("fact", "verify.receipt.value", { name, value: String(value) });
	}
}

export async function checkReceipt(report, receipt, trust) {
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
		report.doubt("verify.content.none");
	else if (report.test(equal(await sha256(receipt.salt, utf8(receipt.content)), leaf.content),
		"verify.content"))
		tellContent(report, receipt.content);
	const c = await checkNote(report, receipt.checkpoint, receipt.key, trust);
	if (c)
		report.test(await treeProves(hash, receipt.index, c.size, receipt.proof, c.root), "verify.proof",
			{ seq: leaf.seq, size: c.size });
	report.once("fact", "verify.limits");
}

/* The same of a receipt that proves something else, in as few words as that takes; its header, null
 * if it does not hold. */
export async function checkEntryOf(report, receipt, trust) {
	const own = new Report();
	await checkReceipt(own, receipt, trust);
	report.merge(own);
	return own.bad === 0 ? leafParse(receipt.leaf) : null;
}
