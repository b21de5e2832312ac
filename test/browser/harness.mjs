// harness.mjs - a real server on a database of its own, and a real Chromium in front of it.
//
//   const world = await startWorld();           // fresh demonstration, free port
//   const hr = await world.signIn("hr1", "kk");  // a browser context of its own
//   await hr.page.goto(world.url("/competitions"));
//   await world.stop();
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const konkurs = process.env.KONKURS ?? join(root, "build", "src", "konkurs");
const demo = JSON.parse(readFileSync(join(root, "sample", "demo.json"), "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// All that WCAG 2.2 AA asks and what is good practice, in the theme as it stands; contrast once more in the
// other one.  Of what passes one node a rule is enough, of what does not each.
const axeRuns = [
	{ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] },
	{ runOnly: { type: "rule", values: ["color-contrast"] }, resultTypes: ["violations"] },
];
const sessions = new WeakMap();

export const person = (key) => {
	const found = demo.people.find((p) => p.key === key);
	assert.ok(found, `no demonstration person ${key}`);
	return found;
};
export const password = demo.password;

// Below the ports that connections take for themselves: it stays free while a killed server is
// away, however often its pages try to reach it.
export function freePort(tries = 50) {
	return new Promise((resolve, reject) => {
		const port = randomInt(20000, 32000);
		const probe = createServer();
		probe.on("error", (e) => tries > 0 ? freePort(tries - 1).then(resolve, reject) : reject(e));
		probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(port)));
	});
}

async function answers(url, child) {
	for (let i = 0; i < 200; i++) {
		assert.equal(child.exitCode, null, "the server ended");
		try {
			if ((await fetch(url)).ok) return;
		} catch {
			// not listening yet
		}
		await new Promise((r) => setTimeout(r, 50));
	}
	throw new Error("the server does not answer");
}

// A browser without any wish to talk to the world: Debian's Chromium without the window around the page,
// which costs as much again as the page.  The kiosk's test takes the whole one (test/packaging).
export const browserOptions = {
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

// Where a world's database is: a file below its folder or, with KONKURS_TEST_DB, one of its own on that
// PostgreSQL server (script/postgres).  `words` are what the program is told of it.
function place(folder) {
	const server = process.env.KONKURS_TEST_DB;
	const key = join(folder, "demo.db.key"); // where programs look that are told of a file alone
	if (!server) {
		const db = join(folder, "demo.db");
		return { db, key, server: false, words: ["--db", db, "--key", key], remove() {} };
	}
	const name = `browser_${process.pid}_${randomInt(1e9)}`;
	const psql = (text) => execFileSync("psql", [server, "-q", "-c", text], { stdio: "pipe" });
	psql(`CREATE DATABASE ${name}`);
	const db = server.replace(/(:\/\/[^/?]*)\/?[^?]*/, `$1/${name}`);
	return { db, key, server: true, words: ["--db", db, "--key", key],
		remove() { psql(`DROP DATABASE ${name} WITH (FORCE)`); } };
}

// `konkurs serve` over that database, at an address of its own; start() and kill() it as often as wanted.
export async function openNode(words, more = []) {
	const port = await freePort();
	const base = `http://127.0.0.1:${port}`;
	const node = {
		port, child: null, log: "",
		url: (path) => base + path,

		async start({ at } = {}) {
			const args = ["serve", ...words, "--listen", `127.0.0.1:${port}`, ...more];
			node.child = spawn(konkurs, at ? [...args, "--now", at] : args, { stdio: ["ignore", "ignore", "pipe"] });
			node.child.stderr.on("data", (text) => { node.log += text; });
			await answers(`${base}/healthz`, node.child);
		},

		// Ends it at once, as a power cut would.
		async kill(signal = "SIGKILL") {
			if (!node.child || node.child.exitCode !== null || node.child.signalCode !== null) return;
			const ended = new Promise((r) => node.child.once("exit", r));
			node.child.kill(signal);
			await ended;
		},
	};
	return node;
}

const localeOf = (language) => language === "kk" ? "kk-KZ" : "ru-RU";

// What else runs shares the processors.  Nothing glides: a click that has to scroll would wait a second
// for it.
async function openContext(browser, options) {
	const context = await browser.newContext({ reducedMotion: "reduce", ...options });
	context.setDefaultTimeout(90_000);
	return context;
}

// Somebody in front of a page of their own; what its scripts complain of is kept.
async function watch(context, key, language) {
	const page = context.pages()[0] ?? await context.newPage();
	const broken = [];
	page.on("pageerror", (e) => broken.push(String(e)));
	page.on("console", (m) => { if (/Content Security Policy/.test(m.text())) broken.push(m.text()); });
	return { context, page, broken, key, language };
}

// `taken` is a database that is there already: a hall node's.  `more` adds to the demonstration before the server starts, and is told its key; `sealed: false` leaves its bank without a
// ceremony, for tests that write forms directly; `chromium` and `serve` are arguments more of both; `ncalayer` is the address of its double, `accepts` the
// key of a certificate that the browser takes though no authority of it has signed it (tls.mjs).
export async function startWorld({ now, more, ncalayer, accepts, taken, sealed = true, chromium: flags = [], serve = [] } = {}) {
	const folder = mkdtempSync(join(tmpdir(), "konkurs-browser-"));
	const { db, key, server, words, remove } = taken ? { db: taken, server: false, words: ["--db", taken], remove() {} } : place(folder);
	const clock = now ? ["--now", now] : [];
	if (!taken) execFileSync(konkurs, ["demo", ...words, ...clock, ...(sealed ? [] : ["--unsealed"])], { stdio: "pipe" });
	more?.(db, key);
	const node = await openNode(words, [...(ncalayer ? ["--ncalayer", ncalayer] : []), ...serve]);
	const base = node.url("");
	const browser = await chromium.launch({ ...browserOptions, args: [...browserOptions.args, ...flags,
		...(accepts ? [`--ignore-certificate-errors-spki-list=${accepts}`] : [])] });
	const world = {
		db, server, words, folder, browser, port: node.port, url: node.url, kill: () => node.kill(),
		get log() { return node.log; },
		start: ({ at = now } = {}) => node.start({ at }),

		// Beside the running server: everything that can be checked agrees (F88), a copy can be restored
		// (F91), and whatever is doctored in this world is found.
		audit() {
			const run = (...words) => execFileSync(konkurs, words, { encoding: "utf8", stdio: "pipe" });
			const verified = JSON.parse(run("verify", "--db", db, "--json"));
			const copies = join(folder, "copies");
			mkdirSync(copies, { recursive: true });
			const work = server ? ["--work", folder] : []; // beside a file by itself
			run("backup", "--db", db, "--to", copies, ...work);
			run("restore", "--check", "--from", copies, "--db", db, ...work);
			const drill = JSON.parse(run("drill", ...words, "--json", ...work));
			return { verified, drill };
		},

		// A browser context of its own, signed in, in the given language.
		async signIn(key, language, options = {}) {
			const context = await openContext(browser, { locale: localeOf(language),
				acceptDownloads: true, ...options });
			await context.addCookies([{ name: "konkurs_language", value: language, url: base }]);
			const who = await watch(context, key, language);
			await world.enter(who);
			return who;
		},

		// The same for somebody who is none of the demonstration's people.
		async signInWith(account, key, language) {
			const context = await openContext(browser, { locale: localeOf(language) });
			await context.addCookies([{ name: "konkurs_language", value: language, url: base }]);
			const who = await watch(context, key, language);
			await world.enter(who, account);
			return who;
		},

		async enter({ page, key }, account = { iin: person(key)?.iin, password }) {
			await page.goto(base + "/sign-in");
			await page.fill("[name=iin]", account.iin);
			await page.fill("[name=password]", account.password);
			await Promise.all([page.waitForURL((u) => !u.pathname.startsWith("/sign-in")),
				page.click("form[action^='/sign-in'] button[type=submit]")]);
		},

		// A browser that keeps what pages store in `folder` when it ends; nobody is signed in.
		async openProfile(folder, key, language) {
			const context = await chromium.launchPersistentContext(folder,
				{ ...browserOptions, locale: localeOf(language) });
			await context.addCookies([{ name: "konkurs_language", value: language, url: base }]);
			return watch(context, key, language);
		},

		// Somebody who is not signed in.
		async visitor(language) {
			const context = await openContext(browser, { locale: localeOf(language) });
			await context.addCookies([{ name: "konkurs_language", value: language, url: base }]);
			return { context, page: await context.newPage(), broken: [], key: "visitor", language };
		},

		async stop() {
			await browser.close();
			await node.kill("SIGTERM");
			remove();
			rmSync(folder, { recursive: true, force: true });
		},
	};
	await world.start();
	return world;
}

// What axe judges of a page, without its words and without the like of a row again: elements and their
// attributes, what is empty, what is switched on, what names something that is not there; and how the
// page is shown.  Runs in the page.
function shapeOf() {
	const words = /^(href|action|value|title|alt|placeholder|content|datetime|src|aria-label)$/;
	const names = /^(for|list|aria-(controls|describedby|labelledby|owns))$/;
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	const attribute = ({ name, value }) => [name, words.test(name) ? /\S/.test(value) :
		names.test(name) ? value.split(" ").map((id) => ids.includes(id)) : value.replace(/[0-9]+/g, "0")];
	const shape = (node) => {
		if (node.nodeType === Node.TEXT_NODE) return /\S/.test(node.data) ? "text" : "";
		if (node.nodeType !== Node.ELEMENT_NODE) return "";
		const within = [...node.childNodes].map(shape).filter(Boolean);
		const own = [node.tagName, ...[...node.attributes].map(attribute), node.disabled, node.checked,
			node.selected].join(" ");
		return `(${own}${within.filter((one, at) => one !== within[at - 1]).join("")})`;
	};
	return [innerWidth, innerHeight, matchMedia("(prefers-color-scheme: dark)").matches,
		ids.length - new Set(ids).size, shape(document.documentElement)].join();
}

// Light becomes dark and the other way.  Runs in the page.
function otherTheme() {
	const root = document.documentElement;
	root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
}

// What axe has seen without a finding: by this file, and in AXE_SEEN by those before it.
const seen = new Set();
const shared = (shape) => process.env.AXE_SEEN && join(process.env.AXE_SEEN, shape);
const known = (shape) => seen.has(shape) || (shared(shape) && existsSync(shared(shape)));
function remember(shape) {
	seen.add(shape);
	if (shared(shape)) writeFileSync(shared(shape), "");
}

// Runs axe on the page as it stands; any finding fails the test.  A page that differs
// in nothing but its words from one that axe has seen, in this language, is not looked at again.  By
// the protocol itself: playwright would parse half a megabyte of axe twice for each page, and write
// all that passed into the answer.
export async function expectAccessible(page, name) {
	let session = sessions.get(page);
	if (!session) sessions.set(page, session = await page.context().newCDPSession(page));
	const evaluate = async (expression) => {
		const { result, exceptionDetails } = await session.send("Runtime.evaluate",
			{ expression, awaitPromise: true, returnByValue: true });
		assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
		return result.value;
	};
	const shape = createHash("sha256").update(await evaluate(`(${shapeOf})()`)).digest("hex");
	if (known(shape)) return;
	await evaluate(`${axeSource}; null`);
	// paper is light whatever the theme is (assets/theme.js)
	const runs = await evaluate('matchMedia("print").matches') ? axeRuns.slice(0, 1) : axeRuns;
	for (const [at, options] of runs.entries()) {
		if (at > 0) await evaluate(`(${otherTheme})()`);
		const { ran, found } = await evaluate(`axe.run(document, ${JSON.stringify(options)}).then((r) => ({
			ran: r.passes.length,
			found: r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html + " " + n.any.map((a) => a.message)).join(" | ")) }))`);
		if (at > 0) await evaluate(`(${otherTheme})()`);
		assert.ok(at > 0 || ran > 0, "axe has looked at the page");
		assert.deepEqual(found.map((what) => `${name}${at > 0 ? " (other theme)" : ""}: ${what}`), []);
	}
	remember(shape);
}

// Presses the button of a form, says yes where the page asks, and waits for the page that comes then: a context that is
// closed before takes the request with it.  The status the server gave.
export async function press(page, button) {
	const asks = await button.getAttribute("data-confirm") !== null;
	const [, answer] = await Promise.all([
		page.waitForNavigation(),
		page.waitForResponse((r) => r.request().method() === "POST" && r.request().isNavigationRequest()),
		button.click().then(() => asks
			&& page.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").first().click()),
	]);
	return answer.status();
}

// Keeps a picture when SHOTS names a folder.
export async function shot(page, name) {
	if (!process.env.SHOTS) return;
	mkdirSync(process.env.SHOTS, { recursive: true });
	await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

// A small, real PDF to upload.
export const pdf = (text) => ({
	name: `${text}.pdf`, mimeType: "application/pdf",
	buffer: Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n` +
		`2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%${text}\ntrailer<</Root 1 0 R>>\n%%EOF\n`),
});
