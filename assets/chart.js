// Draws the pictures of a page, each from the table beside it (docs/pages.md, "Pictures").
//
//   <figure class="chart" data-chart="KIND"> .. <div class="chart-picture"></div> .. <table>
//
// Without this module the table is there, and what the server has drawn.
import { bars, funnel } from "./chart-bars.js";
import { curve } from "./chart-curve.js";
import { gantt } from "./chart-gantt.js";
import { histogram } from "./chart-histogram.js";
import { readable } from "./chart-read.js";

const kinds = { bars, curve, funnel, gantt, histogram };

// Drawn anew when its width changes: letters keep their size, and nobody scrolls sideways.
function show(figure) {
	const room = figure.querySelector(".chart-picture");
	const draw = kinds[figure.dataset.chart];
	let width = 0;
	new ResizeObserver(() => {
		if (room.clientWidth === width || room.clientWidth === 0) return;
		width = room.clientWidth;
		readable(figure, () => draw(figure));
	}).observe(room);
	width = room.clientWidth;
	readable(figure, () => draw(figure));
}

for (const figure of document.querySelectorAll("figure.chart[data-chart]"))
	if (figure.querySelector("tbody tr")) show(figure);

// On paper nobody opens the table.
const twins = document.querySelectorAll("details.chart-twin:not([open])");
addEventListener("beforeprint", () => { for (const twin of twins) twin.open = true; });
addEventListener("afterprint", () => { for (const twin of twins) twin.open = false; });
