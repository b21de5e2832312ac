// test-queue.js - every click on its way to the server: first in, first out, each exactly once.
//
// A click has a key of its own, by which the server knows it again, so a click may be sent as
// often as it takes.  The next one waits for the acknowledgement of the one before.

const WAIT_FIRST_MS = 1000;
const WAIT_STEP_MS = 1000;
const WAIT_MOST_MS = 5000;
// A click that the form cannot have is refused for good; sending it again changes nothing.
const HOPELESS = [400, 422];

export class Queue {
	// `listener` has changed(), acknowledged(click, ack), refused(click), unreachable(status).
	constructor(link, store, listener) {
		this.link = link;
		this.store = store;
		this.listener = listener;
		this.clicks = [];
		this.held = true; // until release()
		this.failing = false; // the last attempt failed: what waits is not saved
		this.kept = Promise.resolve(); // writes to the store follow one another
		this.lost = false; // the store has refused a click: it is in memory alone
		addEventListener("online", () => this.wake?.());
	}

	// What an earlier page left behind.  `newest` is the key of the last click that counts: if
	// that is not one of this computer's, the candidate answered elsewhere in the meantime, and
	// what waits here is out of date.  Answers how many clicks were dropped for that.
	async restore(newest) {
		const left = await this.store.load();
		const ours = newest === "" || newest === this.store.last || left.some((c) => c.key === newest);
		if (!ours) {
			for (const click of left) await this.store.remove(click.place, "");
			return left.length;
		}
		const now = performance.now();
		for (const { place, number, option, key, made } of left) {
			const waited = Math.max(0, Date.now() - made);
			this.clicks.push({ number, option, key, at: now - waited, place: Promise.resolve(place) });
		}
		this.failing = left.length > 0;
		return 0;
	}

	// `option` is a token, or "" to take the answer back.
	add(number, option) {
		const click = { number, option, key: newKey(), at: performance.now() };
		const row = { number, option, key: click.key, made: Date.now() };
		this.kept = this.kept.then(() => this.store.add(row)).catch(() => {
			this.lost = true;
			return 0;
		});
		click.place = this.kept;
		this.clicks.push(click);
		this.listener.changed();
		this.run();
	}

	get unsaved() {
		return this.clicks.length;
	}

	// Age of the oldest click that waits.
	get waiting() {
		return this.clicks.length > 0 ? Math.max(0, performance.now() - this.clicks[0].at) : 0;
	}

	// Whether all that waits would outlive a reload.
	get safe() {
		return this.store.keeps && !this.lost;
	}

	// Whether what waits is held up, and not just on its way.
	get stuck() {
		return this.failing || this.held;
	}

	latest(number) {
		return this.clicks.findLast((click) => click.number === number);
	}

	hold() {
		this.held = true;
	}

	release() {
		this.held = false;
		this.run();
	}

	async run() {
		if (this.running) return;
		this.running = true;
		for (let failures = 0; this.clicks.length > 0 && !this.held;) {
			const click = this.clicks[0];
			const { number, option, key } = click;
			const place = await click.place;
			const answer = await this.link.post("/answers", { number, option, key });
			if (answer.ok || HOPELESS.includes(answer.status)) {
				failures = 0;
				this.failing = false;
				this.leave(click, place, answer);
				continue;
			}
			this.failing = true;
			this.listener.changed();
			this.listener.unreachable(answer.status);
			await this.pause(failures++);
		}
		this.running = false;
	}

	leave(click, place, answer) {
		this.clicks.shift();
		const counts = answer.ok && answer.body.saved;
		this.kept = this.kept.then(() => this.store.remove(place, counts ? click.key : ""))
			.catch(() => 0);
		if (answer.ok) this.listener.acknowledged(click, answer.body);
		else this.listener.refused(click);
		this.listener.changed();
	}

	// 1 to 5 seconds, or until the browser says that the network is back.
	pause(failures) {
		const ms = Math.min(WAIT_FIRST_MS + failures * WAIT_STEP_MS, WAIT_MOST_MS);
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	// All is done; nothing of the test stays on this computer.
	async forget() {
		await this.kept;
		if (this.clicks.length === 0) await this.store.clear().catch(() => 0);
	}
}

// crypto.randomUUID is not there in a context that is not secure.
// A UUIDv7 (RFC 9562): it begins with the time, so that the server files new clicks side by side.
function newKey() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	const now = Date.now();
	for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 256 ** (5 - i)) % 256;
	bytes[6] = 0x70 | (bytes[6] & 0x0f);
	bytes[8] = 0x80 | (bytes[8] & 0x3f);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
