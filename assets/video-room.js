// video-room.js - the room of an interview: the own place, and everybody else in sound and picture.
import { newest, soon } from "./live.js";
import { Link } from "./test-link.js";
import { Own } from "./video-own.js";
import { Watcher } from "./video-line.js";

const RENEW_MS = 2000;
const LOOK_MS = 400;

const room = document.querySelector("[data-room]");
const people = room.querySelector("[data-people]");
const sound = room.querySelector("[data-room-sound]");
const { csrf } = room.dataset;
const base = location.pathname.replace(/\/room$/, "");
const lines = new Map(); // id of the tile -> Watcher
let joined = !room.hasAttribute("data-must-warn");

// ---- everybody else -----------------------------------------------------------------------------
const tiles = () => [...people.querySelectorAll("[data-place]")];

function review() {
	const here = new Map(tiles().map((tile) => [tile.id, tile]));
	for (const [id, line] of lines) {
		if (here.has(id)) continue;
		line.end();
		lines.delete(id);
	}
	if (!joined) return;
	for (const [id, tile] of here) {
		if (lines.has(id)) continue;
		const note = tile.querySelector("[data-place-note]");
		const line = new Watcher(csrf, tile.dataset.place, tile.querySelector("video"), {}, (state) => {
			note.textContent = state === "no_picture" ? room.dataset.thrift : "";
			if (state === "muted") sound.hidden = false;
		});
		lines.set(id, line);
		line.begin();
	}
}

sound.querySelector("button").addEventListener("click", () => {
	for (const video of people.querySelectorAll("video")) video.muted = false;
	sound.hidden = true;
	people.querySelector("video")?.focus();
});

async function showVoices() {
	for (const [id, line] of lines) {
		const speaks = await line.speaks();
		const tile = document.getElementById(id);
		tile?.toggleAttribute("data-speaks", speaks);
		if (tile) tile.querySelector("[data-voice]").hidden = !speaks;
	}
}

async function renew() {
	try {
		const { fine, page } = await newest(location.pathname);
		const fresh = page.querySelector("[data-room]");
		if (!fine || !fresh || fresh.dataset.open !== room.dataset.open) {
			location.reload();
			return;
		}
		take(fresh);
		delete document.body.dataset.stale;
	} catch {
		document.body.dataset.stale = "";
	}
	soon(renew, RENEW_MS);
}

function take(fresh) {
	const here = new Map(tiles().map((tile) => [tile.id, tile]));
	for (const tile of fresh.querySelectorAll("[data-place]")) {
		const old = here.get(tile.id);
		here.delete(tile.id);
		if (!old) {
			people.append(document.importNode(tile, true));
		} else if (old.dataset.state !== tile.dataset.state) {
			old.dataset.state = tile.dataset.state;
			old.querySelector("[data-place-state]").textContent = tile.querySelector("[data-place-state]").textContent;
		}
	}
	for (const gone of here.values()) gone.remove();
	const record = room.querySelector("[data-record]");
	const now = fresh.querySelector("[data-record]");
	if (record.dataset.record !== now.dataset.record) {
		record.dataset.record = now.dataset.record;
		record.querySelector("[data-record-words]").textContent = now.querySelector("[data-record-words]").textContent;
	}
	review();
}

// ---- the own place: first the warning (R47-2) ------------------------------------------------------
function ownPlace(root) {
	const own = new Own(root, csrf, () => [`${base}/source`, {}]);
	const picture = root.querySelector("[data-own-camera]");
	const go = async () => {
		joined = true;
		review();
		await own.open({ camera: picture.checked });
	};
	root.querySelector("[data-own-begin]").addEventListener("click", go);
	root.querySelector("[data-own-end]").addEventListener("click", () => {
		own.close();
		own.say("stopped");
	});
}

for (const warning of room.querySelectorAll("[data-room-warning]")) {
	warning.querySelector("[data-video-confirm]").addEventListener("click", async () => {
		const link = new Link("", csrf);
		const place = await link.post(`${base}/source`, {});
		const answer = place.ok && await link.post(`/video/sources/${place.body.source}/warned`, {});
		warning.querySelector("[data-video-failed]").hidden = Boolean(answer && answer.ok);
		if (!answer || !answer.ok) return;
		warning.hidden = true;
		const root = room.querySelector("[data-own]");
		root.hidden = false;
		root.querySelector("[data-own-begin]").focus();
		joined = true;
		review();
	});
}
for (const root of room.querySelectorAll("[data-own]")) ownPlace(root);
review();
setInterval(showVoices, LOOK_MS);
soon(renew, RENEW_MS);
