// test-clock.js - a picture of the server's clock: its time left, carried on by the browser's
// monotonic clock, so that setting the computer's clock changes nothing.

const ANNOUNCED_MINUTES = [30, 10, 5, 1];
const AGAIN_MS = 30 * 1000; // time given back by so much is worth announcing again

export class Clock {
	constructor(announce) {
		this.announce = announce; // called with minutes
		this.runs = false;
		this.rest = 0;
		this.announced = new Set(ANNOUNCED_MINUTES);
	}

	// The server has said how much is left, and whether the clock runs.
	set(ms, runs) {
		const margin = this.at === undefined ? 0 : AGAIN_MS;
		for (const minutes of ANNOUNCED_MINUTES)
			if (ms > minutes * 60000 + margin) this.announced.delete(minutes);
		this.rest = ms;
		this.at = performance.now();
		this.runs = runs;
	}

	get left() {
		return this.runs ? Math.max(0, this.rest - (performance.now() - this.at)) : this.rest;
	}

	get text() {
		const seconds = Math.ceil(this.left / 1000);
		const two = (n) => String(n).padStart(2, "0");
		return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
	}

	// Announces each of the four moments once.
	tick() {
		const left = this.left;
		const passed = ANNOUNCED_MINUTES.filter((m) => left <= m * 60000 && !this.announced.has(m));
		for (const minutes of passed) this.announced.add(minutes);
		if (passed.length > 0 && this.runs && left > 0) this.announce(Math.min(...passed));
	}
}
