// video.mjs - sound and picture for a world: a real Janus, `konkurs video`, and Chromium's make-believe
// camera and microphone.
//
//   const records = newRecords();
//   const world = await startWorld({ ...media(records) });
//   const video = await startVideo(world, records, { segment: 10 });
//   await video.killJanus(); await video.startJanus();
//   await video.stop();
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { konkurs } from "./harness.mjs";
import { sql } from "./seat.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const MEDIA_PORTS = 200;

// A folder of its own: the records outlive neither the test nor a failure of it.
export const newRecords = () => mkdtempSync(join(tmpdir(), "konkurs-records-"));

// What startWorld() needs so that pages have a camera and the server finds the records.
export const media = (records) => ({
	chromium: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
		"--allow-loopback-in-peer-connection", "--autoplay-policy=document-user-activation-required"],
	serve: ["--records", records],
});

// Waits until `look` gives something true; what it gave.
export async function until(what, look, timeout = 30000) {
	const end = Date.now() + timeout;
	for (;;) {
		const found = await look();
		if (found) return found;
		assert.ok(Date.now() < end, `${what}: not within ${timeout} ms`);
		await new Promise((r) => setTimeout(r, 100));
	}
}

const ended = (child) => new Promise((r) => child.exitCode !== null || child.signalCode !== null ? r() : child.once("exit", r));

export async function startVideo(world, records, { segment = 60 } = {}) {
	const folder = mkdtempSync(join(tmpdir(), "konkurs-janus-"));
	const first = randomInt(40000, 60000);
	execFileSync("sh", [join(root, "script", "janus"), folder, "--http-port", "free",
		"--media", `${first}-${first + MEDIA_PORTS - 1}`], { stdio: "pipe" });
	const url = readFileSync(join(folder, "url"), "utf8").trim();
	const video = {
		records, url, janus: null, process: null, log: "",

		startJanus() {
			video.janus = spawn("sh", [join(root, "script", "janus"), "--run", folder], { stdio: "ignore" });
		},

		// As the kernel would when memory runs out.
		async killJanus() {
			video.janus.kill("SIGKILL");
			await ended(video.janus);
		},

		// The same to `konkurs video`; Janus goes on.
		async killProcess() {
			video.process.kill("SIGKILL");
			await ended(video.process);
		},

		startProcess() {
			video.process = spawn(konkurs, ["video", "--db", world.db, "--janus", url,
				"--janus-secrets", join(folder, "secrets"), "--records", records,
				"--segment", String(segment)], { stdio: ["ignore", "ignore", "pipe"] });
			video.process.stderr.on("data", (text) => { video.log += text; });
		},

		alive() {
			assert.equal(video.process.exitCode, null, `konkurs video ended: ${video.log.slice(-1500)}`);
			const [row] = sql(world, "SELECT seen_ms, problem FROM video_service");
			return row && row.problem === "" && Date.now() - row.seen_ms < 3000;
		},

		// Both end; the records stay until forget().
		async stop() {
			for (const child of [video.process, video.janus]) {
				if (!child || child.exitCode !== null || child.signalCode !== null) continue;
				child.kill("SIGTERM");
				await ended(child);
			}
			rmSync(folder, { recursive: true, force: true });
		},

		forget() {
			rmSync(records, { recursive: true, force: true });
		},
	};
	video.startJanus();
	video.startProcess();
	await until("konkurs video is at work", () => video.alive());
	return video;
}

// ---- what lies on the disk ---------------------------------------------------------------------

// Everything that ffprobe says of a film, with its frames counted.
export function probe(path) {
	const said = JSON.parse(execFileSync("ffprobe", ["-v", "error", "-count_frames", "-show_format",
		"-show_streams", "-of", "json", path], { encoding: "utf8" }));
	const stream = (kind) => said.streams.find((s) => s.codec_type === kind);
	return { seconds: Number(said.format.duration), sound: stream("audio"), picture: stream("video") };
}
