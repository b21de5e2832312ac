// The description of the site for programs (/openapi.json): is it OpenAPI 3.1, does it leave no route out, and is
// what the running server answers what it says?  A client that knows nothing but the description signs in as one
// person of each role, asks for every GET, and sends every form without what it needs.  No browser here.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { Validator } from "@seriousme/openapi-schema-validator";
import { konkurs, openNode, password, person } from "./harness.mjs";

const keys = ["admin", "auditor", "hr1", "candidate1", "operator", "security", "polygraph", "psycho", "chair", "secretary",
	"author", "approver", "keeper1"];
const folder = mkdtempSync(join(tmpdir(), "konkurs-api-"));
const db = join(folder, "demo.db");
let node, doc, ajv;
const clients = new Map();

// ---- a client that is made of the description ------------------------------------------------------------

const operations = () => Object.entries(doc.paths).flatMap(([path, item]) =>
	Object.entries(item).map(([method, op]) => ({ path, method, op, name: `${method} ${path}` })));

const followed = (thing) => thing?.$ref
	? thing.$ref.slice(2).split("/").reduce((at, part) => at[part], doc) : thing;

// The JSON pointer of a schema, as the fragment of an address.
const pointer = (...parts) => "konkurs#/" + parts.map((part) =>
	encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

class Client {
	jar = new Map();
	token = "";

	async send(method, path, { body, type, token = this.token, accept = "application/json" } = {}) {
		const headers = { accept, cookie: [...this.jar].map(([k, v]) => `${k}=${v}`).join("; ") };
		if (token) headers["x-csrf-token"] = token;
		if (type) headers["content-type"] = type;
		const answer = await fetch(node.url(path), { method: method.toUpperCase(), headers, body, redirect: "manual" });
		for (const cookie of answer.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
			if (/max-age=0/i.test(cookie)) this.jar.delete(name);
			else this.jar.set(name, value);
		}
		const media = (answer.headers.get("content-type") ?? "").split(";")[0];
		const bytes = Buffer.from(await answer.arrayBuffer());
		return { status: answer.status, media, retry: answer.headers.get("retry-after"),
			json: media === "application/json" && bytes.length > 0 ? JSON.parse(bytes) : undefined };
	}

	// As often as the brake lets it through.
	async patient(method, path, options) {
		for (;;) {
			const answer = await this.send(method, path, options);
			if (answer.status !== 429) return answer;
			assert.ok(Number(answer.retry) > 0, `${path}: 429 without Retry-After`);
			await new Promise((r) => setTimeout(r, 1000 * Number(answer.retry)));
		}
	}

	async renew() {
		this.token = (await this.send("get", "/verify")).json.page.csrf;
	}

	async signIn(key) {
		await this.renew();
		const form = new URLSearchParams({ iin: person(key).iin, password });
		const answer = await this.send("post", "/sign-in",
			{ body: form.toString(), type: "application/x-www-form-urlencoded" });
		assert.equal(answer.status, 200, `${key}: ${JSON.stringify(answer.json)}`);
		assert.equal(answer.json.location, "/");
		await this.renew();
	}
}

// A value that the schema takes.
function example(schema) {
	if (schema.enum) return schema.enum[0];
	if (schema.type === "integer") return String(Math.max(1, schema.minimum ?? 1));
	return schema.pattern?.includes("T[") ? "2026-12-07T09:00" : schema.pattern ? "2026-12-07" : "x".repeat(schema.minLength ?? 1);
}

function fill(path, op, numbers = "1") {
	let query = "";
	const filled = op.parameters.reduce((at, p) => {
		const value = p.schema.type === "integer" && p.in === "path" ? numbers : example(p.schema);
		if (p.in === "path") return at.replace(`{${p.name}}`, encodeURIComponent(value));
		if (p.required) query += `${query ? "&" : "?"}${p.name}=${encodeURIComponent(value)}`;
		return at;
	}, path);
	return filled + query;
}

// Is the answer one that the description knows?  Gives what is wrong, or nothing.
function judge({ path, method, op, name }, answer) {
	const status = op.responses[answer.status] ? String(answer.status) : "default";
	const response = followed(op.responses[status]);
	if (status === "default" && answer.status < 400) return `${name}: ${answer.status} is not described`;
	if (answer.status === 500) return `${name}: 500`;
	if (!response.content || answer.media === "") return undefined;
	if (response.content["*/*"]) return undefined;
	const content = response.content[answer.media];
	if (!content) return `${name}: ${answer.status} as ${answer.media} is not described`;
	if (answer.media !== "application/json" || !content.schema) return undefined;
	const at = op.responses[status].$ref
		? pointer(...op.responses[status].$ref.slice(2).split("/"), "content", answer.media, "schema")
		: pointer("paths", path, method, "responses", status, "content", answer.media, "schema");
	const check = ajv.getSchema(at);
	return check(answer.json) ? undefined
		: `${name}: ${answer.status} ${ajv.errorsText(check.errors)} in ${JSON.stringify(answer.json).slice(0, 300)}`;
}

// Every name that the schema of a page has, at any depth.
function namesOf(schema, found = new Set(), seen = new Set()) {
	if (!schema || typeof schema !== "object" || seen.has(schema)) return found;
	seen.add(schema);
	for (const [name, below] of Object.entries(schema.properties ?? {})) {
		found.add(name);
		namesOf(below, found, seen);
	}
	for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? []), schema.items, followed(schema)])
		namesOf(part, found, seen);
	return found;
}

function keysOf(json, found = new Set()) {
	if (Array.isArray(json)) json.forEach((item) => keysOf(item, found));
	else if (json && typeof json === "object")
		for (const [key, below] of Object.entries(json)) {
			found.add(key);
			keysOf(below, found);
		}
	return found;
}

before(async () => {
	execFileSync(konkurs, ["demo", "--db", db], { stdio: "pipe" });
	node = await openNode(["--db", db]);
	await node.start();
	for (const key of keys) {
		clients.set(key, new Client());
		await clients.get(key).signIn(key);
	}
	const nobody = new Client();
	await nobody.renew();
	clients.set("nobody", nobody);
	const answer = await clients.get("admin").send("get", "/openapi.json");
	assert.equal(answer.status, 200);
	doc = answer.json;
	ajv = new Ajv({ strict: false, validateSchema: false, allErrors: false, validateFormats: false });
	ajv.addSchema(doc, "konkurs");
});

after(async () => {
	await node.kill();
	rmSync(folder, { recursive: true, force: true });
});

// ---- the description alone -------------------------------------------------------------------------------

test("it is OpenAPI 3.1", async () => {
	const validator = new Validator();
	const result = await validator.validate(structuredClone(doc));
	assert.deepEqual([result.valid, result.errors ?? []], [true, []]);
	assert.equal(validator.version, "3.1");
	const ids = [...operations().map(({ op }) => op.operationId),
		...Object.values(doc.webhooks).map(({ post }) => post.operationId)];
	assert.equal(Object.keys(doc.webhooks).length, 14);
	assert.equal(new Set(ids).size, ids.length, "an operationId comes twice");
	for (const { op, path, name } of operations()) {
		const named = [...path.matchAll(/\{([^}]+)\}/g)].map((m) => m[1]).sort();
		const declared = op.parameters.filter((p) => p.in === "path").map((p) => p.name).sort();
		assert.deepEqual(declared, named, name);
	}
});

test("no route is left out, and none is there that is not", async () => {
	const table = (await clients.get("admin").send("get", "/help/routes")).json.routes;
	const told = operations().filter(({ op }) => !op["x-list-of"]).map(({ path, method }) => `${method} ${path}`);
	const known = table.map((r) => `${r.method.toLowerCase()} ${r.path.replaceAll(/:([a-z0-9_]+)/g, "{$1}")}`);
	assert.deepEqual(told.sort(), known.sort());
	for (const row of table) {
		const op = doc.paths[row.path.replaceAll(/:([a-z0-9_]+)/g, "{$1}")][row.method.toLowerCase()];
		assert.equal(op["x-roles"].join(", "), row.who, row.path);
		const fields = op.parameters.map((p) => p.name).concat(Object.values(op.requestBody?.content ?? {})
			.flatMap((c) => Object.keys(c.schema.properties)));
		for (const p of row.params) assert.ok(fields.includes(p.name), `${row.path}: ${p.name}`);
	}
});

test("the command line gives the same", () => {
	const told = JSON.parse(execFileSync(konkurs, ["api", "--json"], { maxBuffer: 2 ** 26 }));
	assert.deepEqual(told, doc);
	const lines = execFileSync(konkurs, ["api"], { encoding: "utf8" }).split("\n").filter((l) => /^(GET|POST)/.test(l));
	assert.equal(lines.length, operations().filter(({ op }) => !op["x-list-of"]).length);
});

test("it is for those who may see the routes", async () => {
	assert.equal((await clients.get("auditor").send("get", "/openapi.json")).status, 200);
	assert.equal((await clients.get("hr1").send("get", "/openapi.json")).status, 403);
	assert.equal((await clients.get("nobody").send("get", "/openapi.json")).status, 403);
});

// ---- the server ------------------------------------------------------------------------------------------

test("each GET answers as it says, to one person of each role", async () => {
	const wrong = new Set(), seen = new Map();
	for (const [key, client] of clients)
		for (const one of operations()) {
			if (one.method !== "get" || one.op["x-waits"]) continue;
			const answer = await client.send("get", fill(one.path, one.op));
			const fault = judge(one, answer);
			if (fault) wrong.add(`${key}: ${fault}`);
			seen.set(one.name, Math.min(seen.get(one.name) ?? 999, answer.status));
			const page = answer.status === 200 && answer.json?.page ? one.op.responses[200].content["application/json"] : null;
			const names = page ? namesOf(page.schema) : null;
			for (const name of page ? keysOf(answer.json) : [])
				if (!names.has(name) && !inMessages.has(name)) wrong.add(`${one.name}: ${name} is not described`);
		}
	assert.deepEqual([...wrong].slice(0, 40), []);
	const statuses = [...seen.values()];
	assert.ok(statuses.filter((s) => s === 200).length > 60, `only ${statuses.filter((s) => s === 200).length} were seen to be there`);
	console.log(`# GET: ${seen.size} asked for, 200 of ${statuses.filter((s) => s === 200).length}`);
});

test("as a browser sees them, too", async () => {
	const wrong = [];
	for (const one of operations()) {
		if (one.method !== "get" || one.op["x-waits"]) continue;
		const fault = judge(one, await clients.get("hr1").send("get", fill(one.path, one.op), { accept: "text/html" }));
		if (fault) wrong.push(fault);
	}
	assert.deepEqual(wrong, []);
});

// Filled into messages whose keys are values: no template names them.
const inMessages = new Set(["affected"]);
const who = ({ op }) => [...clients.keys()].find((key) => mayBe(key, op["x-roles"]));
const offices = { admin: "admin", auditor: "auditor", hr1: "hr", operator: "operator", security: "security", polygraph: "polygraph",
	psycho: "psycho", chair: "member", secretary: "secretary", author: "author", approver: "approver", keeper1: "keeper" };
const mayBe = (key, roles) => roles.includes("public") || (key !== "nobody" && roles.includes("person")) || roles.includes(offices[key]);

test("each form without the token of its session is refused as it says", async () => {
	const wrong = [];
	for (const one of operations()) {
		if (one.method !== "post") continue;
		const client = clients.get(who(one) ?? "admin");
		const answer = await client.send("post", fill(one.path, one.op), { body: "{}", type: "application/json", token: "" });
		const fault = judge(one, answer) ?? (answer.status === 403 || answer.status === 429 ? undefined : `${one.name}: ${answer.status}`);
		if (fault) wrong.push(fault);
	}
	assert.deepEqual(wrong, []);
});

// What is wrong with the answer to a form that has to be refused with that status, key and one of those fields.
function refusedAs(one, answer, status, key, fields) {
	const fault = judge(one, answer);
	const { key: said, field } = answer.json?.error ?? {};
	if (fault || (answer.status === status && said === key && (!fields || fields.includes(field)))) return fault;
	return `${one.name}: ${answer.status} ${said} at ${field}, not ${status} ${key} at one of ${fields}`;
}

test("each form with what it does not declare, and without what it needs, is refused as it says", async () => {
	const wrong = [], open = [];
	let missing = 0, strange = 0;
	const type = "application/json";
	for (const one of operations()) {
		if (one.method !== "post") continue;
		const client = clients.get(who(one));
		const path = fill(one.path, one.op);
		const answer = await client.patient("post", path, { body: '{"nothing_of_ours":"1"}', type });
		if (answer.json?.error?.key === "error.role") { // no commission is appointed: they are nobody yet
			open.push(...one.op["x-roles"]);
			continue;
		}
		wrong.push(refusedAs(one, answer, 400, "error.param.unknown"));
		strange++;
		const media = one.op.requestBody.content[type] ?? one.op.requestBody.content["multipart/form-data"];
		const needed = media.schema.required;
		if (needed.length === 0) continue;
		wrong.push(refusedAs(one, await client.patient("post", path, { body: "{}", type }), 422, "error.required", needed));
		missing++;
	}
	console.log(`# POST: ${strange} refused for what they do not declare, ${missing} for what is missing`);
	assert.deepEqual(wrong.filter(Boolean), []);
	assert.deepEqual([...new Set(open)].filter((role) => !["member", "secretary", "invited"].includes(role)), []);
	assert.ok(missing > 80 && strange > 130, `${missing}, ${strange}`);
});

test("the walk of /help/api: in, a form, out", async () => {
	const client = new Client();
	await client.signIn("hr1");
	const first = await client.send("get", "/competitions");
	assert.equal(first.json.page.person !== null, true);
	const choose = { body: JSON.stringify({ to: "ru", back: "/competitions" }), type: "application/json" };
	assert.deepEqual((await client.send("post", "/language", choose)).json, { location: "/competitions", notice: null });
	assert.equal((await client.send("get", "/competitions")).json.page.lang, "ru");
	assert.equal((await client.send("get", "/competitions.csv")).media, "text/csv");
	assert.equal((await client.send("post", "/competitions", { body: "x", type: "text/plain" })).status, 415);
	assert.equal((await client.send("post", "/healthz", {})).status, 405);
	assert.equal((await client.send("post", "/sign-out", {})).status, 200);
	assert.equal((await client.send("get", "/competitions")).status, 403);
});
