/* page.js - the page around the checks: three languages, a file, a text, a verdict. */

const words = JSON.parse(document.getElementById("words").textContent);
const at = (id) => document.getElementById(id);
const marks = { good: "\u2713", fact: "\u00b7", doubt: "?", bad: "\u2717" };
let language = ["kk", "ru"].find((l) => navigator.language.startsWith(l)) ?? "en";
let shown = null; /* the last result: said again when the language changes */

function say(key, values = {}) {
	const all = words[language];
	return (all[key] ?? key).replace(/\{([a-z0-9_.]+)\}/g, (whole, name) => {
		const value = values[name];
		return name === "kind" ? all[`verify.kind.${value}`] ?? value : String(value ?? "");
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
		: shown.verdict === "verify.verdict.own" ? "doubt" : "bad";
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

async function run(bytes) {
	const report = new Report(), typed = at("key").value.trim();
	let verdict = null;
	try {
		const pinned = typed ? await keyParse(typed) : null;
		if (typed && !pinned)
			report.add("bad", "verify.key.malformed");
		else
			await checkBytes(report, bytes, pinned);
	} catch (why) {
		if (!(why instanceof Unreadable))
			throw why;
		verdict = why.message;
	}
	verdict ??= report.bad > 0 ? "verify.verdict.bad" : typed ? "verify.verdict.good" : "verify.verdict.own";
	shown = { findings: report.findings, verdict };
	showResult();
	at("verdict").focus();
}

async function runFile(file) {
	await run(new Uint8Array(await file.arrayBuffer()));
}

at("form").addEventListener("submit", (event) => {
	event.preventDefault();
	const file = at("file").files[0];
	void (file ? runFile(file) : run(utf8(at("text").value)));
});
at("text").addEventListener("input", () => { at("file").value = ""; });
for (const button of document.querySelectorAll("[data-language]"))
	button.addEventListener("click", () => speak(button.dataset.language));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
	event.preventDefault();
	if (event.dataTransfer.files[0])
		void runFile(event.dataTransfer.files[0]);
});
speak(language);
