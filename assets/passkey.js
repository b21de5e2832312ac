// passkey.js - asks the browser for a passkey and sends what it answers.
//
// A form with data-passkey is hidden until the browser can do it.  "get": its button asks for one of
// data-credential, or for whichever there is; "create": its button makes a new one.

const toText = (bytes) =>
	btoa(String.fromCharCode(...new Uint8Array(bytes)))
		.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const toBytes = (text) =>
	Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const asciiBytes = (text) => new TextEncoder().encode(text);

const known = (form) => [...form.querySelectorAll("[data-credential]")]
	.map((e) => ({ type: "public-key", id: toBytes(e.dataset.credential) }));

const ES256 = -7, EDDSA = -8, RS256 = -257;

async function create(form) {
	const { challenge, site, name, user, userName } = form.dataset;
	const made = await navigator.credentials.create({ publicKey: {
		challenge: asciiBytes(challenge),
		rp: { id: site, name },
		user: { id: toBytes(user), name: userName, displayName: userName },
		pubKeyCredParams: [ES256, EDDSA, RS256].map((alg) => ({ type: "public-key", alg })),
		authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
		excludeCredentials: known(form),
		attestation: "none",
	} });
	return { credential: toText(made.rawId), client: toText(made.response.clientDataJSON),
		data: toText(made.response.getAuthenticatorData()) };
}

async function get(form) {
	const { challenge, site } = form.dataset;
	const given = await navigator.credentials.get({ publicKey: {
		challenge: asciiBytes(challenge),
		rpId: site,
		allowCredentials: known(form),
		userVerification: "required",
	} });
	return { credential: toText(given.rawId), client: toText(given.response.clientDataJSON),
		data: toText(given.response.authenticatorData),
		signature: toText(given.response.signature) };
}

function watch(form) {
	const failed = form.querySelector("[data-passkey-failed]");
	let answered = false;
	form.hidden = false;
	document.querySelector("[data-no-passkey]")?.remove();
	form.addEventListener("submit", async (event) => {
		if (answered) return;
		event.preventDefault();
		failed.hidden = true;
		try {
			const answer = await (form.dataset.passkey === "create" ? create(form) : get(form));
			for (const [name, value] of Object.entries(answer)) form.elements[name].value = value;
			answered = true;
			form.requestSubmit();
		} catch {
			failed.hidden = false; // cancelled, or no passkey here
		}
	});
}

if (window.isSecureContext && window.PublicKeyCredential)
	document.querySelectorAll("form[data-passkey]").forEach(watch);
