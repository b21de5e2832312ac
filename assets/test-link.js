// test-link.js - the way to the server: requests of one test, and how long nothing was heard.

const PATIENCE_MS = 8000; // then a request counts as lost
const SIGNED_OUT = [401, 403, 404]; // what somebody who is not signed in is told, and nobody else for long

export class Link {
	constructor(base, csrf) {
		this.base = base;
		this.csrf = csrf;
		this.heard = performance.now();
		this.gap = 0; // the longest silence since the last pulse that arrived
		this.refusedSince = undefined; // no request was taken since then
	}

	// {status, body}; status 0 when there is no answer.
	async get(path) {
		return this.request(path, { headers: { Accept: "application/json" } });
	}

	async post(path, fields) {
		return this.request(path, {
			method: "POST",
			headers: { "Accept": "application/json", "Content-Type": "application/json",
				"X-CSRF-Token": this.csrf },
			body: JSON.stringify(fields),
		});
	}

	async request(path, options) {
		try {
			const headers = { ...options.headers, traceparent: trace() };
			const answer = await fetch(`${this.base}${path}`,
				{ ...options, headers, cache: "no-store", signal: patience() });
			const body = await answer.json();
			if (answer.status < 500) this.hears();
			if (answer.ok) this.refusedSince = undefined;
			else if (isSignedOut(answer.status)) this.refusedSince ??= performance.now();
			return { status: answer.status, ok: answer.ok, body };
		} catch {
			return { status: 0, ok: false, body: null };
		}
	}

	hears() {
		const now = performance.now();
		this.gap = Math.max(this.gap, now - this.heard);
		this.heard = now;
	}

	// How long the server was silent, at most, since the last pulse; the one that tells it
	// has not arrived before told() is called.
	silence() {
		return Math.max(this.gap, performance.now() - this.heard);
	}

	told() {
		this.gap = 0;
	}

	// For how long every request that was answered has been refused as of somebody not signed in.
	get refused() {
		return this.refusedSince === undefined ? 0 : performance.now() - this.refusedSince;
	}
}

export const isSignedOut = (status) => SIGNED_OUT.includes(status);

// Names the request for whoever looks for it in the server's log (W3C Trace Context): a click that
// is sent again is a request of its own.
function trace() {
	const digits = [...crypto.getRandomValues(new Uint8Array(24))]
		.map((byte) => byte.toString(16).padStart(2, "0")).join("");
	return `00-${digits.slice(0, 32)}-${digits.slice(32)}-01`;
}

function patience() {
	return AbortSignal.timeout?.(PATIENCE_MS);
}
