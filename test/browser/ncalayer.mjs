// ncalayer.mjs - a double of NCALayer: it speaks the protocol of the module kz.gov.pki.knca.basics over a websocket
// and signs with a key of the test's authority.
//
// As the original it speaks wss, with a certificate of this computer (`tls`, of tls.mjs); without one it speaks ws.
//
// As the original it greets with its version, answers heartbeats with heartbeats, gives base64, and says of a
// person who chooses no key {status: true, body: {}}.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";

const TEXT = 1, CLOSE = 8;

function frame(kind, text) {
	const body = Buffer.from(text);
	const head = body.length < 126 ? Buffer.from([0x80 | kind, body.length])
		: Buffer.from([0x80 | kind, 126, body.length >> 8, body.length & 255]);
	return Buffer.concat([head, body]);
}

// The first frame of what has arrived: { kind, text, size }, null while it is not whole.
function unframe(bytes) {
	if (bytes.length < 6) return null;
	let [length, at] = [bytes[1] & 127, 2];
	if (length === 126) [length, at] = [bytes.readUInt16BE(2), 4];
	else if (length === 127) [length, at] = [Number(bytes.readBigUInt64BE(2)), 10];
	const size = at + 4 + length;
	if (bytes.length < size) return null;
	const mask = bytes.subarray(at, at + 4);
	const body = Buffer.from(bytes.subarray(at + 4, size).map((byte, i) => byte ^ mask[i % 4]));
	return { kind: bytes[0] & 15, text: body.toString("utf8"), size };
}

// `how` is what the person at the computer does: { signer }, { cancels: true } or { fails: "..." };
// `heard` collects the requests.
export function startNcalayer(port, authority, how, tls) {
	const heard = [];
	const answer = (text) => {
		if (text === "--heartbeat--") return text;
		const asked = JSON.parse(text);
		heard.push(asked);
		if (asked.module !== "kz.gov.pki.knca.basics" || asked.method !== "sign")
			return JSON.stringify({ success: false, errorCode: "MODULE_NOT_FOUND" });
		if (how.cancels) return JSON.stringify({ status: true, body: {} });
		if (how.fails) return JSON.stringify({ status: false, code: "SIGNING_FAILURE", message: how.fails });
		const { args } = asked;
		const bytes = args.signingParams.decode ? Buffer.from(args.data, "base64") : Buffer.from(args.data);
		const cms = readFileSync(authority.sign(how.signer, bytes)).toString("base64");
		return JSON.stringify({ status: true, body: { result: [cms] } });
	};
	const sockets = new Set();
	const refuse = (_, reply) => reply.writeHead(426).end();
	const server = tls ? createSecureServer(tls, refuse) : createServer(refuse);
	server.on("upgrade", (request, socket) => {
		const accept = createHash("sha1").update(request.headers["sec-websocket-key"] +
			"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
		let bytes = Buffer.alloc(0);
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
		socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			`Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
		socket.write(frame(TEXT, JSON.stringify({ result: { version: "1.4" } })));
		socket.write(frame(TEXT, "--heartbeat--"));
		socket.on("data", (data) => {
			bytes = Buffer.concat([bytes, data]);
			for (let one = unframe(bytes); one; one = unframe(bytes)) {
				bytes = bytes.subarray(one.size);
				if (one.kind === TEXT) socket.write(frame(TEXT, answer(one.text)));
				else if (one.kind === CLOSE) socket.end(frame(CLOSE, ""));
			}
		});
	});
	return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve({
		heard,
		stop: () => new Promise((done) => {
			for (const socket of sockets) socket.destroy();
			server.close(done);
		}),
	})));
}
