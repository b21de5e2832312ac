// video-camera.js - this computer as a camera of the hall: which device, which number.
import { cameras, openDevices } from "./video-device.js";
import { Own } from "./video-own.js";

const form = document.querySelector("[data-camera]");
const { number, device } = form.elements;
const own = new Own(form, form.dataset.csrf, () => [location.pathname, { number: Number(number.value) }]);

// Devices have names for a page only after it was allowed to use one.
async function list() {
	const { stream } = await openDevices();
	for (const track of stream?.getTracks() ?? []) track.stop();
	device.replaceChildren(...(await cameras()).map(({ deviceId, label }, at) =>
		new Option(label || String(at + 1), deviceId)));
}

form.addEventListener("submit", async (event) => {
	event.preventDefault();
	if (device.options.length === 0) await list();
	await own.open({ device: device.value });
});
form.querySelector("[data-camera-stop]").addEventListener("click", () => {
	own.close();
	own.say("stopped");
});
