// The second route, from the first competition that gave nobody a positive conclusion to a decision
// in the second: a body is invited, refers a candidate, answers the request for the two
// conclusions; test, interview and vote are those of everybody (L33, R20-1, R23-1, F4, F17, F21).
// Officers work in Russian, the body and the candidate in Kazakh.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { pdf, startWorld } from "./harness.mjs";
import * as play from "./play.mjs";

const BODY = "internal-affairs";
const OFFICER = { iin: "780512300440", password: "" };
const CANDIDATE = { iin: "800101300214", password: "" };

let world;
const people = {};
const as = async (key) => (people[key] ??= await world.signIn(key, "ru"));
const asBody = async () => (people.body ??= await world.signInWith(OFFICER, "body", "kk"));
const asCandidate = async () => (people.referred ??= await world.signInWith(CANDIDATE, "referred", "kk"));

let second;
let application;

// HR reads the one-time password once; its owner comes in with it and has to choose another (F17).
async function handOver(hr, account, own) {
	account.password = (await hr.page.locator("[data-password]").innerText()).trim();
	assert.match(account.password, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
	account.own = own;
}
async function chooseOwn(who, account, path) {
	await who.page.goto(world.url(path));
	assert.equal(new URL(who.page.url()).pathname, "/password", "nothing else opens");
	await play.look(who, "/password");
	await play.send(who, "/password", { old: account.password, new: account.own, again: account.own });
	account.password = account.own;
}

before(async () => { world = await startWorld({ now: "2026-03-02T09:00" }); });
after(async () => { await world.stop(); });

let failed = false;
const step = (name, body) => test(name, { timeout: 600000 }, async (t) => {
	if (failed) return t.skip("a step before this one failed");
	failed = true;
	await body();
	failed = false;
});

step("the second competition follows a first one that gave nobody a positive conclusion", async () => {
	const hr = await as("hr1");
	const first = await play.announce(world, hr);
	await play.visit(hr, world, `/competitions/${first}`);
	assert.equal(await hr.page.locator("form[action$='/second']").count(), 0, "not while it runs");
	await play.send(hr, `/competitions/${first}/close`);
	await play.send(hr, `/competitions/${first}/second`);
	await play.look(hr, "/competitions/2/draft");
	second = Number(new URL(hr.page.url()).pathname.split("/")[2]);
	await play.send(hr, `/competitions/${second}/announce`);
	await play.look(hr, "/competitions/2/announced");
	await play.visit(await world.visitor("kk"), world, `/announcements/${second}`);
	await play.visit(await as("candidate1"), world, `/announcements/${second}`);
	assert.equal(await people.candidate1.page.locator("form[action$='/apply']").count(), 0,
		"own staff do not apply on the second route");
});

step("HR invites an officer of the body, who refers a candidate", async () => {
	const hr = await as("hr1");
	await play.visit(hr, world, "/bodies");
	await play.send(hr, "/bodies", { body: BODY, iin: OFFICER.iin, family: "Жолдаушы", given: "Асан",
		position: "Кадр қызметінің бастығы" });
	await play.look(hr, "/bodies/invited");
	await handOver(hr, OFFICER, "bastapqy-qupiyasoz-1");
	const admin = await as("admin"); // HR gives no office alone
	await play.visit(admin, world, "/admin/requests");
	await play.send(admin, "/admin/requests/1/answer");
	const body = await asBody();
	await chooseOwn(body, OFFICER, "/referrals");
	await play.visit(body, world, "/referrals");
	const list = `/competitions/${second}/intake`;
	await play.visit(body, world, list);
	await play.send(body, list, { body: BODY, number: "15-3", day: "2026-03-02", iin: CANDIDATE.iin,
		family: "Жолданған", given: "Ерлан", position: "Бөлім бастығы" });
	application = Number(new URL(body.page.url()).pathname.split("/")[2]);
	await play.look(body, "/applications/1/referral");
});

async function attach(who, paper, signedAs) {
	await play.send(who, `/applications/${application}/documents`, { paper, signatory: "Басшы Б. Б.",
		signed_as: signedAs, signed_day: "2026-03-02", file: pdf(paper) });
}

step("four papers, signed by whom clause 20 names; without them it is not sent", async () => {
	const body = await asBody();
	const page = `/applications/${application}`;
	await play.send(body, `${page}/send`);
	await play.expectRefusal(body, { clause: "20" });
	await play.visit(body, world, page);
	await play.send(body, `${page}/profile`, { phone: "+7 700 000 00 01", education: "higher-law",
		test_language: "kk" });
	await play.send(body, `${page}/periods`, { kind: "law_enforcement", organisation: "ІІМ",
		held: "Бөлім бастығы", leadership: true, category: "C-5", from: "2012-01-10" });
	await attach(body, "recommendation", "sending_hr");
	await play.expectRefusal(body, { clause: "20", field: "signed_as" });
	await play.visit(body, world, page);
	await attach(body, "recommendation", "direct_supervisor");
	await attach(body, "service_list", "sending_hr");
	await attach(body, "certificate", "not_named");
	await play.send(body, `${page}/referral-rating`, { value: "81.5", number: "Р-7", day: "2026-03-02",
		issuer: "ІІМ", rating_file: pdf("rating") });
	await play.look(body, "/applications/1/referral/ready");
	await play.send(body, `${page}/send`);
	await play.look(body, "/applications/1/referral/receipt");
	await play.visit(body, world, `${page}/referral`);
	await play.visit(body, world, page);
});

step("HR checks, asks for the two conclusions, the body answers", async () => {
	const hr = await as("hr1");
	const list = `/competitions/${second}/intake`;
	await play.check(world, hr, application);
	await play.security(world, hr, await as("security"), second, [application]);
	await play.visit(hr, world, list);
	await play.send(hr, `/competitions/${second}/requests`, { asked_body: BODY, kind: "conclusions",
		request_number: "9-1", due: "2026-03-10" });
	await play.look(hr, "/requests/1");
	const request = new URL(hr.page.url()).pathname;
	await play.send(hr, `${request}/remind`);
	const body = await asBody();
	for (const number of ["П-1", "П-2"]) {
		await play.visit(body, world, request);
		await body.page.locator("[name=entry]").first().check();
		await play.send(body, `${request}/conclusion`, { outcome: "undergone", number, day: "2026-03-02",
			file: pdf(number) });
	}
	await play.look(body, "/requests/1/answered");
	assert.equal(await body.page.locator("[name=entry]").count(), 0);
	await play.visit(await as("polygraph"), world, "/studies/polygraph");
});

step("the candidate of the other body sits the same test", async () => {
	const hr = await as("hr1");
	await play.visit(hr, world, `/competitions/${second}/intake`);
	await play.visit(hr, world, `/applications/${application}/account`);
	await play.send(hr, `/applications/${application}/account`);
	await play.look(hr, "/applications/1/account/issued");
	await handOver(hr, CANDIDATE, "bastapqy-qupiyasoz-2");
	const operator = await as("operator");
	const sitting = await play.openSitting(world, operator, second, [application],
		[await as("keeper2"), await as("keeper3")]);
	const candidate = await asCandidate();
	await chooseOwn(candidate, CANDIDATE, "/test");
	await play.visit(candidate, world, `/applications/${application}`);
	await play.visit(candidate, world, "/test");
	await play.startSitting(world, operator, sitting);
	await candidate.page.waitForSelector("[data-test]");
	await play.answer(candidate, "kk", 84);
	await play.finish(candidate);
	await play.closeSitting(world, operator, hr, sitting);
});

step("interview, vote and decision as on the first route", async () => {
	const hr = await as("hr1");
	await play.visit(hr, world, `/applications/${application}/dossier`);
	const plan = `/competitions/${second}/interview`;
	await play.visit(hr, world, plan);
	await play.send(hr, plan, { start: "2026-03-12T10:00", place: "Мәжіліс залы" });
	await play.release(world, hr, [application]);
	await play.appoint(world, hr, second);
	await world.kill();
	await world.start({ at: "2026-03-12T09:50" });
	for (const key of Object.keys(people)) {
		await people[key].context.close();
		delete people[key];
	}
	await play.visit(await as("hr1"), world, plan);
	const href = await people.hr1.page.locator("a[href^='/interviews/']").getAttribute("href");
	await play.interviewDay(world, as, href.split("/")[2], application);
	await play.visit(await asCandidate(), world, `/applications/${application}/notice`);
	await play.visit(await as("hr1"), world, `/competitions/${second}/terms`);
});
