// The guided tour of a demonstration, whose steps are done by what was done; and people of a table,
// looked at before they are taken over.  In both languages, narrow and wide, light and dark.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { expectAccessible, press, shot, startWorld } from "./harness.mjs";

const words = {
	kk: { office: "Конкурс жобасын жасаңыз", progress: "6 ішінен 0", added: "қосылады", bad: "Жолдарда қателер бар" },
	ru: { office: "Составьте проект конкурса", progress: "0 из 6", added: "добавляется", bad: "В строках есть ошибки" },
};
const head = { kk: "ЖСН;Тегі;Аты;Орган;Лауазымы", ru: "ИИН;Фамилия;Имя;Орган;Должность" };
const numbers = { kk: "850101301003", ru: "850101302001" };

let world;
before(async () => { world = await startWorld(); });
after(async () => { await world.stop(); });

async function look(page, name) {
	for (const [width, colors] of [[1280, "light"], [390, "dark"]]) {
		await page.setViewportSize({ width, height: 800 });
		await page.emulateMedia({ colorScheme: colors });
		await expectAccessible(page, `${name}-${width}-${colors}`);
		await shot(page, `${name}-${width}-${colors}`);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${name}: ${wide} pixels too wide at ${width}`);
	}
}

async function upload(page, text) {
	await page.goto(world.url("/admin/people/import"));
	await page.setInputFiles("[name=file]", { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
	await press(page, page.locator("main form.card button[type=submit]"));
}

for (const language of ["kk", "ru"]) {
	test(`${language}: the tour says what to try, and what was done`, async () => {
		const said = words[language];
		const { page, context, broken } = await world.signIn(language === "kk" ? "hr1" : "hr2", language);
		await page.goto(world.url("/"));
		const tour = page.locator("section[aria-labelledby=tour]");
		assert.match((await tour.innerText()).replace(/\s+/g, " "), new RegExp(said.progress));
		await look(page, `tour-${language}`);
		await tour.getByRole("link", { name: said.office }).click();
		await page.waitForURL(/\/competitions\/new$/);
		await page.selectOption("[name=post]", { index: 1 });
		await page.selectOption("[name=organ]", "pgo").catch(() => {});
		await page.fill("[name=vacancies]", "1");
		await page.fill("[name=filing_days]", "10");
		await page.check("[name=demonstration]");
		await page.fill("[name=text_kk]", "Мәтін");
		await page.fill("[name=text_ru]", "Текст");
		await press(page, page.locator("main form.card button[type=submit]"));
		await page.goto(world.url("/"));
		assert.equal(await tour.locator("li").first().locator("use[href*='circle-check']").count(), 1);
		await context.close();
		assert.deepEqual(broken, []);
	});

	test(`${language}: people of a table`, async () => {
		const said = words[language];
		const { page, context, broken } = await world.signIn("admin", language);
		await page.goto(world.url("/admin/accounts"));
		await page.locator("main a[href='/admin/people/import']").click();
		await page.waitForURL(/import$/);
		await look(page, `people-import-${language}`);
		await upload(page, `${head[language]}\n${numbers[language]};Жаңаев;Жаңа;pgo;\n123;Қате;Қате;pgo;\n`);
		assert.match(await page.innerText("main"), new RegExp(said.bad));
		assert.equal(await page.locator("form[action$='/take']").count(), 0);
		await look(page, `people-bad-${language}`);
		await upload(page, `${head[language]}\n${numbers[language]};Жаңаев;Жаңа;pgo;\n`);
		assert.match(await page.innerText("main"), new RegExp(said.added));
		await look(page, `people-look-${language}`);
		await press(page, page.locator("form[action$='/take'] button"));
		assert.match(page.url(), /\/admin\/people\/import$/);
		await upload(page, `${head[language]}\n${numbers[language]};Жаңаев;Жаңа;pgo;\n`);
		assert.equal(await page.locator("form[action$='/take']").count(), 0); // it is there already
		await context.close();
		assert.deepEqual(broken, []);
	});
}
