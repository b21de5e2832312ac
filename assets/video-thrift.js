// video-thrift.js - a line that does not carry the picture carries the sound alone.
//
// Judged by what the line could take, not by what it takes: a still picture needs next to nothing.

const LOOK_MS = 5000;
const LOOKS_BAD = 2; // ten seconds
const AGAIN_MS = 30 * 1000;
const LEAST_RATE = 60_000; // bits a second
const MOST_LOST = 0.15;

export class Thrift {
	// `save(false)` stops the picture, `save(true)` tries it again.
	constructor(pc, save) {
		this.pc = pc;
		this.save = save;
		this.bad = 0;
		this.before = { lost: 0, received: 0 };
		this.timer = setInterval(() => this.look(), LOOK_MS);
	}

	stop() {
		clearInterval(this.timer);
		clearTimeout(this.again);
	}

	async look() {
		if (this.again || this.pc.connectionState !== "connected") return;
		this.bad = isBad(await this.pc.getStats(), this.before) ? this.bad + 1 : 0;
		if (this.bad < LOOKS_BAD) return;
		this.bad = 0;
		this.again = setTimeout(() => {
			this.again = undefined;
			this.save(true);
		}, AGAIN_MS);
		this.save(false);
	}
}

function isBad(stats, before) {
	let rate = Infinity;
	let lost = 0;
	const now = { lost: 0, received: 0 };
	for (const report of stats.values()) {
		if (report.type === "candidate-pair" && report.nominated) rate = report.availableOutgoingBitrate || rate;
		else if (report.type === "remote-inbound-rtp") lost = Math.max(lost, report.fractionLost ?? 0);
		else if (report.type === "inbound-rtp") {
			now.lost += report.packetsLost;
			now.received += report.packetsReceived;
		}
	}
	const missed = now.lost - before.lost;
	const all = missed + now.received - before.received;
	Object.assign(before, now);
	return rate < LEAST_RATE || Math.max(lost, all > 0 ? missed / all : 0) > MOST_LOST;
}
