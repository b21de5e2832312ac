/* page.js - the page around the checks: three languages, files, pictures or a text, a verdict. */
import { Report } from "./check.js";
import { Unreadable, keyParse, utf8 } from "./format.js";
import { isPicture, readPicture } from "./picture.js";
import { checkBytes, checkFiles } from "./whole.js";

const words = JSON.parse(document.getElementById("words").textContent);
const at = (id) => document.getElementById(id);
const marks = { good: "\u2713", fact: "\u00b7", doubt: "?", bad: "\u2717" };
let language = ["kk", "ru"].find((l) => navigator.language.startsWith(l)) ?? "en";
let shown = null; /* the last result: said again when the language changes */

/* The words for what is told: kinds of entries, names in a content, and their values. */
const wordsFor = { kind: "verify.kind", name: "verify.value", value: "verify.word" };

function say(key, values = {}) {
	const all = words[language];
	return (all[key] ?? key).replace(/\{([a-z0-9_.]+)\}/g, (whole, name) => {
		const value = values[name];
		/* controls could change what stands there */
		const text = String(value ?? "").replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "");
		return all[`${wordsFor[name]}.${text}`] ?? text;
	});
}

function showResult() {
	const list = at("findings");
	list.replaceChildren();
	at("result").hidden = !shown;
	if (!shown)
		return;
	for (const f of shown.findings) {
		const item = document.createElement("li");
		const mark = document.createElement("span");
		item.className = f.found;
		mark.className = "mark";
		mark.textContent = marks[f.found];
		mark.setAttribute("role", "img");
		mark.setAttribute("aria-label", say(`verify.found.${f.found}`));
		item.append(mark, " ", say(f.key, f.values));
		list.append(item);
	}
	at("verdict").textContent = say(shown.verdict);
	at("verdict").className = shown.verdict === "verify.verdict.good" ? "good"
		: ["verify.verdict.own", "verify.verdict.part"].includes(shown.verdict) ? "doubt" : "bad";
}

function speak(chosen) {
	language = chosen;
	document.documentElement.lang = chosen;
	document.title = `${say("verify.page.title")} · Konkurs`;
	for (const element of document.querySelectorAll("[data-say]"))
		element.textContent = say(element.dataset.say);
	for (const button of document.querySelectorAll("[data-language]"))
		button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
	at("languages").setAttribute("aria-label", say("verify.page.language"));
	showResult();
}

/* ---- what was given -------------------------------------------------------------------------- */

async function bytesOf(file) {
	const bytes = new Uint8Array(await file.arrayBuffer());
	return isPicture(bytes, file.type) ? readPicture(bytes) : bytes;
}

/* A note ends in a line feed, which is easily lost where a text is copied. */
const bytesOfText = (text) => utf8(/\n\u2014 /.test(text) ? `${text.trim()}\n` : text);

/* A folder's files by their names below it. */
async function filesOf(list) {
	const files = new Map();
	for (const file of list)
		files.set(file.webkitRelativePath.replace(/^[^/]*\//, ""), new Uint8Array(await file.arrayBuffer()));
	return files;
}

const WITNESSES_MOST = 16, WITNESS = 4;

/* Whose word is taken (src/verify/check.h); null if a key is none, which is reported. */
async function readTrust(report) {
	const typed = at("key").value.trim(), pinned = typed ? await keyParse(typed) : null;
	const lines = at("witnesses").value.split("\n").map((line) => line.trim()).filter(Boolean);
	const witnesses = await Promise.all(lines.map((line) => keyParse(line, WITNESS)));
	const file = at("kept-file").files[0], text = at("kept-text").value;
	if (typed && !pinned)
		report.add("bad", "verify.key.malformed");
	if (witnesses.includes(null) || witnesses.length > WITNESSES_MOST)
		report.add("bad", "verify.witness.malformed");
	return report.bad > 0 ? null
		: { pinned, witnesses, kept: file ? await bytesOf(file) : text.trim() ? bytesOfText(text) : null };
}

/* ---- one after another ----------------------------------------------------------------------- */

/* Of several each has its name before what was found; one that cannot be read does not hide the others. */
async function runEach(report, files, trust) {
	for (const file of files) {
		if (files.length > 1)
			report.add("fact", "verify.case.receipt", { name: file.name });
		try {
			await checkBytes(report, await bytesOf(file), trust);
		} catch (why) {
			if (!(why instanceof Unreadable) || files.length === 1)
				throw why;
			report.add("bad", why.message);
		}
	}
}

async function check(report, chosen) {
	const trust = await readTrust(report);
	if (!trust)
		return;
	if (chosen.length > 0)
		await runEach(report, chosen, trust);
	else if (at("folder").files.length > 0)
		await checkFiles(report, await filesOf(at("folder").files), trust);
	else
		await checkBytes(report, bytesOfText(at("text").value), trust);
}

async function run(chosen) {
	const report = new Report();
	let verdict = null;
	at("result").setAttribute("aria-busy", "true");
	try {
		await check(report, chosen);
	} catch (why) {
		if (!(why instanceof Unreadable))
			throw why;
		verdict = why.message;
	} finally {
		at("result").removeAttribute("aria-busy");
	}
	verdict ??= report.bad > 0 ? "verify.verdict.bad" : !at("key").value.trim() ? "verify.verdict.own"
		: report.unproved > 0 ? "verify.verdict.part" : "verify.verdict.good";
	shown = { findings: report.findings, verdict };
	showResult();
	at("verdict").focus();
}

/* ---- the form -------------------------------------------------------------------------------- */

at("form").addEventListener("submit", (event) => {
	event.preventDefault();
	void run([...at("file").files]);
});

/* The last that was given counts. */
const sources = ["file", "folder", "text"];
for (const id of sources)
	at(id).addEventListener("input", () => {
		for (const other of sources.filter((s) => s !== id))
			at(other).value = "";
	});
at("kept-file").addEventListener("input", () => { at("kept-text").value = ""; });
at("kept-text").addEventListener("input", () => { at("kept-file").value = ""; });
for (const button of document.querySelectorAll("[data-language]"))
	button.addEventListener("click", () => speak(button.dataset.language));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
	event.preventDefault();
	if (event.dataTransfer.files.length > 0)
		void run([...event.dataTransfer.files]);
});
speak(language);
