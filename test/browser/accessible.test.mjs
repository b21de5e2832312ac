// Every page that the demonstration has, as each role sees it: axe without a finding in both themes, nothing to be
// scrolled sideways at 320 CSS pixels (WCAG 1.4.10) or with wide spacing (1.4.12), nothing smaller than 24 pixels
// (2.5.8), and what has the focus shows it and is not behind anything (2.4.7, 2.4.11).  Help stands in the same place
// (3.2.6).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { look } from "./play.mjs";
import { startWorld } from "./harness.mjs";
import * as at from "./seat.mjs";

let world;
let routes;
before(async () => {
	world = await startWorld({ sealed: false });
	const sitting = at.openSitting(world);
	at.openSeat(world, sitting, "candidate1", { seat: 1 });
	const admin = await world.signIn("admin", "ru");
	const answer = await admin.page.request.get(world.url("/help/routes"), { headers: { accept: "application/json" } });
	routes = (await answer.json()).routes.filter((r) => r.method === "GET").map((r) => r.path);
	await admin.context.close();
});
after(async () => { await world.stop(); });

// Runs in the page.  Wider than the window: what does not scroll by itself.
const sideways = () => {
	const page = document.documentElement;
	if (page.scrollWidth <= innerWidth) return [];
	const wide = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() &&
		e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest(".table-responsive"));
	return [`${page.scrollWidth} wide: ${wide.at(-1)?.outerHTML.slice(0, 160)}`];
};

// As WCAG says it: 24 by 24, or alone within a circle of 24, or within a sentence, or a box with its label.
const small = () => {
	const controls = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
		.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.matches(".skip, .visually-hidden"));
	const boxes = controls.map((e) => e.getBoundingClientRect());
	const found = [];
	controls.forEach((control, i) => {
		const box = control.labels?.length ? control.labels[0].getBoundingClientRect() : boxes[i];
		if (Math.max(box.width, boxes[i].width) >= 23.9 && Math.max(box.height, boxes[i].height) >= 23.9) return;
		const parent = control.parentElement;
		const inline = control.tagName === "A" && getComputedStyle(control).display === "inline" &&
			[...parent.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && /\S/.test(n.data));
		const x = boxes[i].left + boxes[i].width / 2;
		const y = boxes[i].top + boxes[i].height / 2;
		const near = boxes.some((b, j) => j !== i && !control.contains(controls[j]) && !controls[j].contains(control) &&
			Math.hypot(x - Math.max(b.left, Math.min(x, b.right)), y - Math.max(b.top, Math.min(y, b.bottom))) < 12);
		if (!inline && near) found.push(`${Math.round(box.width)}x${Math.round(box.height)}: ${control.outerHTML.slice(0, 110)}`);
	});
	return found;
};

// Where Tab leads: seen, not covered, and marked.
async function walk(page) {
	const found = [];
	await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
	for (let i = 0; i < 40; i++) {
		await page.keyboard.press("Tab");
		const said = await page.evaluate(() => {
			const e = document.activeElement;
			if (!e || e === document.body) return "end";
			const box = e.getBoundingClientRect();
			const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
			const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
			const top = document.elementFromPoint(x, y);
			const label = e.closest("label") ?? e.labels?.[0];
			const style = getComputedStyle(e);
			const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
			const what = e.outerHTML.slice(0, 110);
			if (box.bottom < 0 || box.top > innerHeight) return `out of sight: ${what}`;
			if (!top || !(e.contains(top) || top.contains(e) || label?.contains(top))) return `covered: ${what}`;
			return marked ? "" : `no mark: ${what}`;
		});
		if (said === "end") break;
		if (said) found.push(said);
	}
	return found;
}

const spacing = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
	p { margin-bottom: 2em !important; }`;

async function judge(who, path) {
	const { page } = who;
	const faults = [];
	const add = (what, found) => faults.push(...found.map((one) => `${path}, ${what}: ${one}`));
	await page.setViewportSize({ width: 1280, height: 800 });
	add("small", await page.evaluate(small));
	add("focus", await walk(page));
	add("help", await page.evaluate(() => document.querySelector("footer nav a[href='/help/accessibility']") ? [] : ["no help"]));
	await page.setViewportSize({ width: 320, height: 640 });
	add("320", await page.evaluate(sideways));
	add("small at 320", await page.evaluate(small));
	const session = await page.context().newCDPSession(page); // a style of the reader's is above the policy of the page
	const { frameTree } = await session.send("Page.getFrameTree");
	await session.send("DOM.enable");
	await session.send("CSS.enable");
	const { styleSheetId } = await session.send("CSS.createStyleSheet", { frameId: frameTree.frame.id });
	await session.send("CSS.setStyleSheetText", { styleSheetId, text: spacing });
	add("spacing", await page.evaluate(sideways));
	await session.detach();
	await page.setViewportSize({ width: 1280, height: 800 });
	return faults;
}

const roles = ["visitor", "hr1", "candidate1", "operator", "security", "polygraph", "secretary", "member1", "author",
	"approver", "keeper1", "auditor", "admin"];
const judged = new Set();

for (const key of roles) {
	test(`what ${key} sees`, { timeout: 600000 }, async () => {
		const who = key === "visitor" ? await world.visitor("ru") : await world.signIn(key, "kk");
		const faults = [];
		for (const route of routes) {
			const path = route.replace(/:[a-z_]+/g, "1");
			if (judged.has(path) || /\.(json|txt|ics|csv|xlsx|html|pdf|py)$|^\/(live|metrics|readyz|healthz|feed|log|assets|verify\/)/.test(path)) continue;
			const head = await who.page.request.get(world.url(path), { headers: { accept: "text/html" }, maxRedirects: 0 });
			if (head.status() !== 200 || !/text\/html/.test(head.headers()["content-type"] ?? "")) continue;
			judged.add(path);
			await who.page.goto(world.url(path));
			await look(who, path).catch((e) => faults.push(String(e.message).slice(0, 900)));
			faults.push(...await judge(who, path));
		}
		assert.deepEqual(faults, [], key);
		await who.context.close();
	});
}

test("enough pages were looked at", () => assert.ok(judged.size > 60, `${judged.size} pages`));
