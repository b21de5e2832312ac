/* case.js - the case of a candidate, as it was exported: with the findings of src/verify/case.c. */
import { Report, checkEntryOf, checkNote, checkReceipt, printTime } from "./check.js";
import { checkForms } from "./draw.js";
import { PROOF_MOST, Unreadable, checkpointParse, decode, decodeLax, equal, fromBase64, fromHex, hex,
	leafParse, leafPrint, noteParse, parseJson, receiptRead, receiptTake, sha256, treeLeaf, treeProves,
	utf8 } from "./format.js";

const readJson = (bytes) => parseJson(decode(bytes ?? new Uint8Array()) ?? "");

/* ---- sums ------------------------------------------------------------------------------------ */

async function checkSums(report, files, x) {
	const lines = decodeLax(files.get("SHA256SUMS")).split("\n");
	let wrong = 0;
	if (lines.at(-1) === "")
		lines.pop();
	for (const line of lines) {
		const name = line.slice(66), file = files.get(name);
		if (!file || hex(await sha256(file)) !== line.slice(0, 64)) {
			report.add("bad", "verify.case.file", { name });
			wrong++;
		}
	}
	if (wrong > 0)
		return;
	if (lines.length === 0 || lines.length + 1 + Number(x.some) !== files.size)
		report.add("bad", "verify.case.sums.bad", { files: lines.length });
	else
		report.add("good", x.bound ? "verify.case.sums.good" : "verify.case.sums.own",
			{ files: lines.length });
}

/* ---- the export ------------------------------------------------------------------------------ */

/* What the journal has of the taking out. */
async function checkExport(report, files, trust) {
	if (!files.has("export.json")) {
		report.doubt("verify.case.unproved");
		return { some: false, bound: false };
	}
	report.add("fact", "verify.case.receipt", { name: "export.json" });
	const o = readJson(files.get("export.json")), receipt = receiptTake(o);
	if (!receipt)
		throw new Unreadable("verify.error.format");
	const x = { some: true, bound: false, later: o.later };
	const leaf = await checkEntryOf(report, receipt, trust);
	if (leaf) {
		const note = noteParse(receipt.checkpoint);
		const sums = receipt.salt ? parseJson(receipt.content)?.sums : undefined;
		x.checkpoint = note && checkpointParse(note);
		x.bound = report.test(leaf.kind === "case.exported" && x.checkpoint !== null &&
			sums === hex(await sha256(files.get("SHA256SUMS"))), "verify.case.bound",
			{ seq: leaf.seq, subject: leaf.subject, at: printTime(leaf.at) });
	}
	return x;
}

/* ---- entries --------------------------------------------------------------------------------- */

/* The header of an entry of journal.json and its hash; null if they do not fit. */
async function readHeader(entry) {
	const content = fromHex(entry?.content, 32), previous = fromHex(entry?.previous, 32);
	const text = content && previous ? leafPrint({ ...entry, content, previous }) : "";
	const leaf = leafParse(text), hash = leaf && await treeLeaf(utf8(text));
	return leaf && hex(hash) === entry.hash?.toLowerCase?.() ? { leaf, hash } : null;
}

async function contentHolds(entry, leaf) {
	const salt = fromHex(entry.salt, 32);
	return salt !== null && typeof entry.text === "string" &&
		equal(await sha256(salt, utf8(entry.text)), leaf.content);
}

async function proves(list, { leaf, hash }, c) {
	const proof = Array.isArray(list) ? list.map((text) => fromBase64(text, 32)) : [null];
	return leaf.seq >= 1 && proof.length <= PROOF_MOST && !proof.includes(null) && c !== null &&
		treeProves(hash, leaf.seq - 1, c.size, proof, c.root);
}

/* What may go by an act that has no list: single clicks of its competition. */
const isClick = (kind) => ["test.answer", "test.entered", "test.resumed"].includes(kind);
const ACTS_MOST = 16;

/* Whether "3,7-19" has it. */
const hasSeq = (runs, seq) => runs.split(",").some((run) => {
	const [from, to = from] = run.split("-").map(Number);
	return from <= seq && seq <= to;
});

class Tally {
	proved = 0;
	later = 0;
	destroyed = 0;
	missing = 0;
	wrong = 0;
	#acts;
	constructor(report, entries, x, c) {
		Object.assign(this, { report, entries, x, c });
	}
	/* Entries that are newer than the case's checkpoint are in that of its export. */
	async placeOf(entry, header) {
		const { seq } = header.leaf;
		if (seq < 1 || seq <= (this.c?.size ?? 0))
			return await proves(entry.proof, header, this.c) ? "proved" : "nowhere";
		if (!this.x.bound)
			return "later";
		return await proves(this.x.later?.[seq], header, this.x.checkpoint) ? "proved" : "nowhere";
	}
	/* Acts of destruction that are proved in this case. */
	async #findActs() {
		const acts = [];
		for (const entry of this.entries) {
			const header = entry?.kind === "records.destroyed" ? await readHeader(entry) : null;
			if (acts.length < ACTS_MOST && header && await contentHolds(entry, header.leaf) &&
			    await this.placeOf(entry, header) === "proved")
				acts.push({ seq: header.leaf.seq, competition: String(entry.competition),
					seqs: parseJson(entry.text)?.seqs });
		}
		return acts;
	}
	async #isByAct(entry, leaf) {
		this.#acts ??= await this.#findActs();
		return this.#acts.some(({ seq, competition, seqs }) => seq > leaf.seq && (typeof seqs === "string"
			? hasSeq(seqs, leaf.seq)
			: competition === String(entry.competition) && isClick(leaf.kind)));
	}
	/* Whether the content is there and that of the header, or may be gone. */
	async #takeContent(entry, leaf) {
		if (entry.text !== null)
			return contentHolds(entry, leaf);
		const byAct = await this.#isByAct(entry, leaf);
		this.destroyed += Number(byAct);
		this.missing += Number(!byAct);
		return byAct || isClick(leaf.kind);
	}
	#fail(entry, key) {
		this.wrong++;
		this.report.add("bad", key, { seq: entry?.seq });
	}
	async take(entry) {
		const header = await readHeader(entry);
		if (!header)
			return this.#fail(entry, "verify.entry.header");
		if (!await this.#takeContent(entry, header.leaf))
			return this.#fail(entry, entry.text === null ? "verify.entry.missing" : "verify.entry.content");
		const place = await this.placeOf(entry, header);
		if (place === "nowhere")
			return this.#fail(entry, "verify.entry.proof");
		this[place]++;
	}
	tell() {
		if (this.entries.length === 0)
			this.report.add("bad", "verify.case.empty");
		else if (this.wrong === 0 && this.proved > 0)
			this.report.add("good", "verify.case.journal", { proved: this.proved });
		if (this.later > 0)
			this.report.doubt("verify.case.later", { entries: this.later });
		if (this.destroyed > 0)
			this.report.add("fact", "verify.case.destroyed", { entries: this.destroyed });
		if (this.missing > 0)
			this.report.doubt("verify.case.missing", { entries: this.missing });
	}
}

async function checkEntries(report, journal, x, trust) {
	const own = new Report();
	let c = null;
	if (!Array.isArray(journal.entries))
		throw new Unreadable("verify.error.format");
	if (typeof journal.checkpoint === "string")
		c = await checkNote(own, journal.checkpoint, journal.key, trust);
	else if (!x.bound || journal.checkpoint !== null)
		own.add("bad", "verify.checkpoint.malformed");
	report.merge(own);
	const tally = new Tally(report, journal.entries, x, c);
	for (const entry of journal.entries)
		await tally.take(entry);
	tally.tell();
}

/* ---- receipts and draws ---------------------------------------------------------------------- */

async function checkReceipts(report, files, trust) {
	for (const [name, bytes] of files) {
		if (!name.startsWith("receipts/"))
			continue;
		report.add("fact", "verify.case.receipt", { name });
		const receipt = await receiptRead(bytes);
		if (!receipt)
			throw new Unreadable("verify.error.format");
		await checkReceipt(report, receipt, trust);
	}
}

/* F33, F60: the form of a result is the one that was drawn for the candidate. */
function checkResult(report, draws, entry) {
	const m = /^application\/([0-9]+)/.exec(entry?.subject ?? "");
	if (!m || entry.kind !== "test.result" || typeof entry.text !== "string")
		return;
	const form = parseJson(entry.text)?.form;
	const rows = draws.flatMap((d) => d.candidates).filter((row) => row?.candidate === Number(m[1]));
	if (rows.length > 0)
		report.test(typeof form === "string" && rows.some((row) => row.form === form), "verify.case.form",
			{ seq: entry.seq });
}

async function checkDraws(report, files, journal, trust) {
	const draws = [];
	for (const [name, bytes] of files) {
		if (!name.startsWith("draws/"))
			continue;
		report.add("fact", "verify.case.receipt", { name });
		const draw = readJson(bytes);
		await checkForms(report, draw, trust);
		draws.push(draw);
	}
	for (const entry of journal.entries)
		checkResult(report, draws, entry);
}

export async function checkCase(report, files, trust) {
	const journal = readJson(files.get("journal.json"));
	const sorted = new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
	if (!files.has("SHA256SUMS") || !journal)
		throw new Unreadable("verify.error.format");
	const x = await checkExport(report, files, trust);
	await checkSums(report, files, x);
	await checkEntries(report, journal, x, trust);
	await checkReceipts(report, sorted, trust);
	await checkDraws(report, sorted, journal, trust);
}
