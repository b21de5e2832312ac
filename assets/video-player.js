// video-player.js - a record of many films on one time axis, with what happened beside it (F72, F73).
//
// Time is milliseconds since the beginning of the record, by the service's clock.  Two <video>
// elements take turns: while one plays, the other loads the film that follows.

const BEFORE_MS = 3000; // an event is shown with what came before it
const LEAST_PAUSE_MS = 2000;
const DAY_S = 86400;

const root = document.querySelector("[data-player]");
const stage = root?.querySelector("[data-stage]");

const parts = [...root?.querySelectorAll("[data-film]") ?? []].map((item) => ({
	from: Number(item.dataset.offset),
	length: Number(item.dataset.length),
	film: item.dataset.film,
	picture: "picture" in item.dataset,
}));
const events = [...root?.querySelectorAll("[data-events] > li") ?? []].map((item) => ({
	item, at: Number(item.dataset.offset), link: item.querySelector("a"),
}));

// ---- words ------------------------------------------------------------------------------------
const two = (n) => String(n).padStart(2, "0");
function clock(ms) {
	const s = (Number(root.dataset.clock) + Math.floor(ms / 1000)) % DAY_S;
	return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
const length = (ms) => `${Math.floor(ms / 60000)}:${two(Math.round(ms / 1000) % 60)}`;

// ---- the films ----------------------------------------------------------------------------------
class Player {
	#screens = [0, 1].map(() => {
		const video = document.createElement("video");
		video.playsInline = true;
		video.preload = "auto";
		video.tabIndex = -1;
		video.hidden = true;
		return video;
	});
	#part = -1; // shown now
	#wanted = 0; // where the person has gone, until the film is there
	#rate = 1;
	#told = () => {};
	playing = false;

	constructor(place, told) {
		this.#told = told;
		for (const video of this.#screens) {
			place.append(video);
			video.addEventListener("timeupdate", () => { if (video === this.#now) this.#told("time"); });
			video.addEventListener("ended", () => { if (video === this.#now) this.#next(); });
			video.addEventListener("error", () => { if (video === this.#now) this.#fail(); });
		}
	}

	get #now() { return this.#screens[0]; }
	get part() { return parts[this.#part]; }
	get ms() {
		const video = this.#now;
		return this.part && video.readyState > 0 && this.#wanted === null
			? this.part.from + video.currentTime * 1000 : this.#wanted ?? this.part?.from ?? 0;
	}

	#fail() {
		this.playing = false;
		this.#told("failed");
	}

	#load(video, part) {
		if (video.dataset.film === part.film) return;
		video.dataset.film = part.film;
		video.src = part.film;
		video.load();
	}

	// Shows part `index` from `ms` of the record on.
	#show(index, ms) {
		const part = parts[index];
		if (this.#screens[1].dataset.film === part.film) this.#screens.reverse();
		const [video, other] = this.#screens;
		other.pause();
		other.hidden = true;
		this.#load(video, part);
		video.hidden = false;
		video.playbackRate = this.#rate;
		this.#part = index;
		this.#wanted = ms;
		const go = () => {
			if (this.part !== part) return;
			const last = Number.isFinite(video.duration) ? video.duration : part.length / 1000;
			video.currentTime = Math.min(Math.max(0, (ms - part.from) / 1000), Math.max(0, last - 0.05));
			video.playbackRate = this.#rate;
			this.#wanted = null;
			if (this.playing) video.play().catch((why) => { if (why.name !== "AbortError") this.#fail(); });
			if (index + 1 < parts.length) this.#load(other, parts[index + 1]);
		};
		if (video.readyState >= HTMLMediaElement.HAVE_METADATA) go();
		else video.addEventListener("loadedmetadata", go, { once: true });
		this.#told("part");
	}

	#next() {
		const before = this.part;
		if (this.#part + 1 >= parts.length) {
			this.playing = false;
			this.#told("over");
			return;
		}
		const pause = parts[this.#part + 1].from - before.from - before.length;
		this.#show(this.#part + 1, parts[this.#part + 1].from);
		if (pause > LEAST_PAUSE_MS) this.#told("pause", pause);
	}

	// The film that has this moment; in a pause the one after it.
	seek(ms) {
		let index = parts.findIndex((part) => ms < part.from + part.length);
		if (index < 0) index = parts.length - 1;
		this.#show(index, Math.max(ms, parts[index].from));
		this.#told("time");
	}

	play() {
		this.playing = true;
		this.seek(this.ms >= parts.at(-1).from + parts.at(-1).length - 100 ? 0 : this.ms);
	}

	pause() {
		this.playing = false;
		this.#now.pause();
		this.#told("time");
	}

	set rate(rate) {
		this.#rate = rate;
		for (const video of this.#screens) video.playbackRate = rate;
	}
}

// ---- the page -------------------------------------------------------------------------------------
const find = (name) => stage.querySelector(`[data-${name}]`);

function drawTrack(track, whole) {
	const put = (name, from, size) => {
		const mark = document.createElement("span");
		mark.className = name;
		mark.style.left = `${100 * from / whole}%`;
		if (size !== null) mark.style.width = `${100 * size / whole}%`;
		track.append(mark);
	};
	for (const part of parts) put("record-has", part.from, part.length);
	for (const event of events.filter((event) => event.link))
		put(`record-tick record-tick-${event.item.dataset.group}`, event.at, null);
}

function begin() {
	const bar = find("seek-bar");
	const status = find("status");
	const whole = Math.max(1, Number(root.dataset.length));
	let current = null;

	const player = new Player(find("screen"), (what, ms) => {
		if (what === "failed") status.textContent = root.dataset.failed;
		if (what === "over") status.textContent = root.dataset.over;
		if (what === "pause") status.textContent = `${root.dataset.gap} ${length(ms)}`;
		if (what === "part") find("sound-only").hidden = player.part.picture;
		show();
	});

	function show() {
		const at = player.ms;
		bar.value = String(Math.floor(at / 1000));
		bar.setAttribute("aria-valuetext", clock(at));
		find("now").value = clock(at);
		for (const icon of stage.querySelectorAll("[data-when]"))
			icon.hidden = (icon.dataset.when === "playing") !== player.playing;
		mark(events.findLast((event) => event.link && !event.item.hidden && event.at <= at + 250) ?? null);
	}

	// The event that is on the screen; the list follows it while nobody reads elsewhere in it.
	function mark(event) {
		if (event === current) return;
		current?.link.removeAttribute("aria-current");
		current = event;
		event?.link.setAttribute("aria-current", "true");
		const list = event?.item.parentElement;
		if (player.playing && list && !list.contains(document.activeElement))
			list.scrollTop = event.item.offsetTop - list.offsetTop - list.clientHeight / 3;
	}

	function goTo(event) {
		status.textContent = "";
		player.playing = true;
		player.seek(Math.max(0, event.at - BEFORE_MS));
		fillExcerpt(event.at);
		history.replaceState(null, "", event.link.href);
	}

	// What is cut out is around what was chosen, until somebody has typed a time.
	const excerpt = document.querySelector("[data-excerpt]");
	excerpt?.addEventListener("input", () => { excerpt.dataset.typed = ""; });
	function fillExcerpt(at) {
		if (!excerpt || "typed" in excerpt.dataset) return;
		const around = Number(excerpt.dataset.excerpt);
		excerpt.elements.from.value = clock(Math.max(0, at - around));
		excerpt.elements.until.value = clock(Math.min(whole, at + around));
	}

	const step = (seconds) => player.seek(Math.min(whole, Math.max(0, player.ms + seconds * 1000)));
	// Backwards from where the event itself began to be shown, so that twice back is two events.
	function other(way) {
		const shown = events.filter((event) => event.link && !event.item.hidden);
		const at = player.ms + BEFORE_MS;
		const event = way > 0 ? shown.find((one) => one.at > at + 250)
			: shown.findLast((one) => one.at < at - 250);
		if (event) goTo(event);
	}
	const toggle = () => {
		status.textContent = "";
		if (player.playing) player.pause();
		else player.play();
	};

	for (const event of events.filter((one) => one.link))
		event.link.addEventListener("click", (click) => {
			if (click.ctrlKey || click.metaKey || click.shiftKey) return;
			click.preventDefault();
			goTo(event);
		});
	find("play").addEventListener("click", toggle);
	for (const button of stage.querySelectorAll("[data-step]"))
		button.addEventListener("click", () => step(Number(button.dataset.step)));
	for (const button of stage.querySelectorAll("[data-event]"))
		button.addEventListener("click", () => other(Number(button.dataset.event)));
	find("speed").addEventListener("change", (change) => { player.rate = Number(change.target.value); });
	bar.max = String(Math.floor(whole / 1000));
	bar.addEventListener("input", () => player.seek(Number(bar.value) * 1000));
	find("screen").addEventListener("click", toggle);

	const keys = {
		" ": toggle, ArrowLeft: () => step(-5), ArrowRight: () => step(5),
		n: () => other(1), p: () => other(-1), т: () => other(1), з: () => other(-1),
	};
	document.addEventListener("keydown", (down) => {
		const to = down.target;
		const typing = to.matches("input:not([type=range]), textarea, select, [contenteditable]");
		const pressing = down.key === " " && to.closest("button, a, summary, label");
		const key = keys[down.key.length === 1 ? down.key.toLowerCase() : down.key];
		if (!key || typing || pressing || down.ctrlKey || down.altKey || down.metaKey) return;
		down.preventDefault();
		key();
	});

	drawTrack(find("track"), whole);
	stage.hidden = false;
	player.seek(Number(root.dataset.at) * 1000);
	fillExcerpt(Number(root.dataset.at) * 1000);
}

function beginFilter() {
	const filter = root.querySelector("[data-filter]");
	filter.hidden = false;
	filter.addEventListener("change", () => {
		for (const { item } of events)
			item.hidden = filter.value !== "" && item.dataset.group !== filter.value;
	});
}

if (root) beginFilter();
if (stage && parts.length > 0) begin();
