// test-store.js - clicks that the server has not acknowledged yet, kept on this computer.
//
// They outlive a reload and the end of the browser.  Each is encrypted under a key that no script
// can take out of the browser; it lies beside them, so this hides nothing from a program that runs
// as the same user, and much from whoever reads the disk of a hall computer afterwards.
import { openDB } from "./idb.js";

const NAME = "konkurs-test";
const VERSION = 1;
const STALE_MS = 7 * 24 * 3600 * 1000; // what another's attempt left behind goes after a week
const IV_BYTES = 12;
const DURABLE = { durability: "strict" };

// A store for the clicks of one attempt; without a secure context, or where the browser keeps
// nothing, one that holds nothing: `keeps` tells.
export async function openStore(attempt) {
	if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return new NoStore();
	try {
		const db = await openDB(NAME, VERSION, { upgrade: makeTables });
		const store = new Store(db, attempt);
		await store.prepare();
		return store;
	} catch {
		return new NoStore();
	}
}

function makeTables(db) {
	db.createObjectStore("attempt", { keyPath: "id" });
	const clicks = db.createObjectStore("click", { keyPath: "place", autoIncrement: true });
	clicks.createIndex("attempt", "attempt");
}

class NoStore {
	keeps = false;
	last = "";
	async load() { return []; }
	async add() { return 0; }
	async remove() {}
	async clear() {}
}

class Store {
	keeps = true;

	constructor(db, attempt) {
		this.db = db;
		this.attempt = attempt;
		this.bound = new TextEncoder().encode(`konkurs-test ${attempt}`);
	}

	// Finds or makes the key; takes away what is old.
	async prepare() {
		const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false,
			["encrypt", "decrypt"]);
		const work = this.db.transaction(["attempt", "click"], "readwrite", DURABLE);
		const attempts = work.objectStore("attempt");
		for (const other of await attempts.getAll()) {
			if (other.id === this.attempt || Date.now() - other.opened < STALE_MS) continue;
			await attempts.delete(other.id);
			await deleteClicks(work.objectStore("click"), other.id);
		}
		const found = await attempts.get(this.attempt) ?? { id: this.attempt, key: fresh, last: "" };
		found.opened = Date.now();
		await attempts.put(found);
		await work.done;
		this.key = found.key;
		this.last = found.last; // the key of the last click from here that counts
	}

	// In the order of clicking.
	async load() {
		const clicks = [];
		for (const row of await this.db.getAllFromIndex("click", "attempt", this.attempt)) {
			try {
				clicks.push({ place: row.place, ...await this.open(row) });
			} catch {
				await this.db.delete("click", row.place); // not of this key: nobody can read it
			}
		}
		return clicks.sort((a, b) => a.place - b.place);
	}

	async add(click) {
		const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
		const text = new TextEncoder().encode(JSON.stringify(click));
		const box = await crypto.subtle.encrypt(
			{ name: "AES-GCM", iv, additionalData: this.bound }, this.key, text);
		const work = this.db.transaction("click", "readwrite", DURABLE);
		const place = await work.store.add({ attempt: this.attempt, iv, box });
		await work.done;
		return place;
	}

	async open({ iv, box }) {
		const text = await crypto.subtle.decrypt(
			{ name: "AES-GCM", iv, additionalData: this.bound }, this.key, box);
		return JSON.parse(new TextDecoder().decode(text));
	}

	// The server has answered the click: it goes.  `key` is given if it counts.
	async remove(place, key) {
		const work = this.db.transaction(["attempt", "click"], "readwrite");
		await work.objectStore("click").delete(place);
		const found = await work.objectStore("attempt").get(this.attempt);
		if (found && key) await work.objectStore("attempt").put({ ...found, last: key });
		await work.done;
		this.last = key || this.last;
	}

	// The test is over, or what is here is out of date.
	async clear() {
		const work = this.db.transaction(["attempt", "click"], "readwrite");
		await deleteClicks(work.objectStore("click"), this.attempt);
		await work.objectStore("attempt").delete(this.attempt);
		await work.done;
	}
}

async function deleteClicks(clicks, attempt) {
	for (const place of await clicks.index("attempt").getAllKeys(attempt)) await clicks.delete(place);
}
