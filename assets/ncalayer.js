// ncalayer.js - signs a document with NCALayer, the program of the national certification authority that
// runs at the person's own computer and has the key (docs/signatures.md).
//
// One request a connection: module kz.gov.pki.knca.basics, method sign.  The answer is a CMS without
// the document in it, which goes to the server as a form.  Whatever fails is said in words, and the
// form for a file stays below.
const CONNECT_MS = 5000;

const request = (box) => JSON.stringify({
	module: "kz.gov.pki.knca.basics",
	method: "sign",
	args: {
		allowedStorages: ["PKCS12", "AKKaztokenStore", "AKKZIDCardStore", "AKEToken72KStore",
			"AKEToken5110Store", "AKJaCartaStore", "AKAKEYStore"],
		format: "cms",
		data: btoa(unescape(encodeURIComponent(box.dataset.text))),
		signingParams: { decode: true, encapsulate: false, digested: false, tsaProfile: null },
		// keys for documents, unless the page wants others; of this person alone where the document is
		// to be the person's own
		signerParams: { extKeyUsageOids: [box.dataset.usage ?? "1.3.6.1.5.5.7.3.4"], chain: [],
			...(box.dataset.iin ? { iin: box.dataset.iin } : {}) },
		locale: box.dataset.lang === "kk" ? "kk" : "ru",
	},
});

// What NCALayer says: { cms }, { cancelled } or { failed }; null for greetings and heartbeats.
export function understand(text) {
	let answer = null;
	try {
		answer = JSON.parse(text);
	} catch {
		return null;
	}
	if (answer?.success === false) return { failed: String(answer.errorCode ?? "") };
	if (typeof answer?.status !== "boolean") return null;
	if (!answer.status) return { failed: String(answer.message ?? answer.code ?? "") };
	const result = answer.body?.result;
	const cms = Array.isArray(result) ? result[0] : result;
	return typeof cms === "string" && cms !== "" ? { cms } : { cancelled: true };
}

function sign(box) {
	return new Promise((resolve) => {
		let open = false;
		const socket = new WebSocket(box.dataset.ncalayer);
		const end = (outcome) => {
			clearTimeout(timer);
			socket.close();
			resolve(outcome); // the first counts
		};
		const timer = setTimeout(() => { if (!open) end({ offline: true }); }, CONNECT_MS);
		socket.addEventListener("open", () => {
			open = true;
			socket.send(request(box));
		});
		socket.addEventListener("message", (event) => {
			const said = understand(event.data);
			if (said) end(said);
		});
		socket.addEventListener("close", () => end(open ? { failed: "" } : { offline: true }));
	});
}

const box = document.querySelector("[data-ncalayer]");
const form = document.getElementById("ncalayer-form");
const says = document.getElementById("ncalayer-says");
if (box && form) {
	const button = form.querySelector("button[type=submit]");
	box.hidden = false;
	form.addEventListener("submit", async (event) => {
		if (form.elements.signature.value) return; // signed: it is sent
		event.preventDefault();
		button.disabled = true;
		says.textContent = box.dataset.waiting;
		const outcome = await sign(box);
		button.disabled = false;
		if (outcome.cms) {
			says.textContent = "";
			form.elements.signature.value = outcome.cms;
			form.requestSubmit();
			return;
		}
		const why = outcome.offline ? box.dataset.offline
			: outcome.cancelled ? box.dataset.cancelled : box.dataset.failed;
		says.textContent = outcome.failed ? `${why} (${outcome.failed})` : why;
	});
}
