// video-line.js - one connection with the server of sound and picture.
//
// What both sides have to say to each other before media flow goes through Konkurs: the page sends its
// whole offer (or asks for one) and looks at the row of its line until the other side's word is there.
// A line that fell comes again, with longer pauses, until end() is called.
//
// No library and no adapter: the browsers of the halls, Chromium and Firefox, speak the same standard.
import { Link } from "./test-link.js";
import { Thrift } from "./video-thrift.js";

const ASK_MS = 200;
const TOLD_MS = 15 * 1000; // then the service counts as away
const PULSE_MS = 5000;
const GATHER_MS = 3000; // addresses of this machine that take longer are not waited for
const SHAKY_MS = 2000; // a connection may be without packets so long
const PAUSES_MS = [1000, 2000, 4000, 8000];
const STEADY_MS = 30 * 1000; // a line that held so long begins with the shortest pause again

const SPEAKS = 0.01; // loudness, from 0 to 1, of somebody who talks

export const PICTURE = { maxBitrate: 400_000, maxFramerate: 15 };

// Nothing comes of trying again: somebody decided so.
const FINAL = ["denied", "replaced"];

class Fall extends Error {
	constructor(why) {
		super(why);
		this.why = why;
	}
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A pause that ends at once when the network is back.
const rest = (ms) => Promise.race([pause(ms),
	new Promise((resolve) => addEventListener("online", resolve, { once: true }))]);

function gathered(pc) {
	const whole = new Promise((resolve) => {
		const look = () => pc.iceGatheringState === "complete" && resolve();
		pc.addEventListener("icegatheringstatechange", look);
		look();
	});
	return Promise.race([whole, pause(GATHER_MS)]);
}

// `heard(state, pulse)`: "connecting", "up" with what the server says of the record, "again" after a
// fall, "denied", "replaced", "no_picture" and "picture" when a bad line stops it and tries again, "muted"
// when the browser plays what is watched without sound.
class Line {
	constructor(csrf, source, heard) {
		this.link = new Link("/video", csrf);
		this.source = source;
		this.heard = heard;
		this.run = 0;
	}

	async begin() {
		const run = ++this.run;
		addEventListener("pagehide", () => this.end(), { once: true });
		for (let falls = 0; this.run === run;) {
			const began = performance.now();
			this.heard("connecting");
			const why = await this.once();
			this.hangUp();
			if (this.run !== run) return;
			if (FINAL.includes(why)) {
				this.heard(why);
				return;
			}
			this.heard("again");
			falls = performance.now() - began > STEADY_MS ? 0 : falls;
			await rest(PAUSES_MS[Math.min(falls++, PAUSES_MS.length - 1)]);
		}
	}

	end() {
		this.run++;
		this.fall?.("ended");
		this.hangUp();
	}

	hangUp() {
		if (this.id) this.bye();
		this.id = undefined;
		this.thrift?.stop();
		this.pc?.close();
		this.pc = undefined;
	}

	// Goes out even when the page is left.
	bye() {
		fetch(`/video/lines/${this.id}/end`, { method: "POST", keepalive: true, body: "{}",
			headers: { "Accept": "application/json", "Content-Type": "application/json",
				"X-CSRF-Token": this.link.csrf } }).catch(() => {});
	}

	// From the beginning to the fall, whose reason it gives.
	async once() {
		const pc = new RTCPeerConnection();
		this.pc = pc;
		const fallen = new Promise((resolve) => { this.fall = resolve; });
		pc.addEventListener("connectionstatechange", () => this.look(pc));
		try {
			await Promise.race([this.open(pc), fallen.then((why) => { throw new Fall(why); })]);
			this.thrift = new Thrift(pc, (on) => this.save(on));
			this.beat(pc);
		} catch (error) {
			return error.why ?? "lost";
		}
		return fallen;
	}

	async look(pc) {
		if (pc.connectionState === "disconnected") await pause(SHAKY_MS);
		if (["disconnected", "failed"].includes(pc.connectionState)) this.fall("lost");
	}

	async post(path, fields) {
		const answer = await this.link.post(path, fields);
		if (answer.ok) return answer.body;
		throw new Fall([401, 403, 404].includes(answer.status) ? "denied" : "away");
	}

	// The word of the other side.
	async told() {
		const until = performance.now() + TOLD_MS;
		for (const { id } = this; this.id === id && performance.now() < until;) {
			const { ok, body } = await this.link.get(`/lines/${id}`);
			if (ok && body.state === "down") throw new Fall(body.problem || "lost");
			if (ok && body.sdp && body.state !== "asked") return body.sdp;
			await pause(ASK_MS);
		}
		throw new Fall("away");
	}

	async beat(pc) {
		while (this.pc === pc) {
			const { ok, status, body } = await this.link.post(`/lines/${this.id}/pulse`, {});
			if (this.pc !== pc) return;
			if (ok && body.state === "down") this.fall(body.problem || "lost");
			else if (ok) this.heard("up", body);
			else if ([401, 403, 404].includes(status)) this.fall("denied");
			await pause(PULSE_MS);
		}
	}
}

// ---- sending ------------------------------------------------------------------------------------
export class Sender extends Line {
	constructor(csrf, source, stream, heard) {
		super(csrf, source, heard);
		this.stream = stream;
	}

	async open(pc) {
		for (const track of this.stream.getTracks()) {
			track.contentHint = track.kind === "video" ? "motion" : "speech";
			pc.addTransceiver(track, { direction: "sendonly", streams: [this.stream],
				sendEncodings: [track.kind === "video" ? { ...PICTURE } : {}] });
		}
		await pc.setLocalDescription();
		await gathered(pc);
		const { line } = await this.post(`/sources/${this.source}/send`, { sdp: pc.localDescription.sdp });
		this.id = line;
		await pc.setRemoteDescription({ type: "answer", sdp: await this.told() });
	}

	// A bad line: the sound goes on alone.
	async save(on) {
		const sender = this.pc?.getSenders().find(({ track }) => track?.kind === "video");
		if (!sender) return;
		const parameters = sender.getParameters();
		for (const encoding of parameters.encodings) encoding.active = on;
		await sender.setParameters(parameters).catch(() => {}); // the line fell meanwhile
		this.heard(on ? "picture" : "no_picture");
	}
}

// ---- watching -----------------------------------------------------------------------------------
export class Watcher extends Line {
	constructor(csrf, source, element, { picture = true } = {}, heard = () => {}) {
		super(csrf, source, heard);
		this.element = element;
		this.wanted = picture;
		this.picture = picture;
	}

	async open(pc) {
		const stream = new MediaStream();
		pc.addEventListener("track", ({ track }) => {
			if (track.kind === "audio" || this.picture) stream.addTrack(track);
		});
		const { line } = await this.post(`/sources/${this.source}/watch`, {});
		this.id = line;
		await pc.setRemoteDescription({ type: "offer", sdp: await this.told() });
		for (const transceiver of pc.getTransceivers())
			if (transceiver.receiver.track.kind === "video" && !this.picture) transceiver.direction = "inactive";
		await pc.setLocalDescription();
		await gathered(pc);
		await this.post(`/lines/${line}/answer`, { sdp: pc.localDescription.sdp });
		this.element.srcObject = stream;
		this.play();
	}

	// Until somebody has clicked on the page a browser may refuse sound: then the picture at least.
	async play() {
		try {
			await this.element.play();
		} catch (error) {
			if (error.name !== "NotAllowedError") return; // the line fell meanwhile
			this.element.muted = true;
			this.heard("muted");
			await this.element.play().catch(() => {});
		}
	}

	hangUp() {
		super.hangUp();
		this.element.srcObject = null;
	}

	// A bad line: asked for again without the picture, and after a while with it.
	save(on) {
		if (!this.wanted) return;
		this.picture = on;
		this.heard(on ? "picture" : "no_picture");
		this.fall("thrift");
	}

	// Whether somebody is heard: as decoded here, whatever the sender tells of its level.
	async speaks() {
		const receiver = this.pc?.getReceivers().find(({ track }) => track.kind === "audio");
		const reports = [...(await receiver?.getStats())?.values() ?? []];
		return reports.some(({ type, audioLevel }) => type === "inbound-rtp" && audioLevel > SPEAKS);
	}
}
