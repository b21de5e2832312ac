// Second factors in a real browser: codes of a telephone, codes on paper, passkeys of Chromium's
// virtual authenticator; an office that demands a factor; one more proof before what cannot be undone;
// two administrators; restricted papers for a reason (F20, F76).
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { konkurs, password, person, startWorld } from "./harness.mjs";
import { look, send } from "./play.mjs";
import { sql } from "./seat.mjs";

let world;
const demand = (db) => {
	execFileSync(konkurs, ["user", "second-factor", "--db", db, "on"], { stdio: "pipe" });
	execFileSync(konkurs, ["user", "grant", "--db", db, "--iin", person("hr2").iin, "--role", "admin",
		"--organ", "pgo"], { stdio: "pipe" });
};
before(async () => { world = await startWorld({ more: demand }); });
after(async () => { await world.stop(); });

// ---- a telephone ---------------------------------------------------------------------------------

function bytesOf(base32) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const bits = [...base32].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
	return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}

// RFC 6238
function codeOf(secret, step) {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac("sha1", bytesOf(secret)).update(counter).digest();
	const at = mac[19] & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, "0");
}

const stepNow = () => Math.floor(Date.now() / 30000);

// Each code is good once: the next one is taken, which the window allows, or waited for.
function telephone(secret) {
	let last = 0;
	return async () => {
		while (stepNow() + 1 <= last) await new Promise((r) => setTimeout(r, 500));
		last = Math.max(stepNow(), last + 1);
		return codeOf(secret, last);
	};
}

// ---- hands -----------------------------------------------------------------------------------------

const local = (path) => world.url(path).replace("127.0.0.1", "localhost");

// Somebody in front of a browser that trusts this site as it would trust one with TLS.
async function open(key, language) {
	const context = await world.browser.newContext({ reducedMotion: "reduce",
		locale: language === "kk" ? "kk-KZ" : "ru-RU" });
	await context.addCookies([{ name: "konkurs_language", value: language, url: local("/") }]);
	const page = await context.newPage();
	const broken = [];
	page.on("pageerror", (e) => broken.push(String(e)));
	page.on("console", (m) => { if (/Content Security Policy/.test(m.text())) broken.push(m.text()); });
	return { context, page, broken, key, language };
}

async function typePassword(who) {
	await who.page.goto(local("/sign-in"));
	await send(who, "/sign-in", { iin: person(who.key).iin, password });
}

async function visit(who, path) {
	const answer = await who.page.goto(local(path));
	assert.ok(answer.ok(), `${path}: ${answer.status()}`);
	await look(who, path);
}

async function signOut(who) {
	await who.page.locator("details.menu > summary").click();
	await send(who, "/sign-out");
}

const pathOf = (who) => new URL(who.page.url()).pathname;

// What cannot be undone was allowed five minutes after the last proof.
const grow_old = () => sql(world, "UPDATE session SET authenticated_ms = authenticated_ms - 600000");

const telephones = new Map();

async function setUpCodes(who) {
	await who.page.goto(local("/account"));
	await send(who, "/account/codes");
	assert.equal(pathOf(who), "/account/codes");
	await look(who, "/account/codes");
	const secret = (await who.page.locator("[data-secret]").innerText()).trim();
	const next = telephone(secret);
	telephones.set(who.key, next);
	await send(who, "/account/codes/confirm", { code: "000000" });
	assert.equal(await who.page.locator("[name=code][aria-invalid=true]").count(), 1);
	await send(who, "/account/codes/confirm", { code: await next() });
	assert.equal(pathOf(who), "/account");
	return next;
}

for (const language of ["kk", "ru"]) {
	test(`${language}: an office demands a second factor; codes of a telephone and on paper`, { timeout: 600000 },
		async () => {
			const key = language === "kk" ? "hr1" : "auditor";
			const who = await open(key, language);
			await typePassword(who);
			await who.page.goto(local("/terms"));
			assert.equal(pathOf(who), "/account", "nothing else opens");
			await look(who, "/account/must");
			const next = await setUpCodes(who);
			await who.page.goto(local("/terms"));
			assert.equal(pathOf(who), "/terms");
			if (key === "auditor") await visit(who, "/audit/views");
			await who.page.goto(local("/account"));
			await send(who, "/account/recovery");
			await look(who, "/account/recovery");
			const papers = await who.page.locator("[data-recovery] li").allInnerTexts();
			assert.equal(papers.length, 10);

			const again = await open(key, language);
			await visit(again, "/sign-in/certificate");
			await typePassword(again);
			assert.equal(pathOf(again), "/sign-in/code");
			await look(again, "/sign-in/code");
			await send(again, "/sign-in/code", { code: "123456" });
			assert.equal(await again.page.locator("[name=code][aria-invalid=true]").count(), 1);
			await look(again, "/sign-in/code/wrong");
			await send(again, "/sign-in/code", { code: await next() });
			assert.equal(pathOf(again), "/");

			const third = await open(key, language);
			await typePassword(third);
			await send(third, "/sign-in/code", { code: papers[0].toLowerCase() });
			assert.equal(pathOf(third), "/");
			await third.page.goto(local("/account"));
			await look(third, "/account/three");
			assert.equal(await third.page.locator("form[action='/account/sessions/end']").count(), 2);
			await send(third, "/account/sessions/end-others");
			await again.page.goto(local("/account"));
			assert.equal(pathOf(again), "/sign-in", "the other sessions have ended");
		});
}

// ---- passkeys ------------------------------------------------------------------------------------------

async function authenticator(who) {
	const cdp = await who.context.newCDPSession(who.page);
	await cdp.send("WebAuthn.enable");
	const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: {
		protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
		isUserVerified: true, automaticPresenceSimulation: true } });
	return { cdp, authenticatorId };
}

test("ru: a passkey is registered, signs in alone, proves it again, and is removed", { timeout: 600000 },
	async () => {
		const who = await open("candidate1", "ru");
		const { cdp, authenticatorId } = await authenticator(who);
		await typePassword(who);
		await who.page.goto(local("/account/passkeys/new"));
		await look(who, "/account/passkeys/new");
		await send(who, "/account/passkeys", { name: "синий токен" });
		assert.equal(pathOf(who), "/account");
		await look(who, "/account/passkey");
		assert.match(await who.page.locator("[data-passkey-row]").innerText(), /синий токен/);

		await signOut(who);
		await who.page.goto(local("/sign-in"));
		await look(who, "/sign-in/passkey");
		await send(who, "/sign-in/passkey");
		assert.equal(pathOf(who), "/");
		await who.page.goto(local("/account"));
		assert.equal(await who.page.locator("form[action='/account/sessions/end']").count(), 0);

		// behind the password the passkey is the second factor
		await signOut(who);
		await typePassword(who);
		assert.equal(pathOf(who), "/sign-in/code");
		await look(who, "/sign-in/code/passkey");
		await send(who, "/sign-in/passkey");
		assert.equal(pathOf(who), "/");

		// a finger that is not the owner's opens nothing
		await signOut(who);
		await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
		await who.page.goto(local("/sign-in"));
		await who.page.locator("form[data-passkey] button").click();
		await who.page.locator("[data-passkey-failed]").waitFor();
		assert.equal(pathOf(who), "/sign-in");
		await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
		await send(who, "/sign-in/passkey");

		grow_old();
		await who.page.goto(local("/account"));
		await send(who, "/account/passkeys/remove");
		// the password alone would be less than the way in
		assert.equal(await who.page.locator("form[action='/reauth']").count(), 0);
		await who.page.locator("form[action='/reauth/passkey'] button").waitFor();
		await look(who, "/reauth");
		await send(who, "/reauth/passkey");
		await look(who, "/reauth/offer");
		await send(who, "/account/passkeys/remove");
		assert.equal(pathOf(who), "/account");
		assert.equal(await who.page.locator("[data-passkey-row]").count(), 0);
	});

// ---- two administrators, restricted papers -----------------------------------------------------------------

test("kk: an office is given by two administrators, each of whom proves it", { timeout: 600000 }, async () => {
	const one = await open("admin", "kk");
	const two = await open("hr2", "kk");
	await typePassword(one);
	await setUpCodes(one);
	await typePassword(two);
	await setUpCodes(two);
	await visit(one, "/admin/accounts");
	const id = sql(world, `SELECT id FROM person WHERE iin = '${person("candidate2").iin}'`)[0].id;
	await visit(one, `/admin/accounts/${id}`);
	grow_old();
	const form = `/admin/accounts/${id}/requests`;
	await send(one, form, { kind: "grant", role: "auditor", organ: "pgo", reason: "№ 12 бұйрық" });
	await look(one, "/reauth/codes");
	await send(one, "/reauth", { password, code: "000000" });
	assert.equal(await one.page.locator("[name=code][aria-invalid=true]").count(), 1);
	assert.equal(sql(world, "SELECT id FROM access_request").length, 0);
	await send(one, "/reauth", { password, code: await telephones.get("admin")() });
	await send(one, form);
	assert.equal(pathOf(one), "/admin/requests");
	assert.match(await one.page.locator("main").innerText(), /№ 12 бұйрық/);
	assert.equal(await one.page.locator("form[action$='/answer']").count(), 0, "not by the one who asked");
	sql(world, "UPDATE session SET authenticated_ms = authenticated_ms + 600000");
	await visit(two, "/admin/requests");
	await send(two, "/admin/requests/1/answer");
	assert.equal(sql(world, `SELECT role FROM role_grant WHERE person_id = ${id}`)[0].role, "auditor");
});
