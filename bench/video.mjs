// video.mjs - the browsers of `script/bench video`: so many cameras and microphones that send to Janus.
//
//   node bench/video.mjs --janus URL --secrets FILE --records FOLDER
//
// A line of JSON on stdin is an order, a line on stdout its answer; the end of stdin ends all.
//   {"do": "publish", "count": 8}   so many are recorded
//   {"do": "page"}                  a page that sends nothing yet; then for each line:
//   {"do": "offer"}                 its offer, "sdp"
//   {"do": "answer", "sdp": "..."}  the answer to it; "state" of the connection
//   {"do": "figures"}               what was sent so far, and what the browser has taken
//   {"do": "stop"}                  nobody sends
// It is a program of its own because media are encrypted for one connection (DTLS-SRTP): only a
// browser makes what a browser sends.
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: options } = parseArgs({ options: { janus: { type: "string" }, secrets: { type: "string" },
	records: { type: "string" } } });
const [secret, adminKey] = readFileSync(options.secrets, "utf8").trim().split("\n");
const TICK_MS = 10; // of /proc

// ---- Janus ------------------------------------------------------------------------------------

let transactions = 0;
let session;
const waiting = new Map();

async function call(path, body, transaction = `bench-${transactions++}`) {
	const answer = await fetch(options.janus + path, { method: "POST",
		body: JSON.stringify({ ...body, transaction, apisecret: secret }) });
	return answer.json();
}

// Answers come on the long poll, some before the call that asked for them has returned.
async function listen() {
	for (;;) {
		const answer = await fetch(`${options.janus}/${session}?maxev=20&apisecret=${secret}`);
		for (const event of [await answer.json()].flat()) {
			if (event.janus !== "event") continue;
			waiting.get(event.transaction)?.(event);
			waiting.delete(event.transaction);
		}
	}
}

const attach = async () => (await call(`/${session}`, { janus: "attach", plugin: "janus.plugin.videoroom" })).data.id;

async function ask(handle, body, jsep) {
	const transaction = `bench-${transactions++}`;
	const event = new Promise((resolve) => waiting.set(transaction, resolve));
	const answer = await call(`/${session}/${handle}`, { janus: "message", body, ...(jsep ? { jsep } : {}) }, transaction);
	const { plugindata, jsep: said } = answer.janus === "ack" ? await event : answer;
	if (plugindata?.data?.error) throw new Error(`Janus: ${plugindata.data.error}`);
	return said;
}

const room = { room: 1, secret: "bench", pin: "bench" };
const handles = [];
let feeds = 0;

async function openRoom() {
	session = (await call("", { janus: "create" })).data.id;
	listen().catch((e) => { if (!ending) throw e; });
	await ask(await attach(), { request: "create", admin_key: adminKey, ...room, is_private: true, publishers: 64,
		lock_record: true, record: false, rec_dir: options.records, audiocodec: "opus", videocodec: "vp8",
		bitrate: 400000, fir_freq: 10 });
}

// ---- the browser ------------------------------------------------------------------------------

const site = createServer((_, answer) => {
	answer.setHeader("content-type", "text/html");
	answer.end("<!doctype html><title>bench</title>");
});
await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
const server = await chromium.launchServer({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
		"--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
		"--disable-features=WebRtcHideLocalIpsWithMdns"] });
const browser = await chromium.connect(server.wsEndpoint());
let page;

// What the halls' pages send: assets/video-line.js.
async function freshPage() {
	await page?.close();
	page = await browser.newPage();
	await page.goto(`http://127.0.0.1:${site.address().port}/`);
	await page.evaluate(async () => {
		globalThis.stream = await navigator.mediaDevices.getUserMedia({ audio: true,
			video: { width: 640, height: 480, frameRate: 15 } });
		globalThis.lines = [];
	});
}

const offer = () => page.evaluate(async () => {
	const line = new RTCPeerConnection();
	for (const track of globalThis.stream.getTracks())
		line.addTransceiver(track, { direction: "sendonly", streams: [globalThis.stream] });
	globalThis.lines.push(line);
	await line.setLocalDescription(await line.createOffer());
	while (line.iceGatheringState !== "complete") await new Promise((r) => setTimeout(r, 20));
	return { type: "offer", sdp: line.localDescription.sdp };
});

const connected = (answer) => page.evaluate(async (said) => {
	const line = globalThis.lines.at(-1);
	await line.setRemoteDescription(said);
	const sender = line.getSenders().find((s) => s.track.kind === "video");
	const parameters = sender.getParameters();
	parameters.encodings[0].maxBitrate = 400000;
	await sender.setParameters(parameters);
	for (let i = 0; i < 500 && line.connectionState !== "connected"; i++) await new Promise((r) => setTimeout(r, 20));
	return line.connectionState;
}, answer);

async function publish({ count }) {
	await freshPage();
	for (let i = 0; i < count; i++) {
		const handle = await attach();
		handles.push(handle);
		feeds++;
		await ask(handle, { request: "join", ptype: "publisher", id: feeds, ...room });
		const answer = await ask(handle, { request: "configure", record: true, filename: `s${feeds}`,
			secret: room.secret, bitrate: 400000 }, await offer());
		const state = await connected(answer);
		if (state !== "connected") throw new Error(`a line is ${state}`);
	}
	return { count };
}

async function begin() {
	await freshPage();
	return {};
}

async function take({ sdp }) {
	const state = await connected({ type: "answer", sdp });
	if (state !== "connected") throw new Error(`a line is ${state}`);
	return { state };
}

// Ticks of all processes of the browser: they are one group.
function browserMs() {
	const group = String(server.process().pid);
	let ticks = 0;
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const text = readFileSync(`/proc/${pid}/stat`, "utf8");
			const field = text.slice(text.lastIndexOf(")") + 2).split(" ");
			if (field[2] === group) ticks += Number(field[11]) + Number(field[12]);
		} catch {
			// it has ended meanwhile
		}
	}
	return ticks * TICK_MS;
}

async function figures() {
	const sent = page ? await page.evaluate(async () => {
		const sum = { packets: 0, bytes: 0, frames: 0, lost: 0 };
		for (const line of globalThis.lines) {
			for (const row of (await line.getStats()).values()) {
				if (row.type === "remote-inbound-rtp") sum.lost += row.packetsLost ?? 0;
				if (row.type !== "outbound-rtp") continue;
				sum.packets += row.packetsSent;
				sum.bytes += row.bytesSent + row.headerBytesSent;
				sum.frames += row.framesSent ?? 0;
			}
		}
		return sum;
	}) : {};
	return { ...sent, browser_ms: browserMs() };
}

async function stop() {
	while (handles.length > 0) await call(`/${session}/${handles.pop()}`, { janus: "detach" });
	await page?.close();
	page = undefined;
	return {};
}

// ---- orders -----------------------------------------------------------------------------------

let ending = false;
const orders = { publish, page: begin, offer: async () => ({ sdp: (await offer()).sdp }), answer: take, figures, stop };
await openRoom();
console.log(JSON.stringify({ ok: true }));
for await (const line of createInterface({ input: process.stdin })) {
	let said;
	try {
		const order = JSON.parse(line);
		said = { ok: true, ...await orders[order.do](order) };
	} catch (e) {
		said = { ok: false, why: String(e) };
	}
	console.log(JSON.stringify(said));
}
ending = true;
await server.close();
process.exit(0);
