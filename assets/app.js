// What pages gain from scripts.  Everything works without them.

const said = document.body.dataset;

// ---- light and dark ----------------------------------------------------------
for (const button of document.querySelectorAll("[data-theme-switch]")) {
	button.hidden = false;
	button.addEventListener("click", () => {
		const root = document.documentElement;
		root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
		localStorage.setItem("theme", root.dataset.bsTheme);
	});
}

// ---- the person's menu closes when one goes elsewhere ---------------------------
document.addEventListener("click", (event) => {
	for (const menu of document.querySelectorAll("details.menu[open]")) {
		if (!menu.contains(event.target)) menu.open = false;
	}
});
document.addEventListener("keydown", (event) => {
	if (event.key !== "Escape") return;
	for (const menu of document.querySelectorAll("details.menu[open]")) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});

// ---- data-confirm: ask first ----------------------------------------------------
const choice = (text, kind) => {
	const made = document.createElement("button");
	made.type = "submit";
	made.className = `btn ${kind}`;
	made.textContent = text;
	return made;
};

// Resolves to true if the person goes on.
export const ask = (text) =>
	new Promise((resolve) => {
		const dialog = document.createElement("dialog");
		dialog.className = "ask";
		const form = document.createElement("form");
		form.method = "dialog";
		const question = document.createElement("p");
		question.id = "ask-text";
		question.textContent = text;
		const cancel = choice(said.cancel, "");
		const goOn = choice(said.goOn, "btn-primary");
		goOn.value = "yes";
		form.append(question, cancel, goOn);
		dialog.append(form);
		dialog.setAttribute("aria-labelledby", question.id);
		dialog.addEventListener("close", () => {
			dialog.remove();
			resolve(dialog.returnValue === "yes");
		});
		document.body.append(dialog);
		dialog.showModal();
		cancel.focus();
	});

document.addEventListener("click", async (event) => {
	const asked = event.target.closest("[data-confirm]");
	if (!asked || asked.dataset.confirmed) return;
	event.preventDefault();
	if (!(await ask(asked.dataset.confirm))) return;
	asked.dataset.confirmed = "yes";
	asked.click();
	delete asked.dataset.confirmed;
});

// ---- a form is sent once ----------------------------------------------------------
// The server holds out against twice; this spares the person the second answer.
const sent = new WeakSet();
document.addEventListener("submit", (event) => {
	const form = event.target;
	if (form.method !== "post" || event.defaultPrevented) return;
	if (sent.has(form)) event.preventDefault();
	sent.add(form);
});
addEventListener("pageshow", (event) => {
	if (event.persisted) location.reload();
});

// ---- data-guard: nothing typed is lost unasked --------------------------------------
// Forms in which something was typed, the last one behind.
const typed = new Set();
document.addEventListener("input", ({ target }) => {
	if (!target.form?.closest("main")) return;
	typed.delete(target.form);
	typed.add(target.form);
});
document.addEventListener("submit", ({ target }) => { typed.delete(target); });
addEventListener("beforeunload", (event) => {
	if ([...typed].some((form) => form.matches("[data-guard]"))) event.preventDefault();
});

// ---- another language keeps what was typed, and the place -----------------------------
// A form goes along and comes back (src/web/http/switch.h); a filter is used.  Passwords and files stay here, as
// no page may fill them in.
const languages = document.querySelector("form[data-languages]");
const methodOf = (form) => form.getAttribute("method") ?? "get";
const addressOf = (form) => new URL(form.getAttribute("action") ?? "", location.href);

// The form that this page shows again, if it does.
const answered = () => languages.hasAttribute("data-answer") &&
	[...document.querySelectorAll("main form")].find((form) => methodOf(form) === "post" &&
		addressOf(form).pathname === location.pathname);

function takeAlong(form, language) {
	for (const field of form.elements)
		if (field.type === "file" || field.type === "password") field.disabled = true;
	const wish = document.createElement("input");
	Object.assign(wish, { type: "hidden", name: "in_language", value: language });
	form.append(wish);
	typed.clear();
	HTMLFormElement.prototype.submit.call(form);
}

languages?.addEventListener("submit", async (event) => {
	const language = event.submitter.value;
	const form = [...typed].at(-1) || answered();
	sessionStorage.setItem("place", scrollY);
	if (form && methodOf(form) === "post") {
		event.preventDefault();
		if (typed.size < 2 || await ask(said.unsaved)) takeAlong(form, language);
	} else if (form) {
		const filter = new URLSearchParams(new FormData(form));
		languages.elements.back.value = `${addressOf(form).pathname}?${filter}`;
	} else {
		languages.setAttribute("action", `/language${location.hash}`);
	}
});

const place = sessionStorage.getItem("place");
sessionStorage.removeItem("place");
if (place && !document.querySelector("main > .say-warning")) // behind what an anchor does
	addEventListener("load", () => scrollTo({ top: Number(place), behavior: "instant" }));

// ---- data-counter: how much room is left ---------------------------------------------
for (const area of document.querySelectorAll("textarea[data-counter]")) {
	const counter = area.nextElementSibling; // its room is there: nothing moves
	const count = () => { counter.textContent = `${area.value.length} / ${area.maxLength}`; };
	area.addEventListener("input", count);
	count();
}

// ---- data-address: a path of ours as a whole address ---------------------------------
for (const field of document.querySelectorAll("input[data-address]"))
	field.value = new URL(field.value, location.origin).href;

// ---- data-print ------------------------------------------------------------------------
for (const print of document.querySelectorAll("[data-print]")) {
	print.hidden = false;
	print.addEventListener("click", () => window.print());
}

// ---- data-unfold: what is folded on the screen is on paper ---------------------------------
addEventListener("beforeprint", () => {
	for (const folded of document.querySelectorAll("details[data-unfold]:not([open])")) {
		folded.open = true;
		folded.dataset.unfold = "paper";
	}
});
addEventListener("afterprint", () => {
	for (const unfolded of document.querySelectorAll("details[data-unfold=paper]")) {
		unfolded.open = false;
		unfolded.dataset.unfold = "";
	}
});

// ---- data-copy: the text of an element, by its id ----------------------------------------
// Without leave, or over a plain line, there is no clipboard: then the text is chosen, to be copied
// by hand.
const copyOld = (element) => {
	const range = document.createRange();
	range.selectNodeContents(element);
	getSelection().removeAllRanges();
	getSelection().addRange(range);
	return document.execCommand?.("copy") ?? false;
};
const copy = async (element) => {
	try {
		await navigator.clipboard.writeText(element.textContent);
		return true;
	} catch {
		return copyOld(element);
	}
};
for (const button of document.querySelectorAll("[data-copy]")) {
	const say = button.parentElement.querySelector("[role=status]");
	button.hidden = false;
	button.addEventListener("click", async () => {
		say.textContent = "";
		const copied = await copy(document.getElementById(button.dataset.copy));
		say.textContent = copied ? say.dataset.copied : say.dataset.chosen;
	});
}

// ---- data-tick-all: one box for all of the page ------------------------------------------
for (const all of document.querySelectorAll("[data-tick-all]")) {
	all.hidden = false;
	all.querySelector("input").addEventListener("change", (event) => {
		for (const box of all.closest("form").querySelectorAll("[data-tick]"))
			box.checked = event.target.checked;
	});
}

// ---- data-busy: what is sent takes longer than a moment -----------------------------------
for (const form of document.querySelectorAll("form[data-busy]"))
	form.addEventListener("submit", (event) => {
		if (event.defaultPrevented) return;
		const busy = document.createElement("p");
		busy.className = "busy";
		busy.setAttribute("role", "status");
		busy.append(document.createElement("progress"), form.dataset.busy);
		form.append(busy);
	});

// ---- a refusal is read out and seen first -------------------------------------------------
document.getElementById("refusal")?.focus();
