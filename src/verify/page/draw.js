/* draw.js - the forms of a sitting drawn again from what was published of its draw (F33): docs/draw.md
 * is what this follows, and src/verify/form.c finds the same. */
import { chacha20orig } from "@noble/ciphers/chacha.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { checkEntryOf } from "./check.js";
import { Unreadable, equal, fromHex, hex, parseJson, receiptTake, utf8 } from "./format.js";

const ACTS_MOST = 64, ITEMS_MOST = 100000, PAIRS_MOST = 1000000, QUESTIONS_MOST = 1000;
const CANDIDATES_MOST = 100000, OPTIONS_MOST = 5, STRATA = 3, RECEIPTS_MOST = 16;
const FORMS_TOLD = 100; /* one by one */

/* ---- reading --------------------------------------------------------------------------------- */

const unreadable = () => new Unreadable("verify.error.format");

/* yes and no come as true and false */
function number(value, least, most) {
	const n = typeof value === "boolean" ? Number(value) : value;
	if (!Number.isSafeInteger(n) || n < least || n > most)
		throw unreadable();
	return n;
}

function bytesOf(value) {
	const bytes = fromHex(value, 32);
	if (!bytes)
		throw unreadable();
	return bytes;
}

function list(value, least, most) {
	if (!Array.isArray(value) || value.length < least || value.length > most)
		throw unreadable();
	return value;
}

const before = (a, b) => {
	const at = a.findIndex((byte, i) => byte !== b[i]);
	return at >= 0 && a[at] < b[at];
};

function readItem(o, acts) {
	return { hash: bytesOf(o?.hash), act: number(o?.act, 0, acts - 1),
		options: number(o?.options, 2, OPTIONS_MOST), stratum: number(o?.stratum, 0, STRATA),
		rests: number(o?.rests, 0, 1) };
}

function readDraw(o) {
	const coins = list(o.coins, 2, Infinity).slice(0, 2);
	const programme = list(o.programme, 1, ACTS_MOST).map((n) => number(n, 0, QUESTIONS_MOST));
	const total = programme.reduce((sum, n) => sum + n, 0);
	if (coins.some((coin) => typeof coin !== "string") || total < 1 || total > QUESTIONS_MOST)
		throw unreadable();
	const items = list(o.bank?.items, 1, ITEMS_MOST).map((item) => readItem(item, programme.length));
	if (items.some((item, i) => i > 0 && !before(items[i - 1].hash, item.hash)))
		throw unreadable();
	const enemies = list(o.bank.enemies, 0, PAIRS_MOST).map((pair) => {
		const a = number(pair?.[0], 0, items.length - 2);
		return [a, number(pair?.[1], a + 1, items.length - 1)];
	}).sort(([a, b], [c, d]) => a - c || b - d);
	return { sitting: number(o.sitting, 1, Infinity), commitment: bytesOf(o.commitment),
		secret: bytesOf(o.secret), coins, programme, items, enemies,
		candidates: list(o.candidates, 0, CANDIDATES_MOST),
		receipts: Array.isArray(o.receipts) ? o.receipts : [] };
}

/* ---- hashes ---------------------------------------------------------------------------------- */

function blake(...parts) {
	const state = blake2b.create({ dkLen: 32 });
	for (const part of parts)
		state.update(typeof part === "string" ? utf8(part) : part);
	return state.digest();
}

function u32(n) {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, n, true);
	return bytes;
}

function i64(n) {
	const bytes = new Uint8Array(8);
	new DataView(bytes.buffer).setBigInt64(0, BigInt(n), true);
	return bytes;
}

const bankHash = ({ items, enemies }) => blake("konkurs-bank-1", u32(items.length),
	...items.flatMap((i) => [i.hash, Uint8Array.of(i.act, i.options, i.stratum, i.rests)]),
	u32(enemies.length), ...enemies.flatMap(([a, b]) => [items[a].hash, items[b].hash]));

const seedOf = (d, bank) => blake("konkurs-seed-1", d.secret,
	...d.coins.flatMap((coin) => [u32(utf8(coin).length), coin]), i64(d.sitting), bank);

const formHash = (questions, items) => blake("konkurs-form-1", ...questions.flatMap(({ place, shown }) =>
	[items[place].hash, Uint8Array.of(shown.length, ...shown)]));

/* ---- the stream ------------------------------------------------------------------------------ */

class Stream {
	static BLOCKS = 16; /* made at a time */
	next = 0;
	at = 0;
	constructor(seed, candidate) {
		this.key = blake("konkurs-draw-2", seed, i64(candidate));
	}
	number() {
		const size = 64 * Stream.BLOCKS;
		if (this.at % size === 0) {
			const bytes = chacha20orig(this.key, new Uint8Array(8), new Uint8Array(size), undefined, this.next);
			this.view = new DataView(bytes.buffer, bytes.byteOffset);
			this.next += Stream.BLOCKS;
			this.at = 0;
		}
		this.at += 4;
		return this.view.getUint32(this.at - 4, true);
	}
	/* Unbiased: the numbers of the last, incomplete round of n are thrown away. */
	below(n) {
		const limit = 2 ** 32 - 2 ** 32 % n;
		let x = this.number();
		while (x >= limit)
			x = this.number();
		return x % n;
	}
	shuffle(array) {
		for (let i = 0; i + 1 < array.length; i++)
			swap(array, i, i + this.below(array.length - i));
	}
}

function swap(array, i, k) {
	[array[i], array[k]] = [array[k], array[i]];
}

/* ---- the form -------------------------------------------------------------------------------- */

class Drawing {
	drawn = []; /* places in the bank */
	constructor(d, stream, shown) {
		Object.assign(this, { d, stream, shown });
	}
	hasEnemy(place) {
		return this.d.hostile[place]?.some((other) => this.drawn.includes(other));
	}
	pick(pool, wanted) {
		let taken = 0;
		for (let i = 0; i < pool.length && taken < wanted; i++) {
			swap(pool, i, i + this.stream.below(pool.length - i));
			if (this.hasEnemy(pool[i]))
				continue;
			this.drawn.push(pool[i]);
			taken++;
		}
		return taken;
	}
	/* F31: those shown least in this sitting first. */
	least(pool, wanted) {
		const counts = [...new Set(pool.map((i) => this.shown[i]))].sort((a, b) => a - b);
		let taken = 0;
		for (const count of counts) {
			if (taken < wanted)
				taken += this.pick(pool.filter((i) => this.shown[i] === count), wanted - taken);
		}
		return taken;
	}
	/* F32: how many of each stratum. */
	shares(wanted, strata) {
		const total = strata.reduce((sum, pool) => sum + pool.length, 0);
		const times = strata.map((pool) => pool.reduce((sum, i) => sum + this.shown[i], 0));
		const all = times.reduce((sum, n) => sum + n, 0);
		const share = strata.map((pool) => Math.floor(wanted * pool.length / total));
		const behind = strata.map((pool, k) => (all + wanted) * pool.length - (times[k] + share[k]) * total);
		const order = [0, 1, 2].sort((a, b) => behind[b] - behind[a] || a - b);
		for (const k of order.slice(0, wanted - share.reduce((sum, n) => sum + n, 0)))
			share[k]++;
		return share;
	}
	/* False if the bank is too small. */
	act(act, wanted, seen) {
		const { items } = this.d;
		const free = [...items.keys()].filter((i) => items[i].act === act && !items[i].rests && !seen.has(i));
		const strata = [1, 2, 3].map((s) => free.filter((i) => items[i].stratum === s));
		let have = 0;
		if (strata.some((pool) => pool.length > 0)) {
			const share = this.shares(wanted, strata);
			strata.forEach((pool, k) => { have += this.least(pool, share[k]); });
		}
		have += this.least(free.filter((i) => !this.drawn.includes(i)), wanted - have);
		return have === wanted;
	}
}

/* Null if there is none. */
function drawForm(d, seed, candidate, seen, shown) {
	const stream = new Stream(seed, candidate), drawing = new Drawing(d, stream, shown);
	if (!d.programme.every((wanted, act) => drawing.act(act, wanted, seen)))
		return null;
	stream.shuffle(drawing.drawn);
	return drawing.drawn.map((place) => {
		const options = [...Array(d.items[place].options).keys()];
		stream.shuffle(options);
		return { place, shown: options };
	});
}

/* ---- the journal ----------------------------------------------------------------------------- */

/* The entries that receipts prove, with their contents. */
async function readReceipts(report, d, trust) {
	const proved = [];
	if (d.receipts.length > RECEIPTS_MOST)
		throw unreadable();
	for (const o of d.receipts) {
		const receipt = receiptTake(o);
		if (!receipt)
			throw unreadable();
		const leaf = await checkEntryOf(report, receipt, trust);
		if (leaf && receipt.salt)
			proved.push({ leaf, content: parseJson(receipt.content) ?? {} });
	}
	return proved;
}

/* What the journal has of the draw; null unless all of it is proved.  Taking a seal off begins
 * another round, with another commitment and other coins. */
function findTold(d, proved) {
	const find = (kind, round, place) => proved.find(({ leaf, content }) => leaf.kind === kind &&
		leaf.subject === `sitting/${d.sitting}` && (!round || content.round === round) &&
		(!place || content.place === place));
	const sealed = find("sitting.sealed"), round = sealed?.content.round;
	if (!Number.isSafeInteger(round) || round < 1)
		return null;
	const opened = find(round > 1 ? "sitting.unsealed" : "sitting.opened", round);
	const coin = [find("sitting.coin", round, 1), find("sitting.coin", round, 2)];
	return opened && coin[0] && coin[1] ? { opened, coin, sealed } : null;
}

/* First the commitment, then the coins, then the seal: nobody knew all when it was his turn. */
function checkOrder(report, { opened, coin, sealed }) {
	report.test(coin.every((c) => opened.leaf.seq < c.leaf.seq && c.leaf.seq < sealed.leaf.seq),
		"verify.draw.order", { opened: opened.leaf.seq, first: coin[0].leaf.seq,
			second: coin[1].leaf.seq, sealed: sealed.leaf.seq });
}

function checkCommitment(report, d, told) {
	const hash = blake("konkurs-commit-1", d.secret), fits = equal(hash, d.commitment);
	if (fits && !told)
		report.add("good", "verify.commitment.own", { sitting: d.sitting });
	else
		report.test(fits && told.opened.content.commitment === hex(hash), "verify.commitment",
			{ sitting: d.sitting });
}

/* ---- checking -------------------------------------------------------------------------------- */

function tellForm(report, d, row, isSame) {
	if (!isSame)
		report.add("bad", "verify.form.bad", { candidate: row.candidate });
	else if (d.candidates.length <= FORMS_TOLD)
		report.add("fact", "verify.form.what", { candidate: row.candidate, form: row.form });
}

/* One after another: each form depends on those before it (F31). */
function drawAll(report, d, seed, told) {
	const shown = Array(d.items.length).fill(0), forms = told?.sealed.content.forms ?? {};
	let same = 0;
	for (const row of d.candidates) {
		const candidate = number(row?.candidate, 0, Infinity), said = bytesOf(row.form);
		const seen = new Set((Array.isArray(row.seen) ? row.seen : [])
			.map((place) => number(place, 0, d.items.length - 1)));
		const form = drawForm(d, seed, candidate, seen, shown);
		for (const { place } of form ?? [])
			shown[place]++;
		const hash = form && formHash(form, d.items);
		const isSame = form !== null && equal(hash, said) && (!told || forms[candidate] === hex(hash));
		tellForm(report, d, row, isSame);
		same += Number(isSame);
	}
	if (same > 0)
		report.add("good", told ? "verify.form.good" : "verify.form.own", { forms: same });
	/* none may be left out */
	const sealed = Object.keys(forms).length;
	if (told && sealed !== d.candidates.length)
		report.add("bad", "verify.form.count", { forms: d.candidates.length, sealed });
}

export const isDraw = (o) => typeof o?.commitment === "string" && typeof o.bank === "object";

/* What was published of a draw: every form drawn again, and that commitment, coins, bank and forms
 * are those of the journal, by the receipts that come along. */
export async function checkForms(report, o, trust) {
	if (!o)
		throw unreadable();
	const d = readDraw(o), told = findTold(d, await readReceipts(report, d, trust));
	const bank = bankHash(d);
	d.hostile = [];
	for (const [a, b] of d.enemies) {
		(d.hostile[a] ??= []).push(b);
		(d.hostile[b] ??= []).push(a);
	}
	checkCommitment(report, d, told);
	if (told) {
		checkOrder(report, told);
		report.test(told.coin.every((c, i) => c.content.coin === d.coins[i]), "verify.draw.coins");
		report.test(told.sealed.content.bank === hex(bank), "verify.draw.bank", { hash: hex(bank) });
	} else {
		report.add("fact", "verify.form.bank", { hash: hex(bank) });
	}
	drawAll(report, d, seedOf(d, bank), told);
	if (!told)
		report.doubt("verify.draw.unproved");
}
