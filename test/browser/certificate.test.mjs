// Signing in by certificate (F12) through NCALayer's double, which speaks wss as the original: the right key opens; a
// key of nobody here, one for documents, one whose time is over, no NCALayer and one with another certificate are said
// in words, with what to do.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openAuthority } from "./authority.mjs";
import { freePort, konkurs, person, press, startWorld } from "./harness.mjs";
import { startNcalayer } from "./ncalayer.mjs";
import { look } from "./play.mjs";
import { sql } from "./seat.mjs";
import { certificateOfLoopback } from "./tls.mjs";

const NOBODY = "910101300017";

let world;
let authority;
let port;
let tls;

// An anchor that two have agreed to: signature.test.mjs does it on the page.
function trust() {
	const run = (...words) => execFileSync(konkurs, ["trust", ...words, "--db", world.db], { stdio: "pipe" });
	run("add", authority.root, "--reason", "сынақ");
	sql(world, "UPDATE trust_certificate SET state = 'trusted'");
	run("crl", authority.list);
}

before(async () => {
	authority = openAuthority();
	authority.issue("own", person("candidate1").iin, { usage: "door" });
	authority.issue("nobody", NOBODY, { usage: "door" });
	authority.issue("documents", person("candidate1").iin, { usage: "document" });
	authority.issue("over", person("candidate1").iin, { usage: "door", days: -1 });
	tls = certificateOfLoopback();
	port = await freePort();
	world = await startWorld({ sealed: false, ncalayer: `wss://127.0.0.1:${port}`, accepts: tls.spki });
	trust();
});
after(async () => {
	await world?.stop();
	authority?.close();
});

const button = "#ncalayer-form button[type=submit]";
const open = ({ page }) => page.goto(world.url("/sign-in/certificate"));
const sessions = () => sql(world, "SELECT factor FROM session").map((s) => s.factor);

// Presses the button and waits for the answer of the server.
const send = ({ page }) => press(page, page.locator(button));

// The program runs while `act` does.
async function signing(signer, certificate, act) {
	const layer = await startNcalayer(port, authority, { signer }, certificate);
	try {
		await act(layer);
	} finally {
		await layer.stop();
	}
}

const refusals = [
	["nobody", 422, { kk: "есептік жазбасы жоқ", ru: "нет учётной записи" }],
	["documents", 422, { kk: "кіру кілтін (AUTH)", ru: "ключ для входа (AUTH)" }],
	["over", 422, { kk: "мерзімі өтіп кеткен", ru: "Срок действия сертификата истёк" }],
];
const offline = { kk: "NCALayer жауап бермейді. Бағдарламаны іске қосып", ru: "NCALayer не отвечает. Запустите программу" };

for (const language of ["kk", "ru"]) {
	test(`${language}: what does not open the door is said`, { timeout: 600000 }, async () => {
		const who = await world.visitor(language);
		await open(who);
		await look(who, "/sign-in/certificate");
		await who.page.locator(button).click();
		await who.page.locator("#ncalayer-says", { hasText: offline[language] }).waitFor();
		await look(who, "/sign-in/certificate/offline");
		for (const [signer, status, words] of refusals) {
			await signing(signer, tls, async () => assert.equal(await send(who), status, signer));
			await who.page.locator("#refusal", { hasText: words[language] }).waitFor();
			await look(who, `/sign-in/certificate/${signer}`);
		}
		assert.deepEqual(sessions(), []);
		await who.context.close();
	});
}

test("a program with another certificate is not talked to", { timeout: 600000 }, async () => {
	const who = await world.visitor("ru");
	await open(who);
	await signing("own", certificateOfLoopback(), async (layer) => {
		await who.page.locator(button).click();
		await who.page.locator("#ncalayer-says", { hasText: offline.ru }).waitFor();
		assert.deepEqual(layer.heard, []);
	});
	await who.context.close();
});

for (const language of ["kk", "ru"]) {
	test(`${language}: the right key opens`, { timeout: 600000 }, async () => {
		const who = await world.visitor(language);
		await who.page.goto(world.url("/account"));
		assert.equal(new URL(who.page.url()).pathname, "/sign-in");
		await who.page.locator("main a[href^='/sign-in/certificate']").click();
		await who.page.waitForLoadState();
		await signing("own", tls, async (layer) => {
			assert.equal(await send(who), 303);
			const [asked] = layer.heard;
			assert.equal(asked.args.locale, language);
			assert.deepEqual(asked.args.signerParams.extKeyUsageOids, ["1.3.6.1.5.5.7.3.2"]);
		});
		await who.page.waitForURL(/\/account$/);
		await look(who, "/account/certificate");
		assert.equal(sessions().at(-1), "certificate");
		await who.context.close();
	});
}

test("ru: without NCALayer a file that was signed elsewhere does", { timeout: 600000 }, async () => {
	const who = await world.visitor("ru");
	await open(who);
	const text = (await who.page.locator("[data-challenge-text]").innerText()).trim();
	await who.page.setInputFiles("[name=file]", authority.sign("own", Buffer.from(text)));
	await Promise.all([who.page.waitForNavigation(),
		who.page.locator("main form[enctype] button[type=submit]").click()]);
	assert.equal(new URL(who.page.url()).pathname, "/");
	await who.context.close();
});

// Nothing is said on the command line: the address is the original's, and the policy allows it and no other.
test("by default it is wss://127.0.0.1:13579", async () => {
	const usual = await startWorld({ sealed: false });
	try {
		const answer = await fetch(usual.url("/sign-in/certificate"), { headers: { accept: "text/html" } });
		assert.match(await answer.text(), /data-ncalayer="wss:\/\/127\.0\.0\.1:13579"/);
		const policy = answer.headers.get("content-security-policy");
		assert.match(policy, /connect-src 'self' wss:\/\/127\.0\.0\.1:13579(;|$)/);
		const other = await fetch(usual.url("/sign-in"), { headers: { accept: "text/html" } });
		assert.doesNotMatch(other.headers.get("content-security-policy"), /wss?:/);
	} finally {
		await usual.stop();
	}
	assert.doesNotMatch(readFileSync(new URL("../../assets/ncalayer.js", import.meta.url), "utf8"), /\bwss?:\/\//,
		"the address is the server's to say");
});
