// What every picture needs: the rows of its table, its ground, texts that fit.
import { select } from "./d3.js";

export const figures = new Intl.NumberFormat(document.documentElement.lang);
export const percent = (share) => `${figures.format(share)}\u00a0%`;

const words = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

// Each row of the table: what it is called, and its cells by their data-key, with what they are worth
// (data-value) and what they say.  A row with the picture for those without scripts is none of them.
export function rowsOf(figure) {
	return [...figure.querySelectorAll("tbody tr:not(.chart-plain)")].map((row) => {
		const cells = {};
		for (const cell of row.querySelectorAll("[data-key]"))
			cells[cell.dataset.key] = {
				value: cell.dataset.value ?? "",
				number: Number(cell.dataset.value || NaN),
				text: words(cell),
				label: cell.dataset.label ?? "",
				data: cell.dataset,
			};
		return { name: words(row.querySelector("[data-name]")), cells, data: row.dataset, row };
	});
}

// A row as it is read out: what the table says, in its order.
export const said = (row, only = Object.keys(row.cells)) =>
	[row.name, ...only.map((key) => row.cells[key]).filter((cell) => cell?.text)
		.map((cell) => (cell.label ? `${cell.label}: ${cell.text}` : cell.text))].join(" · ");

// A new drawing in the room of the figure, as wide as that.
export function ground(figure, height) {
	const room = figure.querySelector(".chart-picture");
	const width = Math.max(room.clientWidth, 200);
	const svg = select(document.createElementNS("http://www.w3.org/2000/svg", "svg"))
		.attr("class", "chart-drawing").attr("viewBox", `0 0 ${width} ${height}`)
		.attr("width", width).attr("height", height).attr("role", "group")
		.attr("aria-labelledby", figure.getAttribute("aria-labelledby"))
		.attr("aria-describedby", figure.getAttribute("aria-describedby"));
	room.replaceChildren(svg.node());
	return { svg, width, height };
}

// Stripes: what is told by colour is told by them, too.  The name to fill with.
export function stripes(svg, figure, kind) {
	const name = `${figure.dataset.name}-${kind}`;
	const pattern = svg.append("defs").append("pattern").attr("id", name).attr("class", `chart-stripes ${kind}`)
		.attr("width", 6).attr("height", 6).attr("patternUnits", "userSpaceOnUse")
		.attr("patternTransform", "rotate(45)");
	pattern.append("rect").attr("width", 6).attr("height", 6);
	pattern.append("line").attr("y2", 6).attr("x1", 1).attr("x2", 1);
	return `url(#${name})`;
}

// A text that is not wider than `room`; what is cut off stands in the table.
export function label(parent, text, { x, y, room, anchor = "start", kind = "" }) {
	const node = parent.append("text").attr("class", `chart-label ${kind}`).attr("x", x).attr("y", y)
		.attr("text-anchor", anchor).attr("aria-hidden", "true").text(text);
	let shown = text;
	while (shown.length > 1 && node.node().getComputedTextLength() > room) {
		const most = Math.floor(shown.length * Math.max(0.5, room / node.node().getComputedTextLength()));
		shown = shown.slice(0, Math.min(most, shown.length - 1)).trimEnd();
		node.text(`${shown}…`);
	}
	return node;
}

// The same in two lines at most, the second one below.
export function twoLines(parent, text, { x, y, room, high }) {
	const first = label(parent, text, { x, y, room });
	if (!first.text().endsWith("…")) return;
	const words = text.split(" ");
	let count = words.length - 1;
	const fits = () => first.text(words.slice(0, count).join(" ")).node().getComputedTextLength() <= room;
	while (count > 1 && !fits()) count--;
	if (count === 1 && !fits()) return;
	label(parent, words.slice(count).join(" "), { x, y: y + high, room });
}

// An element with these attributes.
export function put(parent, name, attributes) {
	const made = parent.append(name);
	for (const [key, value] of Object.entries(attributes)) made.attr(key, value);
	return made;
}

// Something of the picture that can be read by itself: chart-read.js gives it to pointer and keys.
export const mark = (parent, text) => {
	const node = parent.append("g").attr("class", "chart-mark").attr("role", "img");
	node.append("title").text(text);
	return node;
};

export const axis = (svg, x, y, draw) =>
	svg.append("g").attr("class", "chart-axis").attr("aria-hidden", "true")
		.attr("transform", `translate(${x},${y})`).call(draw);
