/* excerpt.js - a part of a record of sound and picture: with the findings of src/verify/excerpt.c. */
import { checkEntryOf, printTime } from "./check.js";
import { Unreadable, hex, parseJson, receiptRead, sha256 } from "./format.js";

const RECEIPTS = "receipts/", SEGMENTS_MOST = 2000;
const EXPLAIN = ["README", "SHA256SUMS", "excerpt.json", "index.html", "konkurs-verify", "verify.html",
	"export.json"];
const number = (value) => Number.isSafeInteger(value) ? value : 0;
const text = (value) => typeof value === "string" ? value : "";

/* What explains an excerpt and is none of it. */
const explains = (name) => name.startsWith(RECEIPTS) ||
	(!name.includes("/") && EXPLAIN.some((known) => name.startsWith(known)));

export const isExcerpt = (files) => !files.has("journal.json") &&
	[...files.keys()].some((name) => name.startsWith(RECEIPTS));

class Excerpt {
	#segments = new Map();
	#told = new Set();
	constructor(report, files) {
		Object.assign(this, { report, files });
	}
	#segmentOf(id) {
		if (!this.#segments.has(id) && this.#segments.size < SEGMENTS_MOST)
			this.#segments.set(id, {});
		return this.#segments.get(id);
	}
	#take(leaf, content, part, values) {
		const s = this.#segmentOf(number(content.segment));
		if (!s || s[part])
			this.report.add("bad", "verify.excerpt.twice", { seq: leaf.seq });
		else
			Object.assign(s, { [part]: true }, values);
	}
	/* Receipts that do not hold are told of and count for nothing. */
	async takeReceipt(name, bytes, trust) {
		const receipt = await receiptRead(bytes);
		if (!receipt)
			throw new Unreadable("verify.error.format");
		const leaf = await checkEntryOf(this.report, receipt, trust);
		if (!leaf || !receipt.salt) {
			this.report.add("bad", "verify.excerpt.receipt", { name });
			return;
		}
		const c = parseJson(receipt.content) ?? {};
		if (leaf.kind === "video.segment")
			this.#take(leaf, c, "ended", { source: number(c.source), number: number(c.number),
				from: number(c.from_ms), until: number(c.until_ms), subject: leaf.subject,
				sound: c.sound, picture: c.picture });
		else if (leaf.kind === "video.checked")
			this.#take(leaf, c, "checked", { film: c.film });
		else
			this.report.add("fact", "verify.excerpt.other", { name, kind: leaf.kind });
	}
	/* By its name among the records, in whatever folder it lies. */
	async #checkFile(told) {
		const name = text(told?.file);
		if (!name)
			return;
		const found = [...this.files.keys()].find((file) => file === name || file.endsWith(`/${name}`));
		if (found === undefined) {
			this.report.doubt("verify.excerpt.absent", { name });
			return;
		}
		const bytes = this.files.get(found);
		this.#told.add(found);
		this.report.test(told.size === bytes.length && told.sha256 === hex(await sha256(bytes)),
			"verify.excerpt.file", { name });
	}
	async #checkSegment(s) {
		this.report.add("fact", "verify.excerpt.segment", { number: s.number, source: s.source,
			subject: s.subject, from: printTime(s.from), until: printTime(s.until) });
		for (const part of [s.sound, s.picture, s.film])
			await this.#checkFile(part);
		if (!s.checked)
			this.report.doubt("verify.excerpt.unchecked", { number: s.number });
	}
	/* True if `next` is what came after. */
	#checkPair(s, next) {
		if (next.source !== s.source || next.subject !== s.subject)
			this.report.add("bad", "verify.excerpt.sources");
		else if (next.number === s.number || next.from < s.from)
			this.report.add("bad", "verify.excerpt.order", { number: next.number });
		else if (next.number !== s.number + 1)
			this.report.doubt("verify.excerpt.gap", { from: s.number + 1, to: next.number - 1 });
		else
			return true;
		return false;
	}
	/* A film whose recording is not told of proves nothing. */
	#ended() {
		const all = [...this.#segments.values()];
		for (const s of all) {
			if (!s.ended)
				this.report.doubt("verify.excerpt.film");
		}
		return all.filter((s) => s.ended).sort((a, b) => a.number - b.number);
	}
	async check() {
		const list = this.#ended();
		if (list.length === 0 && this.report.bad === 0)
			throw new Unreadable("verify.error.format");
		for (const s of list)
			await this.#checkSegment(s);
		const pairs = list.slice(1).map((next, i) => this.#checkPair(list[i], next));
		if (list.length > 0 && !pairs.includes(false))
			this.report.add("good", "verify.excerpt.whole", { segments: list.length,
				from: printTime(list[0].from), until: printTime(list.at(-1).until) });
		for (const name of this.files.keys()) {
			if (!this.#told.has(name) && !explains(name))
				this.report.add("bad", "verify.excerpt.foreign", { name });
		}
	}
}

export async function checkExcerpt(report, files, trust) {
	const sorted = new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
	const excerpt = new Excerpt(report, sorted);
	for (const [name, bytes] of sorted) {
		if (name.startsWith(RECEIPTS))
			await excerpt.takeReceipt(name, bytes, trust);
	}
	await excerpt.check();
}
