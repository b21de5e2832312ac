// bank-preview.js - the question as the candidate will see it, while its author types (F24).
// Texts go in as text, never as markup; without scripts the page of the saved question shows the same.
const letters = ["a", "b", "c", "d", "e"];
const part = document.querySelector("[data-preview]");
const form = part.closest("form");

const line = (name, text) => {
	const made = document.createElement(name === "test-stem" ? "p" : "div");
	made.className = name;
	const words = document.createElement("span");
	words.textContent = text;
	made.append(words);
	return made;
};

const typed = (name) => form.elements[name].value.trim();

function draw(language) {
	const stem = typed(`${language}_stem`);
	const options = letters.map((letter) => typed(`${language}_${letter}`)).filter(Boolean);
	part.querySelector(`[data-preview-of=${language}]`).replaceChildren(
		...(stem ? [line("test-stem", stem)] : []),
		...options.map((text) => line("test-option", text)));
}

for (const language of ["kk", "ru"]) {
	draw(language);
	form.addEventListener("input", (event) => {
		if (event.target.name?.startsWith(`${language}_`)) draw(language);
	});
}
part.hidden = false;
