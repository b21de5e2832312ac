// video-wall.js - the wall of a hall: pictures of the tiles that are in view, sound of the one chosen,
// the operator's voice.  Who looks on only has no button to talk with, and no right to (F75).
import { newest, soon } from "./live.js";
import { Link } from "./test-link.js";
import { openDevices } from "./video-device.js";
import { Sender, Watcher } from "./video-line.js";

const PICTURES_MOST = 6; // at once
const RENEW_MS = 2000;
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const wall = document.querySelector("[data-wall]");
const big = document.querySelector("[data-big]");
const shown = new Set(); // tiles in view
const lines = new Map(); // source -> Watcher
let chosen = null; // the tile in the big view

const tiles = () => [...wall.querySelectorAll("[data-tile]")];
const isLive = (tile) => tile.dataset.tile !== "0" && tile.dataset.state !== "off";

// ---- which pictures come -------------------------------------------------------------------------
// The chosen one, then those in view in their order.
function review() {
	const wanted = tiles().filter((tile) => isLive(tile) && (tile === chosen || shown.has(tile)))
		.sort((a, b) => (b === chosen) - (a === chosen)).slice(0, PICTURES_MOST);
	const sources = new Set(wanted.map((tile) => tile.dataset.tile));
	for (const [source, line] of lines) {
		if (sources.has(source)) continue;
		line.end();
		lines.delete(source);
	}
	for (const tile of wanted) if (!lines.has(tile.dataset.tile)) watch(tile);
}

function watch(tile) {
	const note = tile.querySelector("[data-tile-note]");
	const line = new Watcher(wall.dataset.csrf, tile.dataset.tile, tile.querySelector("video"), {}, (state) => {
		note.textContent = state === "no_picture" ? wall.dataset.thrift : "";
		if (state === "up" && tile === chosen) mirror();
	});
	lines.set(tile.dataset.tile, line);
	line.begin();
}

const eye = new IntersectionObserver((entries) => {
	for (const { target, isIntersecting } of entries) shown[isIntersecting ? "add" : "delete"](target);
	review();
});

// ---- states: the same page once more; what is new in it comes in ---------------------------------
async function renew() {
	try {
		const { fine, page } = await newest(location.pathname);
		const fresh = page.querySelectorAll("[data-tile]");
		if (!fine || !page.querySelector("[data-wall]")) {
			location.reload();
			return;
		}
		take([...fresh]);
		delete document.body.dataset.stale;
	} catch {
		document.body.dataset.stale = "";
	}
	soon(renew, RENEW_MS);
}

function take(fresh) {
	const here = new Map(tiles().map((tile) => [tile.id, tile]));
	for (const tile of fresh) {
		const old = here.get(tile.id);
		here.delete(tile.id);
		if (!old) {
			wall.append(document.importNode(tile.closest("li"), true));
			eye.observe(document.getElementById(tile.id));
			continue;
		}
		if (old.dataset.tile === tile.dataset.tile && old.dataset.state === tile.dataset.state) continue;
		old.dataset.tile = tile.dataset.tile;
		old.dataset.state = tile.dataset.state;
		old.setAttribute("aria-label", tile.getAttribute("aria-label"));
		old.querySelector("[data-tile-state]").textContent = tile.querySelector("[data-tile-state]").textContent;
	}
	for (const gone of here.values()) gone.closest("li").remove();
	sayMissing();
	review();
}

// How many are not recorded; told when it changes.
function sayMissing() {
	const missing = tiles().filter(({ dataset }) => dataset.state !== "recorded").length;
	const text = missing ? wall.dataset.missing.replace("#", missing) : wall.dataset.whole;
	const status = document.querySelector("[data-wall-status]");
	if (status.textContent !== text) status.textContent = text;
}

// ---- one tile large, with its sound -----------------------------------------------------------------
function mirror() {
	const video = big.querySelector("video");
	const source = chosen?.querySelector("video");
	if (!source || video.srcObject === source.srcObject) return;
	video.srcObject = source.srcObject;
	video.play().catch(() => {});
}

function open(tile) {
	chosen = tile;
	big.querySelector("[data-big-name]").textContent = tile.querySelector("[data-tile-name]").textContent;
	big.showModal();
	review();
	mirror();
}

big.addEventListener("close", () => {
	const tile = chosen;
	chosen = null;
	big.querySelector("video").srcObject = null;
	review();
	tile?.focus();
});
wall.addEventListener("click", (event) => {
	const tile = event.target.closest("[data-tile]");
	if (tile) open(tile);
});
wall.addEventListener("keydown", (event) => {
	const step = STEPS[event.key];
	const all = tiles();
	const at = all.indexOf(event.target);
	if (!step || at < 0) return;
	event.preventDefault();
	all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
});

// ---- talking: a button that is held, or the space bar ------------------------------------------------
function talkOver(root) {
	const hold = root.querySelector("[data-talk-hold]");
	const open = root.querySelector("[data-talk-open]");
	const status = root.querySelector("[data-talk-status]");
	const say = (name) => { status.textContent = root.querySelector(`[data-say="${name}"]`).textContent; };
	let track;

	const speak = (on) => {
		if (!track || track.enabled === on) return;
		track.enabled = on;
		hold.setAttribute("aria-pressed", String(on));
	};
	open.addEventListener("click", async () => {
		const { stream, fault } = await openDevices({ camera: false });
		if (!stream) {
			say(fault);
			return;
		}
		const answer = await new Link(location.pathname.replace(/\/wall$/, ""), wall.dataset.csrf).post("/talk", {});
		if (!answer.ok) {
			say("denied");
			return;
		}
		[track] = stream.getAudioTracks();
		track.enabled = false;
		open.hidden = true;
		hold.hidden = false;
		new Sender(wall.dataset.csrf, answer.body.source, stream, (state) => {
			hold.disabled = state !== "up";
			say(state);
		}).begin();
	});
	hold.addEventListener("pointerdown", () => speak(true));
	for (const event of ["pointerup", "pointercancel", "pointerleave"]) hold.addEventListener(event, () => speak(false));
	const isOurs = ({ code, target }) => code === "Space" && (target === hold || target === document.body);
	addEventListener("keydown", (event) => {
		if (!track || !isOurs(event)) return;
		event.preventDefault();
		speak(true);
	});
	addEventListener("keyup", (event) => { if (isOurs(event)) speak(false); });
	addEventListener("blur", () => speak(false));
}

for (const tile of tiles()) eye.observe(tile);
for (const root of document.querySelectorAll("[data-talk]")) talkOver(root);
sayMissing();
soon(renew, RENEW_MS);
