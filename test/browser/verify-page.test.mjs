// verify.html from a folder, with the network off: good and forged receipts, a case, copies of the
// journal, checkpoints, witnesses, draws, in Kazakh and Russian, with the same findings as
// konkurs-verify, word for word (F15, F33, F60, F86, F87, F89).
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { browserOptions, konkurs } from "./harness.mjs";

const build = join(dirname(konkurs), "..");
const program = join(build, "src", "verify", "konkurs-verify");
const html = join(build, "src", "verify", "verify.html");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const titles = { kk: "Түбіртекті тексеру", ru: "Проверка квитанции" };
const verdicts = { own: { kk: /өз ішінде сәйкес/, ru: /сам по себе сходится/ },
	part: { kk: /белгісі қойылғаны дәлелденбеген/, ru: /знаком \? этим не доказано/ },
	bad: { kk: /СӘЙКЕС ЕМЕС/, ru: /НЕ СХОДИТСЯ/ }, good: { kk: /бәрі дұрыс/, ru: /всё сходится/ } };
let folder, browser;

const file = (name) => join(folder, name);
const read = (name) => readFileSync(file(name), "utf8");

before(async () => {
	folder = mkdtempSync(join(tmpdir(), "konkurs-verify-page-"));
	execFileSync(join(build, "test", "receipt", "verify_world"), [folder]);
	execFileSync("/usr/bin/python3", ["-m", "zipfile", "-c", file("tiles.zip"),
		...readdirSync(file("tiles")).map((n) => join(file("tiles"), n))]);
	const receipt = JSON.parse(read("result.json"));
	writeFileSync(file("forged.json"), JSON.stringify({ ...receipt,
		content: receipt.content.replace('"correct":61', '"correct":99') }));
	writeFileSync(file("moved.json"), JSON.stringify({ ...receipt, proof: receipt.proof.slice(1) }));
	const lines = read("journal.jsonl").split("\n");
	writeFileSync(file("removed.jsonl"), [...lines.slice(0, 9), ...lines.slice(10)].join("\n"));
	writeFileSync(file("cut.jsonl"), lines.slice(0, -3).join("\n"));
	writeFileSync(file("cut.zip"), readFileSync(file("case.zip")).subarray(0, 5000));
	writeFileSync(file("nothing.txt"), "nothing");
	writeFileSync(file("paper.txt"), `KONKURS 12 ${"89AB".repeat(16)}`);
	writeFileSync(file("twice.json"), read("result.json").replace('"index":', '"index":0,"index":'));
	writeFileSync(file("large.json"), " ".repeat(300000));
	doctorDraw();
	doctorCases();
	doctorCheckpoints();
	doctorExcerpts();
	execFileSync("/usr/bin/python3", ["-m", "zipfile", "-e", file("case.zip"), file("case")]);
	browser = await chromium.launch(browserOptions);
});

// A draw with another secret, another form, another order; and what cannot be read as one.
function doctorDraw() {
	const draw = JSON.parse(read("draw.json"));
	const write = (name, change) => {
		const changed = structuredClone(draw);
		change(changed);
		writeFileSync(file(name), JSON.stringify(changed));
	};
	write("draw-secret.json", (d) => { d.secret = "0".repeat(64); });
	write("draw-coins.json", (d) => { d.coins[0] += "x"; });
	write("draw-form.json", (d) => { d.candidates[1].form = "0".repeat(64); });
	write("draw-order.json", (d) => { d.candidates.reverse(); });
	write("draw-rests.json", (d) => { d.bank.items[0].rests = !d.bank.items[0].rests; });
	write("draw-short.json", (d) => { d.programme = d.programme.map((n, act) => act === 0 ? 900 : 0); });
	write("draw-unsorted.json", (d) => { d.bank.items.reverse(); });
	write("draw-seen.json", (d) => { d.candidates[0].seen = [99999]; });
	write("draw-coinless.json", (d) => { delete d.coins; });
	write("draw-bare.json", (d) => { delete d.receipts; });
	write("draw-entry.json", (d) => { d.receipts.pop(); });
	write("draw-content.json", (d) => { d.receipts[0].content = "{}"; });
	write("draw-fewer.json", (d) => { d.candidates.pop(); });
	write("draw-number.json", (d) => { d.receipts.push(1); });
	write("draw-many.json", (d) => { d.receipts = Array(5).fill(d.receipts).flat(); });
}

// Excerpts of the records: a good one, and one with something changed in each way.
function doctorExcerpts() {
	execFileSync("/usr/bin/python3", ["-c", `
import json, pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
entries = [(json.loads(json.loads(p.read_text())["content"]), p) for p in
           sorted((folder / "receipts").iterdir(), key=lambda p: int(p.stem))]
first = min(c["source"] for c, _ in entries)
def write(name, take=lambda c: c["source"] == first, change=lambda files: None):
    files = {"README.txt": b"x"}
    for content, path in entries:
        if not take(content):
            continue
        files["receipts/" + path.name] = path.read_bytes()
        for piece in ("sound", "picture", "film"):
            if content.get(piece):
                files["records/" + content[piece]["file"]] = (folder / "records" / content[piece]["file"]).read_bytes()
    change(files)
    with zipfile.ZipFile(folder / name, "w") as out:
        for file, content in files.items():
            out.writestr(file, content)
one = lambda files, end: sorted(n for n in files if "/" in n and n.endswith(end))[0]
write("excerpt.zip")
write("excerpt-byte.zip", change=lambda f: f.update({one(f, ".mjr"): b"X"}))
write("excerpt-foreign.zip", change=lambda f: f.update({"records/other.webm": b"X"}))
write("excerpt-absent.zip", change=lambda f: f.pop(one(f, ".webm")))
write("excerpt-receipt.zip", change=lambda f: f.update({one(f, ".json"): f[one(f, ".json")].replace(b'"index":', b'"index":1')}))
write("excerpt-twice.zip", change=lambda f: f.update({"receipts/x.json": f[one(f, ".json")]}))
write("excerpt-other.zip", change=lambda f: f.update({"receipts/x.json": (folder / "result.json").read_bytes()}))
write("excerpt-two.zip", take=lambda c: True)
write("excerpt-film.zip", take=lambda c: c["source"] == first and ("film" in c or c["number"] == 1))
write("excerpt-unchecked.zip", take=lambda c: c["source"] == first and "film" not in c)
write("excerpt-none.zip", take=lambda c: False, change=lambda f: f.update({"receipts/x.json": (folder / "result.json").read_bytes()}))
`, folder]);
}

// Cases with something changed in each, and the sums made to fit.
function doctorCases() {
	execFileSync("/usr/bin/python3", ["-c", `
import hashlib, json, sys, zipfile
folder = sys.argv[1]
def write(name, change, of="case.zip", fit=True):
    with zipfile.ZipFile(f"{folder}/{of}") as archive:
        files = {n: archive.read(n) for n in archive.namelist()}
    change(files)
    if fit:
        files["SHA256SUMS"] = "".join(f"{hashlib.sha256(files[n]).hexdigest()}  {n}\\n" for n in sorted(files)
                                      if n not in ("SHA256SUMS", "export.json")).encode()
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        for n in files:
            archive.writestr(n, files[n])
def journal(change):
    def all(files):
        o = json.loads(files["journal.json"])
        change(o)
        files["journal.json"] = json.dumps(o).encode()
    return all
def blank(kind):
    return journal(lambda o: [e.update(text=None) for e in o["entries"] if e["kind"] == kind])
def other(text):
    return lambda files: files.update({"export.json": text})
facts = lambda files: files.update({"facts.json": b"{}"})
def old(change):
    return lambda files: (files.pop("export.json"), change(files))
write("case-old.zip", old(lambda f: None))
write("case-old-early.zip", old(lambda f: None), "early.zip")
for name, change in (("facts", facts), ("empty", journal(lambda o: o.update(entries=[]))), ("result", blank("test.result")),
                     ("clicks", blank("test.answer")), ("note", journal(lambda o: o.update(checkpoint=None))),
                     ("draw", lambda f: f.update({"draws/sitting-1.json": open(f"{folder}/draw-form.json", "rb").read()}))):
    write(f"case-{name}.zip", change)
    write(f"case-old-{name}.zip", old(change))
write("case-unfit.zip", facts, fit=False)
write("case-more.zip", lambda f: f.update({"more.txt": b"x"}), fit=False)
write("case-receipt.zip", other(open(f"{folder}/result.json", "rb").read()))
write("case-junk.zip", other(b"{}"))
def unlater(files):
    o = json.loads(files["export.json"])
    o["later"] = {}
    files["export.json"] = json.dumps(o).encode()
write("case-unlater.zip", unlater, "early.zip", False)
`, folder]);
}

// A witness of the real program, and checkpoints that were forged.
function doctorCheckpoints() {
	const witness = (...words) => execFileSync(konkurs, ["witness", "--key", file("w.key"), ...words], { encoding: "utf8" });
	writeFileSync(file("witness"), witness("--make-key", "--name", "audit.example/w1").trim());
	const other = execFileSync(konkurs, ["witness", "--make-key", "--name", "audit.example/w2", "--key", file("w2.key")], { encoding: "utf8" });
	writeFileSync(file("stranger"), other.trim());
	const line = witness("--state", file("w.state"), "--log", read("key"), file("new.request"));
	const cosigned = line.includes("\n\n") ? line : read("new.checkpoint") + line;
	writeFileSync(file("cosigned.checkpoint"), cosigned);
	const lines = read("old.checkpoint").split("\n");
	lines[2] = read("new.checkpoint").split("\n")[2];
	writeFileSync(file("forged.checkpoint"), lines.join("\n"));
	const head = JSON.parse(read("journal.jsonl").split("\n")[0]);
	const rest = read("journal.jsonl").split("\n").slice(1).join("\n");
	writeFileSync(file("older.jsonl"), `${JSON.stringify({ ...head, checkpoint: read("old.checkpoint") })}\n` +
		`${rest.split("\n").slice(0, Number(lines[1])).join("\n")}\n`);
	writeFileSync(file("unsigned.jsonl"), `${JSON.stringify({ ...head, key: undefined })}\n${rest}`);
	const request = read("new.request").split("\n");
	writeFileSync(file("torn.request"), [request[0], ...request.slice(2)].join("\n"));
	writeFileSync(file("empty.request"), "old x\n\n");
}

after(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true });
});

async function open(language) {
	const context = await browser.newContext({ locale: language === "kk" ? "kk-KZ" : "ru-RU", offline: true });
	const page = await context.newPage();
	const broken = [], asked = [];
	page.on("pageerror", (e) => broken.push(String(e)));
	page.on("console", (m) => { if (m.type() === "error") broken.push(m.text()); });
	page.on("request", (r) => { if (!r.url().startsWith("file:") && !r.url().startsWith("blob:")) asked.push(r.url()); });
	await page.goto(pathToFileURL(html).href);
	return { context, page, broken, asked };
}

// What the page says: of a file or of a text; `kept` is the file of a checkpoint to compare with.
async function check(page, name, { text, key = "", kept = "", witnesses = [] } = {}) {
	await page.evaluate(() => { document.querySelector("details").open = true; });
	await page.locator("#key").fill(key);
	await page.locator("#witnesses").fill(witnesses.join("\n"));
	await page.locator("#kept-file").setInputFiles(kept ? [file(kept)] : []);
	if (text === undefined)
		await page.locator("#file").setInputFiles([name].flat().map(file));
	else
		await page.locator("#text").fill(text);
	return submit(page);
}

async function submit(page) {
	await page.evaluate(() => { document.getElementById("verdict").textContent = ""; });
	await page.locator("button[type=submit]").click();
	await page.waitForFunction(() => document.getElementById("verdict").textContent !== "", null, { timeout: 90000 });
	return { verdict: await page.locator("#verdict").textContent(),
		findings: await page.locator("#findings li").allTextContents() };
}

// What the program says of the same: marks and words.
function said(language, ...words) {
	const done = spawnSync(program, ["--language", language, ...words], { encoding: "utf8" });
	const lines = done.stdout.trim().split("\n");
	return { verdict: lines.pop(), findings: lines, status: done.status };
}

// Everything that both can be asked: the words of the program, what the page is given, the verdict.
// `K` stands for the log's key, `W` for that of a witness, `S` for one that has not signed.
const table = [
	["receipt", "result.json", "own"], ["receipt", "result.txt", "own"], ["receipt", "forged.json", "bad"],
	["receipt", "moved.json", "bad"], ["receipt", "result.json", "good", { key: "K" }], ["receipt", "result.json", "bad", { key: "K", witnesses: ["W"] }],
	["case", "case.zip", "own"], ["case", "case.zip", "good", { key: "K" }],
	["journal", "journal.jsonl", "own"], ["journal", "removed.jsonl", "bad"], ["journal", "cut.jsonl", "bad"],
	["journal", "unsigned.jsonl", "own"], ["journal", "tiles.zip", "own"],
	["journal", "journal.jsonl", "own", { kept: "old.checkpoint" }], ["journal", "tiles.zip", "good", { kept: "old.checkpoint", key: "K" }],
	["journal", "journal.jsonl", "good", { kept: "cosigned.checkpoint", key: "K", witnesses: [] }],
	["journal", "journal.jsonl", "bad", { kept: "forged.checkpoint" }], ["journal", "unsigned.jsonl", "bad", { kept: "forged.checkpoint" }],
	["journal", "older.jsonl", "bad", { kept: "new.checkpoint" }], ["journal", "removed.jsonl", "bad", { kept: "new.checkpoint" }],
	["journal", "journal.jsonl", "bad", { kept: "nothing.txt" }],
	["checkpoint", "new.checkpoint", "own"], ["checkpoint", "new.request", "good", { key: "K" }], ["checkpoint", "forged.checkpoint", "bad", { key: "K" }],
	["checkpoint", "cosigned.checkpoint", "good", { key: "K", witnesses: ["W"] }], ["checkpoint", "cosigned.checkpoint", "bad", { key: "K", witnesses: ["W", "S"] }],
	["checkpoint", "new.request", "good", { key: "K", kept: "old.checkpoint" }], ["checkpoint", "new.request", "own", { kept: "old.checkpoint" }],
	["checkpoint", "new.checkpoint", "bad", { key: "K", kept: "old.checkpoint" }], ["checkpoint", "new.checkpoint", "good", { key: "K", kept: "new.checkpoint" }],
	["checkpoint", "torn.request", "bad", { key: "K", kept: "old.checkpoint" }], ["checkpoint", "new.request", "bad", { kept: "forged.checkpoint" }],
	["checkpoint", "old.checkpoint", "bad", { kept: "forged.checkpoint" }],
	["receipt", "result-bare.txt", "own"], ["receipt", "result-bare.txt", "part", { key: "K" }], ["receipt", "result.txt", "good", { key: "K" }],
	["case", "early.zip", "good", { key: "K" }], ["case", "case-old.zip", "own"], ["case", "case-old.zip", "part", { key: "K" }],
	["case", "case-old-early.zip", "part", { key: "K" }], ["case", "case-facts.zip", "bad"], ["case", "case-old-facts.zip", "part", { key: "K" }],
	["case", "case-empty.zip", "bad"], ["case", "case-old-empty.zip", "bad", { key: "K" }], ["case", "case-result.zip", "bad", { key: "K" }],
	["case", "case-old-result.zip", "bad"], ["case", "case-clicks.zip", "bad"], ["case", "case-old-clicks.zip", "part", { key: "K" }],
	["case", "case-note.zip", "bad"], ["case", "case-old-note.zip", "bad"], ["case", "case-draw.zip", "bad"], ["case", "case-old-draw.zip", "bad", { key: "K" }],
	["case", "case-unfit.zip", "bad"], ["case", "case-more.zip", "bad"], ["case", "case-receipt.zip", "bad", { key: "K" }],
	["case", "case-junk.zip", null], ["case", "case-unlater.zip", "bad", { key: "K" }],
	["excerpt", "excerpt.zip", "own"], ["excerpt", "excerpt.zip", "good", { key: "K" }], ["excerpt", "excerpt-byte.zip", "bad"],
	["excerpt", "excerpt-foreign.zip", "bad"], ["excerpt", "excerpt-absent.zip", "part", { key: "K" }], ["excerpt", "excerpt-receipt.zip", "bad"],
	["excerpt", "excerpt-twice.zip", "bad"], ["excerpt", "excerpt-other.zip", "own"], ["excerpt", "excerpt-two.zip", "bad"],
	["excerpt", "excerpt-film.zip", "bad"], ["excerpt", "excerpt-unchecked.zip", "part", { key: "K" }], ["excerpt", "excerpt-none.zip", null],
	["form", "draw.json", "own"], ["form", "draw.json", "good", { key: "K" }], ["form", "draw-bare.json", "own"],
	["form", "draw-bare.json", "part", { key: "K" }], ["form", "draw-entry.json", "part", { key: "K" }], ["form", "draw-content.json", "bad"],
	["form", "draw-fewer.json", "bad"], ["form", "draw-number.json", null], ["form", "draw-many.json", null], ["form", "draw-secret.json", "bad"], ["form", "draw-coins.json", "bad"], ["form", "draw-form.json", "bad"],
	["form", "draw-order.json", "bad"], ["form", "draw-rests.json", "bad"], ["form", "draw-short.json", "bad"],
	["case", "cut.zip", null], ["receipt", "nothing.txt", null], ["receipt", "paper.txt", null], ["receipt", "twice.json", null],
	["receipt", "large.json", null], ["checkpoint", "empty.request", null], ["form", "draw-unsorted.json", null],
	["form", "draw-seen.json", null], ["form", "draw-coinless.json", null],
];

async function compare(page, language, [command, name, verdict, asked = {}]) {
	const named = (x) => ({ K: read("key"), W: read("witness"), S: read("stranger") })[x];
	const trust = { ...asked, key: asked.key ? named(asked.key) : "", witnesses: (asked.witnesses ?? []).map(named) };
	const options = [...(trust.key ? ["--key", trust.key] : []), ...trust.witnesses.flatMap((w) => ["--witness", w])];
	const kept = !asked.kept ? [] : command === "checkpoint" ? [file(asked.kept)] : ["--checkpoint", file(asked.kept)];
	const words = command === "checkpoint" ? [...kept, file(name)] : [file(name), ...kept];
	const page_ = await check(page, name, trust), program_ = said(language, ...options, command, ...words);
	const why = `${command} ${name} ${JSON.stringify(asked)}`;
	assert.deepEqual(page_, { verdict: program_.verdict, findings: program_.findings.filter((f) => f !== "") }, why);
	assert.equal(program_.status, { bad: 1, null: 2, part: 3 }[verdict] ?? 0, why);
	if (verdict)
		assert.match(page_.verdict, verdicts[verdict][language], why);
}

async function accessible(page) {
	await page.evaluate(axeSource);
	const found = await page.evaluate(() => globalThis.axe.run());
	assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
}

for (const language of ["kk", "ru"]) {
	test(`${language}: what was handed out, and what was forged`, { timeout: 600000 }, async () => {
		const { context, page, broken, asked } = await open(language);
		assert.equal(await page.locator("h1").textContent(), titles[language]);
		assert.equal(await page.locator("html").getAttribute("lang"), language);
		for (const row of table)
			await compare(page, language, row);
		await accessible(page);
		await page.setViewportSize({ width: 360, height: 640 });
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "too wide for a telephone");
		assert.deepEqual(broken, []);
		assert.deepEqual(asked, []);
		await context.close();
	});
}

test("the text of a code, the key one knows, and the language while one looks", { timeout: 600000 }, async () => {
	const { context, page, broken } = await open("kk");
	const packed = read("result.txt"), key = read("key");
	await accessible(page);
	assert.match((await check(page, "", { text: `  ${packed}\n` })).verdict, verdicts.own.kk);
	assert.match((await check(page, "", { text: packed, key })).verdict, verdicts.good.kk);
	const other = said("kk", "--key", key, "receipt", "--text", packed);
	assert.deepEqual(await page.locator("#findings li").allTextContents(), other.findings);
	await page.locator("[data-language=ru]").click();
	assert.match(await page.locator("#verdict").textContent(), verdicts.good.ru);
	assert.equal(await page.locator("html").getAttribute("lang"), "ru");
	await page.locator("[data-language=en]").click();
	assert.match(await page.locator("#verdict").textContent(), /it holds/);
	assert.match((await check(page, "", { text: packed, key: "nonsense" })).verdict, /DOES NOT HOLD/);
	assert.match((await check(page, "", { text: packed.slice(0, -3) })).verdict, /cannot be read/);
	assert.match((await check(page, "", { text: read("new.checkpoint").trim(), key, kept: "new.checkpoint" })).verdict, /it holds/);
	assert.match((await check(page, "", { text: packed, kept: "new.checkpoint" })).verdict, /compared with/);
	assert.match((await check(page, "", { text: packed, witnesses: ["nonsense"] })).verdict, /DOES NOT HOLD/);
	assert.match((await check(page, "", { text: "KMW9-FWVD-ZRZX-N8Z4" })).verdict, /short code/);
	assert.deepEqual(broken, []);
	await context.close();
});

test("folders, several files at once, and names of files that are hostile", { timeout: 600000 }, async () => {
	const { context, page, broken } = await open("ru");
	for (const [command, folder] of [["case", "case"], ["journal", "tiles"]]) {
		await page.evaluate(() => { document.querySelector("details").open = true; });
		await page.locator("#folder").setInputFiles(file(folder));
		const page_ = await submit(page), program_ = said("ru", command, file(folder));
		assert.equal(program_.status, 0);
		assert.deepEqual(page_, { verdict: program_.verdict, findings: program_.findings }, folder);
	}
	writeFileSync(file("<img src=x onerror=alert(1)>.json"), read("result.json"));
	const many = await check(page, ["<img src=x onerror=alert(1)>.json", "nothing.txt", "result.txt"]);
	assert.match(many.verdict, verdicts.bad.ru);
	assert.ok(many.findings.some((f) => f === "· <img src=x onerror=alert(1)>.json"));
	assert.equal(many.findings.filter((f) => f.startsWith("✗")).length, 1, "the others are checked all the same");
	assert.equal(await page.locator("#findings img").count(), 0);
	assert.match((await check(page, ["draw.json", "draw-secret.json"])).verdict, verdicts.bad.ru);
	assert.match((await check(page, ["draw.json", "result.json"])).verdict, verdicts.own.ru);
	assert.deepEqual(broken, []);
	await context.close();
});

test("nothing may be fetched from the page", async () => {
	const text = readFileSync(html, "utf8");
	assert.match(text, /default-src 'none'/);
	assert.doesNotMatch(text.replace(/<script[\s\S]*<\/script>/g, ""), /(?:src|href)=/);
	const { context, page } = await open("ru");
	const refused = await page.evaluate(async () => fetch("https://example.org/").then(() => "fetched", () => "refused"));
	assert.equal(refused, "refused");
	await context.close();
});
