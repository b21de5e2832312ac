// Light or dark: what the person chose here, else what the system prefers; paper is light.
// Runs before the page is painted, so that it does not flash.
(() => {
	const system = matchMedia("(prefers-color-scheme: dark)");
	const paper = matchMedia("print");
	const apply = () => {
		const chosen = localStorage.getItem("theme") ?? (system.matches ? "dark" : "light");
		document.documentElement.dataset.bsTheme = paper.matches ? "light" : chosen;
	};
	system.addEventListener("change", apply);
	paper.addEventListener("change", apply);
	addEventListener("storage", apply);
	apply();
})();
