// video-rehearsal.js - the device check before the test (F38): five seconds recorded here, played back,
// judged by who sits there; whether the line grows the server finds by itself.
import { Link } from "./test-link.js";
import { showLevel } from "./video-device.js";

const SAMPLE_MS = 5000;
const FORMATS = ["video/webm;codecs=vp8,opus", "video/webm"];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function sample(stream) {
	const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
	const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
	const pieces = [];
	recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
	const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
	recorder.start();
	await pause(SAMPLE_MS);
	recorder.stop();
	await stopped;
	return new Blob(pieces, { type: "video/webm" });
}

export function rehearse(card, stream, csrf) {
	const link = new Link(`/tests/${card.dataset.videoRehearsal}`, csrf);
	const part = (name) => card.querySelector(`[data-${name}]`);
	const text = (name) => card.querySelector(`[data-say="${name}"]`).textContent;
	const begin = part("rehearsal-begin");
	const played = part("rehearsal-played");

	begin.disabled = false;
	begin.onclick = async () => {
		const quiet = showLevel(stream, part("rehearsal-level"));
		begin.disabled = true;
		part("rehearsal-ask").hidden = true;
		part("rehearsal-state").textContent = text("recording");
		const blob = await sample(stream);
		quiet();
		URL.revokeObjectURL(played.src);
		played.src = URL.createObjectURL(blob);
		played.hidden = false;
		part("rehearsal-state").textContent = text("listen");
		part("rehearsal-ask").hidden = false;
		begin.disabled = false;
		await played.play().catch(() => {});
	};
	part("rehearsal-ask").onsubmit = async (event) => {
		event.preventDefault();
		const { camera, microphone } = event.target.elements;
		const fields = {};
		if (camera.checked) fields.camera = "1";
		if (microphone.checked) fields.microphone = "1";
		const answer = await link.post("/rehearsal", fields);
		const found = answer.ok ? answer.body.rehearsal : {};
		const words = answer.ok
			? ["camera", "microphone", "line"].filter((name) => !found[name]).map((name) => text(`no_${name}`))
			: [text("failed")];
		card.dataset.good = String(Boolean(found.good));
		part("rehearsal-state").textContent = words.length ? words.join(" ") : text("good");
	};
}
