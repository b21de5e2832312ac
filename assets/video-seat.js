// video-seat.js - the record at the candidate's seat: warning, own picture, state, the operator's voice.
//
// Nothing of it takes the keyboard, moves the page, or waits for the test's own requests.  What it
// says of the record the server says (R28-3).
import { Link } from "./test-link.js";
import { onDevicesChanged, openDevices } from "./video-device.js";
import { Sender, Watcher } from "./video-line.js";
import { rehearse } from "./video-rehearsal.js";

const LOOK_MS = 400;
const SPOKE_MS = 2000; // a pause for breath
const AGAIN_MS = 3000;

class Seat {
	constructor(root) {
		this.root = root;
		this.csrf = root.dataset.csrf;
		this.link = new Link("", this.csrf);
		this.operators = new Map(); // source -> Watcher
		this.fault = "";
		this.said = "";
	}

	part(name) {
		return this.root.querySelector(`[data-${name}]`);
	}

	// Told anew only when it is something else: a screen reader reads it each time.
	say(state) {
		if (this.said === state) return;
		this.said = state;
		this.root.dataset.state = state;
		this.part("video-state").textContent = this.text(state);
		this.part("video-again").hidden = !["replaced", "refused", "missing", "busy"].includes(state);
	}

	text(state) {
		return this.root.querySelector(`[data-say="${state}"]`)?.textContent ?? "";
	}

	async start() {
		const warning = document.querySelector("[data-video-warning]");
		this.part("video-again").addEventListener("click", () => this.open());
		if (this.root.hasAttribute("data-warned")) {
			await this.open();
			return;
		}
		this.say("unwarned");
		warning.querySelector("[data-video-confirm]").addEventListener("click", () => this.confirm(warning));
	}

	async confirm(warning) {
		const source = await this.place();
		const answer = source && await this.link.post(`/video/sources/${source}/warned`, {});
		warning.querySelector("[data-video-failed]").hidden = Boolean(answer?.ok);
		if (!answer?.ok) return;
		warning.hidden = true;
		await this.open();
		this.part("video-self").querySelector("summary").focus();
	}

	async place() {
		const answer = await this.link.post(`/tests/${this.root.dataset.videoSeat}/source`, {});
		if (answer.ok) this.source = answer.body.source;
		return answer.ok ? answer.body.source : 0;
	}

	async open() {
		this.close();
		this.say("asking");
		const { stream, fault } = await openDevices();
		if (this.over) {
			for (const track of stream?.getTracks() ?? []) track.stop();
			return;
		}
		this.close(); // of another call, which this one comes after
		this.stream = stream;
		this.fault = fault;
		this.unwatch = onDevicesChanged({ stream, fault }, () => this.open());
		this.part("video-own").srcObject = stream;
		if (stream) await this.send();
		else this.say(fault);
		const card = document.querySelector("[data-video-rehearsal]");
		if (card && stream) rehearse(card, stream, this.csrf);
	}

	close() {
		this.unwatch?.();
		this.sender?.end();
		for (const track of this.stream?.getTracks() ?? []) track.stop();
	}

	async send() {
		const source = this.source ?? await this.place();
		if (this.over) return;
		if (!source) {
			this.say("again");
			setTimeout(() => this.send(), AGAIN_MS);
			return;
		}
		this.sender = new Sender(this.csrf, source, this.stream, (state, pulse) => this.hear(state, pulse));
		this.sender.begin();
	}

	hear(state, pulse) {
		if (state === "no_picture" || state === "picture") {
			this.thrifty = state === "no_picture";
			return;
		}
		if (state !== "up") {
			if (state !== "connecting" || this.said !== "again") this.say(state);
			return;
		}
		this.say(this.stateOf(pulse));
		this.listen(pulse.talk);
	}

	// What keeps the record from being whole, this computer's own reason first.
	stateOf({ sound, picture }) {
		if (sound && picture) return "recorded";
		if (this.fault) return this.fault;
		if (this.thrifty && sound) return "thrift";
		if (sound) return "no_picture";
		return picture ? "no_sound" : "silent";
	}

	// ---- who talks to the hall ---------------------------------------------------------------
	listen(talk) {
		for (const [source, operator] of this.operators) {
			if (talk.includes(source)) continue;
			operator.end();
			operator.element.remove();
			this.operators.delete(source);
		}
		for (const source of talk) {
			if (this.operators.has(source)) continue;
			const operator = new Watcher(this.csrf, source, document.createElement("audio"), { picture: false });
			this.operators.set(source, operator);
			operator.begin();
		}
		this.watching ??= setInterval(() => this.showTalk(), LOOK_MS);
	}

	async showTalk() {
		const voices = await Promise.all([...this.operators.values()].map((operator) => operator.speaks()));
		if (voices.includes(true)) this.spoke = performance.now();
		const shown = performance.now() - (this.spoke ?? -Infinity) < SPOKE_MS;
		const talk = this.part("video-talk");
		if (talk.dataset.on === String(shown)) return;
		talk.dataset.on = String(shown);
		talk.textContent = shown ? this.text("talk") : "";
	}

	end() {
		this.over = true;
		this.close();
		for (const operator of this.operators.values()) operator.end();
		this.root.hidden = true;
	}
}

// The test is over: camera and microphone go off.
let seat;
export function endRecord() {
	seat?.end();
	seat = undefined;
}

// The seat's record runs on while the page goes from waiting to the test: then it must not be loaded anew.
export const isRecorded = () => seat !== undefined;

for (const root of document.querySelectorAll("[data-video-seat]")) {
	seat = new Seat(root);
	seat.start();
}
