// test.js - the candidate's test: it puts the parts together.
//
// Every click goes into the queue of this computer first (test-queue.js) and from there to the
// server, one after another.  What is shown as saved the server has acknowledged after its commit;
// what state the test is in, and how much time is left, the server says too.  Questions once
// seen stay in memory, so that they can be read while the network is away; none is fetched before
// it is asked for.
import { parsed, soon } from "./live.js";
import { proveSeat } from "./seat.js";
import { Clock } from "./test-clock.js";
import { listenToKeys } from "./test-keys.js";
import { Link, isSignedOut } from "./test-link.js";
import { Queue } from "./test-queue.js";
import { openStore } from "./test-store.js";
import { View } from "./test-view.js";
import { endRecord, isRecorded } from "./video-seat.js";

const WAITING_MS = 1000; // how often a page that waits for the server's word asks
const PULSE_MS = 5000;
const LOAD_AGAIN_MS = 2000;
const FINISH_AGAIN_MS = 2000;
const WINDOW_MS = 1000; // an earlier page of this window lets go within this time
const SAY_UNSAVED_MS = 15 * 1000;
const AWAY_MS = 3000;
// One refusal is none: a node without its database, or a proxy in between, ends nobody's test.  What is
// refused for this long is believed, and asked again all the same.
const REFUSED_MS = 5000;
const REFUSED_AGAIN_MS = 1000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// ---- waiting for the start of the hall ---------------------------------------------------
async function waitForStart(waiting) {
	for (let refusedSince; ;) {
		try {
			const answer = await fetch(waiting.dataset.testWaiting,
				{ headers: { Accept: "application/json" }, cache: "no-store" });
			if (answer.ok) refusedSince = undefined;
			else if (isSignedOut(answer.status)) refusedSince ??= performance.now();
			const asked = answer.status < 500 && answer.status !== 429;
			// Whoever is signed out is led to the door by the page itself.
			if (isSignedOut(answer.status) ? performance.now() - refusedSince >= REFUSED_MS
				: asked && (!answer.ok || (await answer.json()).state !== "waiting")) break;
		} catch {
			// the network is away; ask again
		}
		await new Promise((resolve) => soon(resolve, WAITING_MS));
	}
	await goOn(waiting);
}

// The test in this page as it is now; null where there is none.
async function readPage() {
	const page = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" })
		.then((answer) => answer.text()).catch(() => "");
	return parsed(page).querySelector("[data-test]");
}

// A record that runs is not broken off: the test comes in the place of what waited.
async function goOn(waiting) {
	const root = isRecorded() && await readPage();
	if (!root) {
		location.reload();
		return;
	}
	waiting.closest("[data-waiting-part]").replaceWith(root);
	begin(root);
	showSeat(root);
}

// ---- the test -------------------------------------------------------------------------------

// What the page does as long as the server has to be asked; other phases end where they are.
const LIVE = ["running", "stopped", "ending", "finishing"];
const ASKS = [...LIVE, "signed-out"];

class Test {
	constructor(root) {
		this.view = new View(root);
		this.link = new Link(`/tests/${root.dataset.test}`, root.dataset.csrf);
		this.clock = new Clock((minutes) => this.view.announce(this.view.say("minutes", minutes)));
		this.questions = new Map(); // number -> what the server sent
		this.choices = new Map(); // number -> token of the answer that counts
		this.answered = new Map();
		this.marks = new Map(); // number -> state, of clicks that the server has answered
		this.number = 0;
		this.phase = "";
		this.savedAt = undefined; // when the server last had something of ours on its disk
		this.asked = -Infinity; // the last question to the server, and the last pulse
		this.pulsed = -Infinity;
		this.saidUnsaved = false;
	}

	async start(store) {
		const { text } = this.view;
		this.queue = new Queue(this.link, store, this);
		for (const [number, button] of this.view.buttons) {
			this.answered.set(number, button.hasAttribute("data-answered"));
			this.marks.set(number, button.dataset.state);
		}
		const dropped = await this.queue.restore(text.newest);
		this.view.note("dropped", dropped > 0);
		this.view.part("dropped-text").textContent = this.view.say("dropped", dropped);
		this.listen();
		this.hear({ state: text.state, left_ms: Number(text.left), pen: "pen" in text, saved_ms: -1 });
		this.changed();
		setInterval(() => this.tick(), 250);
		if (this.phase === "running") this.open(Number(location.hash.slice(1)) || this.firstEmpty(), false);
	}

	firstEmpty() {
		for (const [number, answered] of this.answered) if (!answered) return number;
		return 1;
	}

	// ---- the server's word ------------------------------------------------------------------
	hear({ state, left_ms, pen, saved_ms }) {
		this.clock.set(left_ms, state === "running");
		if (saved_ms >= 0) this.saved(performance.now() - saved_ms);
		if (state === "running" || state === "stopped") this.enter(this.livePhase(state, pen));
		else this.enter({ time_up: "over", finished: "over" }[state] ?? state);
	}

	livePhase(state, pen) {
		if (!pen) return "moved";
		if (state === "stopped") return "stopped";
		return this.finishing ? "finishing" : "running";
	}

	enter(phase) {
		// Late clicks are sent before the page says that all is over.
		if (phase === "over" && this.queue.unsaved > 0) phase = "ending";
		if (phase === this.phase) return;
		const first = this.phase === "";
		this.phase = phase;
		if (phase === "moved" || phase === "signed-out") this.queue.hold();
		else this.queue.release();
		if (phase !== "running") this.view.part("finish-ask").close();
		if (["over", "annulled", "void"].includes(phase)) this.conclude();
		if (phase === "signed-out") this.view.door(this.queue.safe);
		this.view.panel(phase);
		if (phase === "running" && !first) this.open(this.number || this.firstEmpty());
		else if (phase !== "running") this.view.focusPanel();
		if (phase === "finishing" && this.queue.unsaved === 0) this.finish();
	}

	// Over: the queue is empty, nothing of the test stays here.
	conclude() {
		const of = (state) => [...this.marks].filter(([, mark]) => mark === state).map(([n]) => n);
		this.view.over(of("late"), of("moved"));
		this.questions.clear();
		this.view.blank("");
		this.queue.forget();
		endRecord();
	}

	async ask() {
		const answer = await this.link.get("/state");
		if (!answer.ok) this.unreachable(answer.status);
		else if (this.phase === "signed-out" && !answer.body.pen) await this.comeBack();
		else this.hear({ saved_ms: -1, ...answer.body });
	}

	// Signed in again, in another tab: the page as it is for the new session, which has the pen with it.
	async comeBack() {
		if (this.queue.safe) {
			location.reload();
			return;
		}
		// what waits is in this page alone
		const root = await readPage();
		if (!root) return;
		this.link.csrf = root.dataset.csrf;
		this.hear({ state: root.dataset.state, left_ms: Number(root.dataset.left), pen: "pen" in root.dataset, saved_ms: -1 });
	}

	async pulse() {
		const silence = this.link.silence();
		const answer = await this.link.post("/pulse", { unsaved: this.queue.unsaved,
			waiting_ms: Math.round(this.queue.waiting), gap_ms: Math.round(silence) });
		if (answer.ok) {
			this.link.told();
			this.hear(answer.body);
		} else {
			this.unreachable(answer.status);
		}
	}

	// ---- time -------------------------------------------------------------------------------
	tick() {
		const now = performance.now();
		this.clock.tick();
		this.view.clock(this.clock.text);
		this.showAge(now);
		if (!ASKS.includes(this.phase) || this.asking) return;
		if (this.phase === "running" && this.clock.left === 0) this.enter("ending");
		if (now - this.asked < this.pace()) return;
		const beats = LIVE.includes(this.phase) && now - this.pulsed >= PULSE_MS;
		this.asked = now;
		if (beats) this.pulsed = now;
		this.asking = (beats ? this.pulse() : this.ask()).finally(() => { this.asking = undefined; });
	}

	// How often the server is asked.
	pace() {
		if (this.phase === "signed-out") return PULSE_MS;
		if (this.link.refused > 0) return REFUSED_AGAIN_MS;
		return this.phase === "stopped" || this.phase === "ending" ? WAITING_MS : PULSE_MS;
	}

	showAge(now) {
		const { unsaved, waiting } = this.queue;
		this.view.age({ unsaved, waiting, since: this.savedAt === undefined ? -1 : now - this.savedAt });
		const live = LIVE.includes(this.phase);
		const away = now - this.link.heard > PULSE_MS + AWAY_MS || waiting > AWAY_MS;
		this.view.note("memory", live && !this.queue.safe);
		this.view.note("away", live && away);
		if (waiting >= SAY_UNSAVED_MS && !this.saidUnsaved) {
			this.saidUnsaved = true;
			this.view.announce(this.view.text.saidUnsaved);
		} else if (unsaved === 0 && this.saidUnsaved) {
			this.saidUnsaved = false;
			this.view.announce(this.view.text.saidSaved);
		}
	}

	saved(at) {
		this.savedAt = Math.max(this.savedAt ?? at, at);
	}

	// ---- questions ----------------------------------------------------------------------
	async open(number, focus = true) {
		if (!this.view.buttons.has(number)) return;
		this.number = number;
		this.view.heading(number);
		if (focus) this.view.focusHeading();
		const known = this.questions.get(number);
		if (known) {
			this.show(known);
			return;
		}
		this.view.blank(this.view.text.loading);
		const answer = await this.link.get(`/questions/${number}`);
		if (answer.ok) this.learn(answer.body);
		if (this.number !== number || this.phase !== "running") return;
		if (answer.ok) this.show(answer.body);
		else if (answer.status === 409) this.ask();
		else this.openLater(number, answer.status);
	}

	async openLater(number, status) {
		this.unreachable(status);
		this.view.blank(this.view.text.load);
		await pause(LOAD_AGAIN_MS);
		if (this.number === number && this.phase === "running") this.open(number, false);
	}

	// An acknowledgement that came meanwhile is newer than what the question says.
	learn(question) {
		this.questions.set(question.number, question);
		if (!this.choices.has(question.number)) this.choices.set(question.number, question.choice);
	}

	show(question) {
		const { number } = question;
		history.replaceState(null, "", `#${number}`);
		this.view.question(question, this.chosen(number), (token) => this.choose(number, token));
		this.showMark(number);
	}

	// What is to be seen as chosen: a click on its way, else what the server has.
	chosen(number) {
		return this.queue.latest(number)?.option ?? this.choices.get(number) ?? "";
	}

	choose(number, token) {
		if (this.phase === "running") this.queue.add(number, token);
	}

	choosePlace(place) {
		const input = this.phase === "running" ? this.view.options()[place] : undefined;
		if (!input || input.disabled) return;
		input.focus();
		input.click();
	}

	walk(step) {
		if (this.phase === "running") this.open(this.number + step);
	}

	// ---- what became of a click: the queue tells --------------------------------------------
	changed() {
		let empty = 0;
		for (const number of this.view.buttons.keys()) {
			const click = this.queue.latest(number);
			const answered = click ? click.option !== "" : this.answered.get(number);
			this.view.cell(number, this.stateOf(number), answered);
			empty += !answered;
		}
		this.view.count(empty);
		this.showAsk(empty);
		this.showMark(this.number);
		if (this.phase === "ending" && this.queue.unsaved === 0) this.ask();
		if (this.finishing && this.queue.unsaved === 0) this.finish();
	}

	stateOf(number) {
		if (this.queue.latest(number)) return this.queue.stuck ? "unsaved" : "sending";
		return this.marks.get(number) ?? "";
	}

	showMark(number) {
		if (number === this.number && number > 0)
			this.view.mark(this.stateOf(number), this.chosen(number) !== "");
	}

	acknowledged({ number, option }, ack) {
		if (ack.saved) {
			this.choices.set(number, option);
			this.answered.set(number, option !== "");
			this.saved(performance.now());
		}
		this.marks.set(number, ack.saved ? "saved" : ack.refusal);
		if (number === this.number) this.view.select(this.chosen(number));
		if (ack.refusal === "moved") this.enter("moved");
		else if (this.phase === "running") this.clock.set(ack.left_ms, true);
	}

	refused({ number }) {
		this.marks.set(number, "refused");
		if (number === this.number) this.view.select(this.chosen(number));
	}

	// No answer, or none of use: the session may be over.  It is if nothing else is heard for a while;
	// until then the test goes on, and clicks wait.
	unreachable(status) {
		if (isSignedOut(status) && this.link.refused >= REFUSED_MS && LIVE.includes(this.phase))
			this.enter("signed-out");
	}

	// ---- the end ----------------------------------------------------------------------------
	showAsk(empty) {
		this.view.part("ask-empty").textContent = this.view.say("empty", empty);
		const unsaved = this.view.part("ask-unsaved");
		unsaved.hidden = this.queue.unsaved === 0;
		unsaved.textContent = this.view.say("waitingOnes", this.queue.unsaved);
	}

	askToFinish() {
		const dialog = this.view.part("finish-ask");
		dialog.returnValue = "";
		dialog.showModal();
		// not once: the event of an earlier close may come when the dialog is open again
		dialog.onclose = () => {
			if (dialog.returnValue !== "yes" || this.phase !== "running") return;
			this.finishing = true;
			this.enter("finishing");
			if (this.queue.unsaved === 0) this.finish();
		};
	}

	// Everything is saved: now the test ends, as soon as the server says so.
	async finish() {
		if (this.ends) return;
		this.ends = true;
		while (this.finishing && this.phase === "finishing") {
			const answer = await this.link.post("/finish", {});
			if (answer.ok) this.hear({ state: "finished", left_ms: 0, pen: true, saved_ms: -1 });
			else if (answer.status === 409) await this.ask();
			else this.unreachable(answer.status);
			if (this.phase === "finishing") await pause(FINISH_AGAIN_MS);
		}
		this.ends = false;
	}

	// ---- hands ------------------------------------------------------------------------------
	listen() {
		const { view } = this;
		view.part("previous").addEventListener("click", () => this.walk(-1));
		view.part("next").addEventListener("click", () => this.walk(1));
		view.part("clear").addEventListener("click", () => {
			if (this.chosen(this.number) === "") return;
			view.select("");
			this.choose(this.number, "");
		});
		view.part("map").addEventListener("click", (event) => {
			const button = event.target.closest("[data-question]");
			if (button && this.phase === "running") this.open(Number(button.dataset.question));
		});
		view.part("finish").addEventListener("submit", (event) => {
			event.preventDefault();
			this.askToFinish();
		});
		view.part("back").addEventListener("click", () => {
			this.finishing = false;
			this.ask();
		});
		listenToKeys(view, this);
		// Only what would not outlive the page keeps it open.
		addEventListener("beforeunload", (event) => {
			if (this.queue.unsaved > 0 && !this.queue.safe) event.preventDefault();
		});
	}
}

// One window of a browser writes: two would send the same clicks in an order of chance.
async function begin(root) {
	const test = new Test(root);
	const go = async () => test.start(await openStore(root.dataset.test));
	if (!navigator.locks) {
		await go();
		return;
	}
	let waited = false;
	const told = setTimeout(() => {
		waited = true;
		test.view.panel("window");
	}, WINDOW_MS);
	navigator.locks.request(`konkurs-test-${root.dataset.test}`, async () => {
		clearTimeout(told);
		// What the other window has done is not on this page.
		if (waited) location.reload();
		else await go();
		await new Promise(() => {}); // until the page is left
	});
}

// A sitting that binds its seats by keys: this computer shows its own, and then has the pen (F35).
async function showSeat({ dataset }) {
	if (dataset.binding !== "key" || "pen" in dataset) return;
	if (!["running", "stopped", undefined].includes(dataset.state)) return;
	if (await proveSeat(dataset.seat, dataset.csrf).catch(() => false)) location.reload();
	else document.querySelector("[data-seat-wrong]").hidden = false;
}

const waiting = document.querySelector("[data-test-waiting]");
if (waiting) waitForStart(waiting);
for (const root of document.querySelectorAll("[data-test]")) begin(root);
for (const root of document.querySelectorAll("[data-seat]")) showSeat(root);
