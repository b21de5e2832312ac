// video-own.js - the own camera and microphone on a page where one is seen: a camera of the hall, a
// place in an interview.
import { Link } from "./test-link.js";
import { onDevicesChanged, openDevices } from "./video-device.js";
import { Sender } from "./video-line.js";

export class Own {
	// `place()` gives the path and the fields that lead to the own source.
	constructor(root, csrf, place) {
		this.root = root;
		this.csrf = csrf;
		this.place = place;
	}

	part(name) {
		return this.root.querySelector(`[data-${name}]`);
	}

	say(state) {
		const text = this.root.querySelector(`[data-say="${state}"]`)?.textContent ?? "";
		const status = this.part("own-status");
		this.root.dataset.state = state;
		if (status.textContent !== text) status.textContent = text;
	}

	async open(wanted) {
		this.close();
		this.say("asking");
		const { stream, fault } = await openDevices(wanted);
		this.close(); // of another call, which this one comes after
		this.stream = stream;
		this.part("own-picture").srcObject = stream;
		this.unwatch = onDevicesChanged({ stream, fault }, () => this.open(wanted));
		if (!stream) {
			this.say(fault);
			return false;
		}
		const [path, fields] = this.place();
		const answer = await new Link("", this.csrf).post(path, fields);
		if (!answer.ok) {
			this.say("closed");
			return false;
		}
		this.sender = new Sender(this.csrf, answer.body.source, stream, (state, pulse) => this.hear(state, pulse));
		this.sender.begin();
		return true;
	}

	hear(state, pulse) {
		if (state === "picture") return;
		const cameras = this.stream.getVideoTracks().length;
		if (state !== "up") this.say(state === "no_picture" ? "thrift" : state);
		else if (pulse.sound && (pulse.picture || cameras === 0)) this.say(cameras ? "recorded" : "sound_alone");
		else this.say(pulse.sound ? "no_picture" : "silent");
	}

	close() {
		this.unwatch?.();
		this.sender?.end();
		for (const track of this.stream?.getTracks() ?? []) track.stop();
		this.part("own-picture").srcObject = null;
	}
}
