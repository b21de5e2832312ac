// Webhooks in the browser: one administrator asks for an address and sees its secret once, another one lets it in, a test
// arrives, one that is not taken waits and is seen; and the page of the interface for programs.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { konkurs, person, press, startWorld } from "./harness.mjs";
import { expectRefusal, look, send, visit } from "./play.mjs";
import { sql } from "./seat.mjs";

let world, receiver, answer = 204;
const got = [];
// One of the two languages as a telephone at night.
const options = { kk: {}, ru: { viewport: { width: 390, height: 844 }, colorScheme: "dark" } };

before(async () => {
	receiver = createServer((request, response) => {
		const parts = [];
		request.on("data", (part) => parts.push(part));
		request.on("end", () => {
			got.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
			response.writeHead(answer).end();
		});
	});
	await new Promise((r) => receiver.listen(0, "127.0.0.1", r));
	world = await startWorld({ more: (db, key) => execFileSync(konkurs, ["user", "grant", "--db", db, "--iin",
		person("hr2").iin, "--role", "admin", "--organ", "pgo"], { stdio: "pipe" }) });
});
after(async () => {
	receiver?.close();
	await world?.stop();
});

const deliver = () => new Promise((resolve, reject) => {
	// beside the receiver, which is in this process
	import("node:child_process").then(({ execFile }) => execFile(konkurs, ["hooks", ...world.words, "--once"],
		(error) => error ? reject(error) : resolve()));
});

for (const [language, first, second] of [["kk", "admin", "hr2"], ["ru", "hr2", "admin"]]) {
	test(`${language}: an address is asked for, let in, tested, seen to fail and turned off`, { timeout: 600000 }, async () => {
		const url = `http://127.0.0.1:${receiver.address().port}/${language}`;
		const one = await world.signIn(first, language, options[language]);
		await visit(one, world, "/help/api");
		await visit(one, world, "/admin/hooks");
		await visit(one, world, "/admin/hooks/new");
		await send(one, "/admin/hooks", { url: "http://example.kz/", reason: "сынақ, проверка" });
		await expectRefusal(one);
		assert.match(await one.page.locator("#d-events").innerText(), /\S/);
		await look(one, "/admin/hooks/new/refused");
		await one.page.check("[name=events][value='announcement.published']");
		await send(one, "/admin/hooks", {});
		await expectRefusal(one, { field: "url" });
		await one.page.check("[name=inside]");
		await send(one, "/admin/hooks", { url });
		const secret = await one.page.locator("[data-secret]").innerText();
		assert.match(secret, /^whsec_/);
		await look(one, "/admin/hooks/made");
		await visit(one, world, "/admin/hooks");
		assert.equal((await one.page.content()).includes("whsec_"), false, "shown once");
		const hook = sql(world, "SELECT MAX(id) AS id FROM hook")[0].id;
		const answerForm = `form[action='/admin/hooks/${hook}/answer']`;
		assert.equal(await one.page.locator(answerForm).count(), 0, "nobody lets in what he asked for");

		const two = await world.signIn(second, language, options[language]);
		await two.page.goto(world.url("/notices"));
		await visit(two, world, "/admin/hooks");
		await press(two.page, two.page.locator(`${answerForm} button`).first());
		assert.deepEqual(sql(world, `SELECT state FROM hook WHERE id = ${hook}`), [{ state: "on" }]);
		await press(two.page, two.page.locator(`form[action='/admin/hooks/${hook}/test'] button`));
		const before = got.length;
		await deliver();
		assert.equal(got.length, before + 1);
		const { headers, body } = got.at(-1);
		const mine = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
			.update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
		assert.equal(headers["webhook-signature"], `v1,${mine}`);
		assert.equal(JSON.parse(body).type, "test");

		answer = 500;
		await press(two.page, two.page.locator(`form[action='/admin/hooks/${hook}/test'] button`));
		await deliver();
		answer = 204;
		await visit(two, world, "/admin/hooks?state=queued");
		assert.match(await two.page.locator("main tbody").innerText(), /\(500\)/);
		await two.page.goto(world.url("/admin/hooks"));
		await look(two, "/admin/hooks/failing");
		await press(two.page, two.page.locator("main tbody tr").first().locator("form[action$='/resend'] button"));
		await deliver();
		assert.deepEqual(sql(world, `SELECT DISTINCT state FROM hook_delivery WHERE hook_id = ${hook}`), [{ state: "sent" }]);
		await press(two.page, two.page.locator(`form[action='/admin/hooks/${hook}/off'] button`));
		await look(two, "/admin/hooks/off");
		const again = two.page.locator(`form[action='/admin/hooks/${hook}/again']`);
		await again.locator("[name=reason]").fill("қайта, снова");
		await press(two.page, again.locator("button"));
		assert.deepEqual(sql(world, `SELECT state FROM hook WHERE id = ${hook}`), [{ state: "asked" }]);
		await one.context.close();
		await two.context.close();
	});
}
