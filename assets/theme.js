// Light or dark: what the person chose here, else what the system prefers.
// Runs before the page is painted, so that it does not flash.
(() => {
	const system = matchMedia("(prefers-color-scheme: dark)");
	const apply = () => {
		const chosen = localStorage.getItem("theme");
		document.documentElement.dataset.bsTheme = chosen ?? (system.matches ? "dark" : "light");
	};
	system.addEventListener("change", apply);
	addEventListener("storage", apply);
	apply();
})();
