// live.js - when a page that shows what goes on should look again.
//
// The server answers when there is something new, whichever node it came through (GET /live).  A page
// looks by itself too, each few seconds: a question that is on its way when a line breaks is answered late.
const AGAIN_MS = 3000;
const LEAST_MS = 300; // between two looks: much may be new at once
let look; // what soon() waits with
let missed = false; // there was something new while nobody waited
let listening = false;

async function listen() {
	for (let mark = ""; ;) {
		try {
			const answer = await fetch(`/live?mark=${mark}`, { headers: { Accept: "application/json" }, cache: "no-store" });
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
