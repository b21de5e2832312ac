// test-view.js - what the candidate sees of a test: question, map, marks, the panel of the moment.
//
// It shows and tells nothing of its own: what is saved it is told by test.js, which has it from
// the server.  Texts are the page's, in its attributes; # and @ stand for values.

export class View {
	constructor(root) {
		this.root = root;
		this.text = root.dataset;
		this.buttons = new Map(Array.from(root.querySelectorAll("[data-question]"),
			(b) => [Number(b.dataset.question), b]));
	}

	part(name) {
		return this.root.querySelector(`[data-${name}]`);
	}

	say(name, value = "", other = "") {
		return (this.text[name] ?? "").replace("#", value).replace("@", other);
	}

	announce(text) {
		this.part("announce").textContent = text;
	}

	// ---- the panel of the moment --------------------------------------------------------
	panel(name) {
		for (const panel of this.root.querySelectorAll("[data-panel]"))
			panel.hidden = panel.dataset.panel !== name;
		this.root.dataset.now = name;
	}

	// Where the keyboard and the screen reader go on.
	focusPanel() {
		const panel = this.root.querySelector(`[data-panel="${this.root.dataset.now}"]`);
		panel?.querySelector("[tabindex='-1']")?.focus();
	}

	// The way to sign in again, by which one comes back to the test.  Where leaving the page would lose
	// clicks it opens beside it, and this page goes on by itself.
	door(leave) {
		const door = this.part("door");
		door.href = leave ? location.pathname : "/sign-in?back=/";
		door.target = leave ? "" : "_blank";
		this.part("door-beside").hidden = leave;
	}

	note(name, shown) {
		this.root.querySelector(`[data-note="${name}"]`).hidden = !shown;
	}

	// ---- one question -------------------------------------------------------------------
	heading(number) {
		const total = this.buttons.size;
		this.part("heading").textContent = this.say("number", number, total);
		this.part("previous").disabled = number === 1;
		this.part("next").disabled = number === total;
		for (const [of, button] of this.buttons) {
			if (of === number) button.setAttribute("aria-current", "true");
			else button.removeAttribute("aria-current");
			button.tabIndex = of === number ? 0 : -1;
		}
	}

	// Nothing to answer until the question is there.
	blank(text) {
		this.part("question-body").disabled = true;
		this.part("stem").textContent = text;
		this.part("options").replaceChildren();
	}

	question(question, chosen, choose) {
		this.part("question-body").disabled = false;
		this.part("stem").textContent = question.stem;
		this.part("options").replaceChildren(...question.options.map((option) =>
			makeOption(option, option.token === chosen, () => choose(option.token))));
	}

	select(token) {
		for (const input of this.options()) input.checked = input.value === token;
	}

	options() {
		return Array.from(this.root.querySelectorAll("[name=option]"));
	}

	focusHeading() {
		this.part("heading").focus();
	}

	// ---- marks --------------------------------------------------------------------------
	// `state`: "", sending, unsaved, saved, late, moved, refused
	mark(state, answered) {
		const mark = this.part("mark");
		mark.dataset.state = state;
		mark.textContent = state === "saved" && !answered ? this.text.cleared : this.say(state);
	}

	cell(number, state, answered) {
		const button = this.buttons.get(number);
		button.dataset.state = state;
		button.toggleAttribute("data-answered", answered);
		const words = [String(number), answered ? this.text.mapAnswered : this.text.mapEmpty];
		const more = this.text[`map${state.charAt(0).toUpperCase()}${state.slice(1)}`];
		if (state && state !== "saved" && more) words.push(more);
		button.setAttribute("aria-label", words.join(", "));
	}

	count(empty) {
		this.part("left-count").textContent = this.say("empty", empty);
	}

	clock(text) {
		const clock = this.part("clock");
		if (clock.textContent !== text) clock.textContent = text;
	}

	// "saved 4 s ago", "not saved for 12 s"
	age({ unsaved, waiting, since }) {
		const age = this.part("age");
		age.dataset.state = unsaved > 0 ? "unsaved" : "";
		if (unsaved > 0) age.textContent = this.say("since", unsaved, this.span(waiting));
		else age.textContent = since < 0 ? this.text.never : this.say("ago", "", this.span(since));
		for (const text of this.root.querySelectorAll("[data-waiting-text]"))
			text.textContent = unsaved > 0 ? this.say("waitingOnes", unsaved) : "";
	}

	span(ms) {
		const seconds = Math.floor(ms / 1000);
		return seconds < 60 ? this.say("second", seconds) : this.say("minute", Math.floor(seconds / 60));
	}

	// What did not count, by the numbers of the questions.
	over(late, moved) {
		for (const [name, numbers] of [["late", late], ["moved", moved]]) {
			const text = this.part(`${name}-text`);
			text.hidden = numbers.length === 0;
			text.textContent = this.say(`${name}Ones`, numbers.join(", "));
		}
	}
}

function makeOption(option, chosen, choose) {
	const label = document.createElement("label");
	label.className = "test-option";
	const input = document.createElement("input");
	input.type = "radio";
	input.className = "form-check-input";
	input.name = "option";
	input.value = option.token;
	input.checked = chosen;
	input.addEventListener("change", choose);
	const text = document.createElement("span");
	text.textContent = option.text;
	label.append(input, text);
	return label;
}
