// autosave.js - what is being typed into a form with data-autosave="address" goes there by itself,
// a second after the last key and again until it has arrived, so that no word is lost with the page.
// The form's [data-autosave-state] says how it stands.
const DELAY = 800;
const AGAIN = 3000;

function watch(form) {
	const state = form.querySelector("[data-autosave-state]");
	let typed = 0; // how often something was typed, and how much of that has arrived
	let kept = 0;
	let timer = 0;

	const say = (word) => {
		if (state) {
			state.dataset.state = word;
			state.textContent = state.dataset[word] ?? "";
		}
	};

	async function send() {
		const sending = typed;
		try {
			const answer = await fetch(form.dataset.autosave, {
				method: "POST",
				headers: { Accept: "application/json" },
				body: new URLSearchParams(new FormData(form)),
			});
			if (!answer.ok) throw new Error(String(answer.status));
			kept = Math.max(kept, sending);
			if (kept === typed) say("saved");
			else plan(DELAY);
		} catch {
			say("failed");
			plan(AGAIN);
		}
	}

	function plan(delay) {
		clearTimeout(timer);
		timer = setTimeout(send, delay);
	}

	form.addEventListener("input", () => {
		typed++;
		say("typing");
		plan(DELAY);
	});
	form.addEventListener("submit", () => {
		clearTimeout(timer);
		kept = typed;
	});
	addEventListener("beforeunload", (event) => {
		if (kept !== typed) event.preventDefault();
	});
}

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);
