// Reports in a browser: every picture with its figures, on a desk, on a phone, in the dark.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { expectAccessible, konkurs, shot, startWorld } from "./harness.mjs";

const lists = join(dirname(konkurs), "..", "bench", "lists");
const reports = ["", "/time", "/results", "/acts", "/terms", "/late"];
let world;
before(async () => {
	world = await startWorld({ more: (db, key) => execFileSync(lists, ["--world", db, "--key", key], { stdio: "pipe" }) });
});
after(async () => { await world.stop(); });

// The part of the whole that a bar of the picture is, as the browser has drawn it.
const filled = (page, at) => page.locator(".chart-bar").evaluateAll((all, at) =>
	all[at].getBoundingClientRect().width / all[0].getBoundingClientRect().width, at);

for (const language of ["kk", "ru"]) {
	test(`reports from the first page to a competition (${language})`, async () => {
		const hr = await world.signIn("hr1", language);
		const { page } = hr;
		await page.goto(world.url("/"));
		await page.locator(".menu summary").click();
		await page.locator(".menu a[href='/reports']").click();
		for (const report of reports) {
			await page.goto(world.url(`/reports${report}`));
			await expectAccessible(page, `reports${report}`);
			await shot(page, `report${report.replace("/", "-")}-${language}`);
		}
		await page.goto(world.url("/reports"));
		const row = page.locator("table.report tbody tr").nth(2);
		const share = Number((await row.locator("td").nth(1).innerText()).replace(/\D/g, "")) / 100;
		assert.ok(share > 0 && share < 1, `${share}`);
		assert.ok(Math.abs(await filled(page, 2) - share) < 0.02, "the bar is as long as its figure says");

		// what is chosen goes along from one report to the next
		await page.fill("[name=from]", "2020-01-01");
		await page.selectOption("[name=organ]", "pgo");
		await page.locator("form.filters button").first().click();
		await page.locator("nav.acts a[href^='/reports/terms']").click();
		assert.match(page.url(), /from=2020-01-01&organ=pgo/);
		await page.locator("nav.acts a[href^='/reports/late']").click();
		await page.locator("tbody tr a").first().waitFor();
		await page.locator("tbody tr a").first().click();
		assert.match(page.url(), /\/competitions\/\d+\/terms$/);
		assert.deepEqual(hr.broken, []);
		await hr.context.close();
	});
}

test("reports on a phone and in the dark", async () => {
	const hr = await world.signIn("hr1", "kk");
	const { page } = hr;
	await page.setViewportSize({ width: 390, height: 844 });
	await page.emulateMedia({ colorScheme: "dark" });
	for (const report of reports) {
		await page.goto(world.url(`/reports${report}`));
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(wide <= 390, `reports${report} is ${wide} wide`);
		await expectAccessible(page, `reports${report}, dark`);
		await shot(page, `report-phone${report.replace("/", "-")}`);
	}
	await hr.context.close();
});
