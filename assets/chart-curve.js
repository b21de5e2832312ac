// A line for each option of a question over groups of candidates from the weakest to the strongest: the
// columns of the table with data-series.  A whisker is one standard error to each side; each line has
// its own dashes and signs.
import { axisBottom, axisLeft, line, scaleLinear, scalePoint } from "./d3.js";
import { symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolTriangle } from "./d3.js";
import { axis, ground, label, mark, percent, rowsOf } from "./chart-base.js";

const HEIGHT = 340, TOP = 12, BOTTOM = 44, LEFT = 52, RIGHT = 34;
const signs = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross];

const seriesOf = (figure) => [...figure.querySelectorAll("th[data-series]")].map((head, at) => ({
	key: head.dataset.series, name: head.textContent.replace(/\s+/g, " ").trim(), at, right: head.dataset.right !== undefined,
}));

function whisker(parent, x, y, share, error) {
	if (!(error > 0)) return;
	const low = y(Math.max(0, share - error)), high = y(Math.min(100, share + error));
	parent.append("path").attr("class", "chart-whisker").attr("d", `M${x - 3},${high}h6M${x},${high}V${low}M${x - 3},${low}h6`);
}

function drawSeries(svg, rows, series, x, y) {
	const points = rows.map((row) => ({ row, cell: row.cells[series.key] })).filter(({ cell }) => cell && !Number.isNaN(cell.number));
	const kind = `curve-${series.at}${series.right ? " curve-right" : ""}`;
	const path = line().x(({ row }) => x(row.cells.group.value)).y(({ cell }) => y(cell.number));
	svg.append("path").attr("class", `chart-curve ${kind}`).attr("aria-hidden", "true").attr("d", path(points));
	for (const { row, cell } of points) {
		const shown = mark(svg, [series.name, row.name, `${row.cells.answered.label}: ${row.cells.answered.text}`, cell.text].join(" · "));
		shown.attr("class", `chart-mark ${kind}`);
		whisker(shown, x(row.cells.group.value), y, cell.number, Number(cell.data.error));
		shown.append("path").attr("class", "chart-point").attr("d", symbol(signs[series.at % signs.length], series.right ? 90 : 56)())
			.attr("transform", `translate(${x(row.cells.group.value)},${y(cell.number)})`);
	}
	return points.at(-1);
}

// What the lines are called, at their ends; those that end beside each other one above the other.
function names(svg, ends, x, y) {
	let free = HEIGHT - BOTTOM - 2;
	for (const { series, last } of ends.sort((a, b) => a.last.cell.number - b.last.cell.number)) {
		const at = Math.min(y(last.cell.number) + 4, free);
		free = at - 13;
		label(svg, series.key, { x: x(last.row.cells.group.value) + 11, y: at, room: RIGHT, kind: "chart-figure" });
	}
}

export function curve(figure) {
	const rows = rowsOf(figure);
	const { svg, width } = ground(figure, HEIGHT);
	const x = scalePoint(rows.map((row) => row.cells.group.value), [LEFT, width - RIGHT]).padding(0.3);
	const y = scaleLinear([0, 100], [HEIGHT - BOTTOM, TOP]);
	const groups = new Map(rows.map((row) => [row.cells.group.value, row.name]));
	axis(svg, LEFT, 0, axisLeft(y).ticks(5).tickFormat(percent).tickSize(-(width - LEFT - RIGHT)).tickPadding(8));
	axis(svg, 0, HEIGHT - BOTTOM, axisBottom(x).tickSizeOuter(0).tickFormat((group) => groups.get(group)));
	label(svg, figure.dataset.x, { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 4, room: width - LEFT, anchor: "middle", kind: "chart-quiet" });
	const ends = seriesOf(figure).map((series) => ({ series, last: drawSeries(svg, rows, series, x, y) }));
	names(svg, ends.filter(({ last }) => last), x, y);
}
