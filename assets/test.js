// test.js - the candidate's test: one question at a time, every click saved at once.
//
// What is shown as saved was acknowledged by the server, which answers after its commit.  A click
// carries a key of its own, so that sending it again is the same click.  The clock is the server's:
// each answer brings the time left.

const RETRY_MS = 2000;
const ANNOUNCED_MINUTES = [30, 10, 5, 1];

// ---- waiting for the start of the hall ---------------------------------------------------
const waiting = document.querySelector("[data-test-waiting]");
if (waiting) {
	const ask = async () => {
		try {
			const answer = await fetch(waiting.dataset.testWaiting,
				{ headers: { Accept: "application/json" } });
			const { state } = await answer.json();
			if (answer.ok && state !== "waiting") {
				location.reload();
				return;
			}
		} catch {
			// the network is away; ask again
		}
		setTimeout(ask, RETRY_MS);
	};
	ask();
}

// ---- the test -------------------------------------------------------------------------------
class Test {
	constructor(root) {
		this.root = root;
		this.text = root.dataset;
		this.base = `/tests/${root.dataset.test}`;
		this.total = Number(root.dataset.total);
		this.number = 0;
		this.pending = new Map(); // number -> {choice, key}: clicks not yet acknowledged
		this.sending = false;
		this.announced = new Set();
		this.setLeft(Number(root.dataset.left));
		this.listen();
		setInterval(() => this.tick(), 500);
		this.tick();
		this.count();
		this.open(Number(location.hash.slice(1)) || this.firstOpen());
	}

	part(name) {
		return this.root.querySelector(`[data-${name}]`);
	}

	button(number) {
		return this.root.querySelector(`[data-question="${number}"]`);
	}

	firstOpen() {
		const open = this.root.querySelector("[data-question]:not([data-answered])");
		return open ? Number(open.dataset.question) : 1;
	}

	// ---- time ---------------------------------------------------------------------------
	setLeft(ms) {
		this.endsAt = performance.now() + ms;
	}

	tick() {
		const left = Math.max(0, this.endsAt - performance.now());
		const seconds = Math.ceil(left / 1000);
		const two = (n) => String(n).padStart(2, "0");
		this.part("clock").textContent =
			`${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
		for (const minutes of ANNOUNCED_MINUTES) {
			if (seconds <= minutes * 60 && seconds > minutes * 60 - 30 && !this.announced.has(minutes)) {
				this.announced.add(minutes);
				this.part("announce").textContent = this.text.minutes.replace("#", minutes);
			}
		}
		if (left === 0 && !this.over) {
			this.over = true;
			setTimeout(() => location.reload(), 1500);
		}
	}

	// ---- showing ---------------------------------------------------------------------------
	async open(number) {
		if (number < 1 || number > this.total) return;
		this.number = number;
		let question;
		try {
			const answer = await fetch(`${this.base}/questions/${number}`,
				{ headers: { Accept: "application/json" } });
			if (answer.status === 409) {
				location.reload();
				return;
			}
			if (!answer.ok) throw new Error(String(answer.status));
			question = await answer.json();
		} catch {
			this.mark("unsaved", this.text.load);
			setTimeout(() => { if (this.number === number) this.open(number); }, RETRY_MS);
			return;
		}
		if (this.number !== number) return;
		this.show(question);
	}

	show(question) {
		this.setLeft(question.left_ms);
		history.replaceState(null, "", `#${question.number}`);
		this.part("heading").textContent = this.text.number
			.replace("#", question.number).replace("@", this.total);
		this.part("stem").textContent = question.stem;
		const waits = this.pending.get(question.number);
		const choice = waits ? waits.choice : question.choice ?? -1;
		const list = this.part("options");
		list.replaceChildren(...question.options.map((option) => this.option(question, option, choice)));
		for (const b of this.root.querySelectorAll("[data-question]")) {
			if (Number(b.dataset.question) === question.number) b.setAttribute("aria-current", "true");
			else b.removeAttribute("aria-current");
		}
		this.part("previous").disabled = question.number === 1;
		this.part("next").disabled = question.number === this.total;
		if (!waits) this.mark(choice >= 0 ? "saved" : "", choice >= 0 ? this.text.saved : "");
	}

	option(question, option, choice) {
		const label = document.createElement("label");
		label.className = "test-option";
		const input = document.createElement("input");
		input.type = "radio";
		input.name = "choice";
		input.value = option.place;
		input.className = "form-check-input";
		input.checked = option.place === choice;
		input.addEventListener("change", () => this.choose(question.number, option.place));
		const text = document.createElement("span");
		text.textContent = option.text;
		label.append(input, text);
		return label;
	}

	// ---- saving ---------------------------------------------------------------------------
	mark(state, text) {
		const mark = this.part("mark");
		mark.dataset.state = state;
		mark.textContent = text;
	}

	choose(number, choice) {
		this.pending.set(number, { choice, key: crypto.randomUUID() });
		const button = this.button(number);
		button.dataset.state = "sending";
		this.mark("sending", this.text.sending);
		this.send();
	}

	// One after another, so that the last click of a question is the last event of it.
	async send() {
		if (this.sending) return;
		this.sending = true;
		while (this.pending.size > 0) {
			const [number, click] = this.pending.entries().next().value;
			const ack = await this.post(number, click);
			if (!ack) {
				this.button(number).dataset.state = "unsaved";
				this.mark("unsaved", this.text.unsaved);
				await new Promise((r) => setTimeout(r, RETRY_MS));
				continue;
			}
			// A newer click of the same question waits for its own acknowledgement.
			if (this.pending.get(number) === click) this.pending.delete(number);
			this.acknowledge(number, click, ack);
		}
		this.sending = false;
	}

	async post(number, { choice, key }) {
		try {
			const answer = await fetch(`${this.base}/answers`, {
				method: "POST",
				headers: { "Accept": "application/json", "Content-Type": "application/json",
					"X-CSRF-Token": this.text.csrf },
				body: JSON.stringify({ number, choice, key }),
			});
			return answer.ok ? await answer.json() : null;
		} catch {
			return null;
		}
	}

	acknowledge(number, click, ack) {
		const button = this.button(number);
		this.setLeft(ack.left_ms);
		if (this.pending.has(number)) return;
		button.dataset.state = ack.saved ? "saved" : "late";
		if (ack.saved) button.toggleAttribute("data-answered", click.choice >= 0);
		if (number === this.number)
			this.mark(ack.saved ? "saved" : "late", ack.saved ? this.text.saved : this.text.late);
		this.count();
	}

	count() {
		const open = this.root.querySelectorAll("[data-question]:not([data-answered])").length;
		this.part("left-count").textContent = this.text.empty.replace("#", open);
		for (const b of this.root.querySelectorAll("[data-question]"))
			b.setAttribute("aria-label", `${b.dataset.question}, ` +
				(b.hasAttribute("data-answered") ? this.text.has : this.text.none));
	}

	// ---- hands ---------------------------------------------------------------------------
	listen() {
		this.part("previous").addEventListener("click", () => this.open(this.number - 1));
		this.part("next").addEventListener("click", () => this.open(this.number + 1));
		this.part("clear").addEventListener("click", () => {
			for (const input of this.root.querySelectorAll("[name=choice]")) input.checked = false;
			this.choose(this.number, -1);
		});
		this.part("map").addEventListener("click", (event) => {
			const button = event.target.closest("[data-question]");
			if (button) this.open(Number(button.dataset.question));
		});
		document.addEventListener("keydown", (event) => this.key(event));
		addEventListener("beforeunload", (event) => { if (this.pending.size > 0) event.preventDefault(); });
	}

	// 1 to 5 choose, n and p walk; inside a dialog keys are the dialog's.
	key(event) {
		if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
		const options = this.root.querySelectorAll("[name=choice]");
		const place = Number(event.key) - 1;
		if (place >= 0 && place < options.length) options[place].click();
		else if (event.key === "n" || event.key === "PageDown") this.open(this.number + 1);
		else if (event.key === "p" || event.key === "PageUp") this.open(this.number - 1);
		else return;
		event.preventDefault();
	}
}

for (const root of document.querySelectorAll("[data-test]")) new Test(root);
