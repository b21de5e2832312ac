// Every page of the demonstration midway, as it looks: at 390, 768 and 1280 wide nothing goes sideways,
// no control covers another, no text is cut, nothing moves while it loads; and a thumbnail of it is
// close to the one that is kept (visual.json).
//
//   UPDATE=1 node --test test/browser/visual.test.mjs      keeps how the pages look now
//   SHOTS=dir node --test test/browser/visual.test.mjs     pictures of all of them, light and dark
//
// A thumbnail is 32 by 32 greys of 16 steps, made by the browser itself: fonts and times move a pixel
// and nothing of it, a page without its styles or half of it moves most.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { shot } from "./harness.mjs";
import { startMidway } from "./midway.mjs";
import { elsewhere, pages } from "./pages.mjs";

const WIDTHS = [390, 768, 1280];
const SIDE = 32;
const MOST = 0.06; // of its cells may be otherwise
const kept = join(dirname(fileURLToPath(import.meta.url)), "visual.json");
const known = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
const found = {};
let world;
let easel; // a page that makes thumbnails
before(async () => {
	world = await startMidway();
	easel = await (await world.browser.newContext()).newPage();
});
after(async () => {
	if (process.env.UPDATE) writeFileSync(kept, `${JSON.stringify(found, Object.keys(found).sort(), 0)
		.replaceAll('","', '",\n"')}\n`);
	await world.stop();
});

const fill = (path) => path.replace(/:([a-z]+)/g, (_, name) => world.midway[name]);

// What is wrong with the layout of the page as it stands.  Runs in the page.
function faultsOf() {
	const faults = [];
	const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 110)}`);
	const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
	const root = document.documentElement;
	if (root.scrollWidth > innerWidth + 0.5) {
		const within = (e) => { // what scrolls by itself does not widen the page
			for (let up = e.parentElement; up; up = up.parentElement)
				if (getComputedStyle(up).overflowX !== "visible" && up !== document.body && up !== root) return true;
			return false;
		};
		const wide = [...document.querySelectorAll("body *")].find((e) =>
			e.getBoundingClientRect().right > innerWidth + 0.5 && seen(e) && !within(e));
		say(`${root.scrollWidth} wide`, wide ?? root);
	}
	for (const e of document.querySelectorAll("body *")) {
		const style = getComputedStyle(e);
		if (!/hidden|clip/.test(style.overflowX) || e.clientWidth <= 1 || !seen(e) || e.closest("svg")) continue;
		if (e.scrollWidth > e.clientWidth + 1 && /\S/.test(e.textContent)) say("cut", e);
	}
	const sticks = (e) => e && (getComputedStyle(e).position === "sticky" || sticks(e.parentElement));
	// Controls by their lines: a link of two lines is not the box around both.
	const rects = [...document.querySelectorAll(":is(header, nav, main, footer) :is(a[href], button, input:not([type=hidden]), select, textarea, summary)")]
		.filter((e) => seen(e) && !e.closest("dialog, .skip, .menu-panel") && e.tabIndex >= 0)
		.flatMap((e) => [...e.getClientRects()].filter((r) => r.width > 2 && r.height > 2).map((r) => ({ e, r })))
		.sort((a, b) => a.r.top - b.r.top);
	for (let i = 0; i < rects.length; i++)
		for (let k = i + 1; k < rects.length && rects[k].r.top < rects[i].r.bottom - 2; k++) {
			const [a, b] = [rects[i], rects[k]];
			if (a.e.contains(b.e) || b.e.contains(a.e)) continue;
			const width = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
			const height = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
			if (width > 2 && height > 2 && !sticks(a.e) && !sticks(b.e)) say("covered", b.e);
		}
	return [...new Set(faults)];
}

// What has moved since the page came, told by the browser (layout instability).
const watchShifts = () => {
	window.shifts = [];
	new PerformanceObserver((list) => {
		// while a long page still arrives its tables find their widths: that is no script's doing
		const whole = performance.getEntriesByType("navigation")[0].domInteractive;
		for (const entry of list.getEntries().filter((one) => whole > 0 && one.startTime >= whole))
			for (const source of entry.sources)
				window.shifts.push(`${entry.value.toFixed(4)} ${source.node?.outerHTML?.slice(0, 90) ?? source.node?.textContent}`);
	}).observe({ type: "layout-shift", buffered: true });
};

// Greys of a picture, a digit each.
const thumbnail = (png) => easel.evaluate(async ([data, side]) => {
	const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
	const canvas = new OffscreenCanvas(side, side);
	const pen = canvas.getContext("2d", { willReadFrequently: true });
	pen.imageSmoothingQuality = "high";
	// in halves, so that every pixel counts
	let from = picture;
	while (from.width > 2 * side || from.height > 2 * side) {
		const half = new OffscreenCanvas(Math.max(side, from.width >> 1), Math.max(side, from.height >> 1));
		half.getContext("2d").drawImage(from, 0, 0, half.width, half.height);
		from = half;
	}
	pen.drawImage(from, 0, 0, side, side);
	const { data: pixels } = pen.getImageData(0, 0, side, side);
	let text = "";
	for (let i = 0; i < pixels.length; i += 4)
		text += Math.round((0.3 * pixels[i] + 0.59 * pixels[i + 1] + 0.11 * pixels[i + 2]) / 17).toString(16);
	return text;
}, [png.toString("base64"), SIDE]);

// Which part of the cells is of another grey.  Measured: the same page on another day 2.5 % at most (hashes
// and times), any two different pages of one width and theme 11 % at least.
function distance(a, b) {
	let other = 0;
	for (let i = 0; i < SIDE * SIDE; i++) other += a[i] === b[i] ? 0 : 1;
	return other / SIDE / SIDE;
}

// Opens it; what moved.  On a busy machine a page may be painted before it is whole: what a page does by
// itself it does each time.
async function open(page, path) {
	let moved = [];
	for (let tries = 0; tries < 3; tries++) {
		const answer = await page.goto(world.url(path), { waitUntil: "load" });
		if (answer.status() !== 200) return [`answers ${answer.status()}`];
		await page.waitForTimeout(50);
		moved = await page.evaluate(() => window.shifts);
		if (moved.length === 0) break;
	}
	return moved.map((shift) => `moves ${shift}`);
}

async function lookAt(who, name, path, turn) {
	const { page } = who;
	await page.setViewportSize({ width: WIDTHS[0], height: 844 });
	const faults = (await open(page, path)).map((fault) => `${name}: ${fault}`);
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: 844 });
		for (const fault of await page.evaluate(faultsOf)) faults.push(`${name} at ${width}: ${fault}`);
		if (!process.env.SHOTS) continue;
		await shot(page, `visual-${name.replace(/\W+/g, "_")}-${width}`);
		await page.emulateMedia({ colorScheme: "dark" });
		await shot(page, `visual-${name.replace(/\W+/g, "_")}-${width}-dark`);
		await page.emulateMedia({ colorScheme: "light" });
	}
	// by turns on the desk in the light and on the phone in the dark
	const dark = turn % 2 === 1;
	await page.setViewportSize({ width: WIDTHS[dark ? 0 : 2], height: 844 });
	await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
	found[name] = await thumbnail(await page.screenshot({ animations: "disabled" }));
	await page.emulateMedia({ colorScheme: "light" });
	if (!process.env.UPDATE) {
		const off = known[name] ? distance(found[name], known[name]) : 1;
		if (off > MOST)
			faults.push(`${name} looks otherwise (${(off * 100).toFixed(0)} % of it): if that is meant, UPDATE=1 node --test test/browser/visual.test.mjs`);
	}
	return faults;
}

for (const [turn, [key, ...paths]] of pages.entries()) {
	const language = turn % 2 ? "ru" : "kk";
	test(`how the pages of ${key} look (${language})`, { timeout: 300000 }, async () => {
		const who = key === "visitor" ? await world.visitor(language) : await world.signIn(key, language);
		await who.page.addInitScript(watchShifts);
		const faults = [];
		for (const [at, path] of paths.entries())
			faults.push(...await lookAt(who, `${key} ${path}`, fill(path), at));
		assert.deepEqual(faults, []);
		await who.context.close();
	});
}

test("every page of the route table is looked at, here or elsewhere", async () => {
	const admin = await world.signIn("admin", "ru");
	const answer = await admin.page.request.get(world.url("/help/routes"), { headers: { accept: "application/json" } });
	const { routes } = await answer.json();
	const shapes = pages.flatMap(([, ...paths]) => paths).map((path) => path.split("/"));
	// "/competitions/:competition" is what "/competitions/1" is of
	const isOf = (route) => shapes.some((shape) => shape.length === route.length &&
		route.every((part, at) => part === shape[at] || (part.startsWith(":") && (/^\d+$/.test(shape[at]) || /^[:\w]+$/.test(shape[at])))));
	const missing = routes.filter((r) => r.method === "GET").map((r) => r.path)
		.filter((path) => !isOf(path.split("/")) && !elsewhere.some(([pattern]) => pattern.test(path)));
	assert.deepEqual(missing, []);
	await admin.context.close();
});
