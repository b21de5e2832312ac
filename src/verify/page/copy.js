/* copy.js - copies of the whole journal, and checkpoints that somebody has kept looked for in them:
 * src/verify/copy.c. */
import { checkNote } from "./check.js";
import { Range, Unreadable, decode, decodeLax, equal, keyParse, leafParse, parseJson, treeLeaf, utf8 }
	from "./format.js";

class Walk {
	range = new Range();
	previous = new Uint8Array(32);
	kept = []; /* checkpoints to find on the way: with `same` once they were */
	broken = false;
	constructor(report) { this.report = report; }
	fail(key) {
		this.report.add("bad", key, { seq: this.range.size + 1 });
		this.broken = true;
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
		await this.lookForKept();
		return true;
	}
	async lookForKept() {
		for (const c of this.kept.filter((k) => k.size === this.range.size))
			c.same = equal(await this.range.root(), c.root);
	}
	/* The copy's own checkpoint, and the signatures of the one that was kept, under the same key. */
	async open(text, key, trust) {
		const c = await checkNote(this.report, text, key, trust);
		const pinned = trust.pinned ?? (key ? await keyParse(key) : null);
		const kept = c && trust.kept &&
			await checkNote(this.report, decode(trust.kept), "", { ...trust, pinned });
		if (kept)
			this.kept.push(kept);
		if (c)
			await this.lookForKept();
		return c;
	}
	async finish(c) {
		if (!this.broken)
			this.report.test(this.range.size === c.size && equal(await this.range.root(), c.root),
				"verify.copy", { entries: this.range.size, size: c.size });
		for (const kept of this.kept) {
			if (kept.same !== undefined)
				this.report.test(kept.same, "verify.kept", { size: kept.size });
			else if (!this.broken)
				this.report.add("bad", "verify.kept.ahead", { size: kept.size });
		}
	}
}

export async function checkLines(report, bytes, trust) {
	const end = bytes.indexOf(10);
	const head = end < 0 ? undefined : parseJson(decode(bytes.subarray(0, end)) ?? "");
	if (head?.format !== "konkurs-journal-1" || typeof head.checkpoint !== "string")
		throw new Unreadable("verify.error.format");
	const walk = new Walk(report), c = await walk.open(head.checkpoint, head.key, trust);
	for (let at = end + 1; c && !walk.broken && at < bytes.length;) {
		const stop = bytes.indexOf(10, at), size = (stop < 0 ? bytes.length : stop) - at;
		await walk.take(decodeLax(bytes.subarray(at, at + size)));
		at += size + 1;
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
		if (!await walk.take(decodeLax(bytes.subarray(at + 2, at + 2 + size))))
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

export async function checkTiles(report, files, trust) {
	const key = files.has("key") ? decodeLax(files.get("key")).split(/[\r\n]/)[0] : "";
	const walk = new Walk(report), leaves = [];
	const add = walk.range.add.bind(walk.range);
	walk.range.add = (hash) => {
		leaves.push(hash);
		return add(hash);
	};
	if (!files.has("checkpoint"))
		throw new Unreadable("verify.error.format");
	const c = await walk.open(decode(files.get("checkpoint")), key, trust);
	for (let n = 0; c && !walk.broken && n * 256 < c.size; n++) {
		const width = Math.min(256, c.size - n * 256);
		await takeBundle(walk, files.get(tilePath("entries", n, width)), width);
	}
	if (!c)
		return;
	await walk.finish(c);
	if (!walk.broken)
		report.test(await tilesHold(files, leaves, c.size), "verify.tiles");
}
