// since.js - minutes that go on: <span data-minutes="7">7</span>, as they were when the page came.
const began = performance.now();

setInterval(() => {
	for (const span of document.querySelectorAll("[data-minutes]"))
		span.textContent = Number(span.dataset.minutes) + Math.floor((performance.now() - began) / 60000);
}, 5000);
