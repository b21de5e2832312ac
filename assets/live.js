// live.js - when a page that shows what goes on should look again.
//
// The server answers when there is something new, whichever node it came through (GET /live).  A page
// looks by itself too, each few seconds: a question that is on its way when a line breaks is answered late.
const AGAIN_MS = 3000;
const LEAST_MS = 300; // between two looks: much may be new at once
const PATIENCE_MS = 10_000; // then a look counts as lost
const WAIT_MOST_MS = 60_000; // the server answers sooner, even one whose database is away
let look; // what soon() waits with
let missed = false; // there was something new while nobody waited
let listening = false;

// A page in the background looks by itself alone: a browser has six connections to a server, and each
// page that listens holds one.
const shown = () => !document.hidden || new Promise((resolve) =>
	document.addEventListener("visibilitychange", () => resolve(shown()), { once: true }));

async function listen() {
	for (let mark = ""; ;) {
		await shown();
		try {
			const answer = await fetch(`/live?mark=${mark}`, { headers: { Accept: "application/json" }, cache: "no-store",
				signal: AbortSignal.timeout?.(WAIT_MOST_MS) });
			if (!answer.ok) throw new Error(answer.status);
			const fresh = (await answer.json()).mark;
			if (mark && fresh !== mark) {
				missed = !look;
				look?.();
			}
			mark = fresh;
		} catch {
			await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
		}
	}
}

// Calls `renew` in `ms`, or as soon as there is something new.
export function soon(renew, ms) {
	if (!listening) {
		listening = true;
		listen();
	}
	const go = () => {
		look = undefined;
		renew();
	};
	const timer = setTimeout(go, missed ? LEAST_MS : ms);
	missed = false;
	look = () => {
		clearTimeout(timer);
		look = undefined;
		setTimeout(renew, LEAST_MS);
	};
}

// The document of a page's text, to take parts from.  What stands there for browsers without scripts would
// be elements in it, as nothing is run, and goes.
export function parsed(text) {
	const page = new DOMParser().parseFromString(text, "text/html");
	for (const without of page.querySelectorAll("noscript")) without.remove();
	return page;
}

// The page at `address` as it is now: whether it may still be seen, and its document.  A server that is away
// or has no database, and a proxy that has no server, throw: what is shown stays, and data-stale says that
// it is old (pages/layout/stale.html).
export async function newest(address) {
	const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout?.(PATIENCE_MS) });
	if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
	const text = await answer.text();
	return { fine: answer.ok, page: parsed(text) };
}
