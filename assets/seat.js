// seat.js - the key of this computer: made at its enrolment, kept by the browser, shown by signing.
//
// The private key cannot be taken out of the browser (extractable: false).  It lies in IndexedDB, so
// the profile of a hall computer must not be cleared of that (packaging/kiosk).
import { openDB } from "./idb.js";

const NAME = "konkurs-seat";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

const open = () => openDB(NAME, 1, { upgrade: (db) => db.createObjectStore("key") });

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

async function challenge() {
	const answer = await fetch("/seat-challenge", { headers: { Accept: "application/json" }, cache: "no-store" });
	if (!answer.ok) throw new Error(String(answer.status));
	return (await answer.json()).challenge;
}

async function sign(pair) {
	const text = new TextEncoder().encode(await challenge());
	return base64(await crypto.subtle.sign(SIGNING, pair.privateKey, text));
}

// Shows the server that this is the computer of the attempt's seat; the answer is whether it
// believes it.
export async function proveSeat(attempt, csrf) {
	const pair = await (await open()).get("key", "pair");
	if (!pair) return false;
	const answer = await fetch(`/tests/${attempt}/seat`, {
		method: "POST",
		headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": csrf },
		body: JSON.stringify({ signature: await sign(pair) }),
	});
	return answer.ok && (await answer.json()).pen;
}

// ---- the page of the enrolment ------------------------------------------------------------------
async function enrol(form) {
	const db = await open();
	// The one that is here, so that the server sees when this computer is another seat's already, and
	// an enrolment that it refuses does not take the key of the one before away.
	const pair = await db.get("key", "pair") ??
		await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
	form.elements.public_key.value = base64(await crypto.subtle.exportKey("spki", pair.publicKey));
	form.elements.signature.value = await sign(pair);
	await db.put("key", pair, "pair");
	form.submit();
}

for (const form of document.querySelectorAll("[data-enrol]")) {
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		enrol(form).catch(() => { form.querySelector("[data-enrol-failed]").hidden = false; });
	});
}
