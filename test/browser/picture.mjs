// picture.mjs - sheets of a PDF as a scanner and a telephone give them.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

// The first sheet at so many dots an inch.
export function scan(pdf, dpi) {
	const out = pdf.replace(/\.pdf$/, `-${dpi}`);
	execFileSync("pdftoppm", ["-r", String(dpi), "-f", "1", "-l", "1", "-singlefile", "-png", pdf, out]);
	return `${out}.png`;
}

// The sheet on a desk, turned by some degrees, lit from one side, a little out of focus, as a JPEG.
export async function photograph(page, png, degrees) {
	const jpeg = await page.evaluate(async ([base64, angle]) => {
		const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
		const sheet = await createImageBitmap(new Blob([bytes]));
		const side = Math.ceil(Math.hypot(sheet.width, sheet.height));
		const canvas = document.createElement("canvas");
		canvas.width = canvas.height = side;
		const on = canvas.getContext("2d");
		on.fillStyle = "#5b4a3a";
		on.fillRect(0, 0, side, side);
		on.filter = "blur(0.6px)";
		on.translate(side / 2, side / 2);
		on.rotate(angle * Math.PI / 180);
		on.drawImage(sheet, -sheet.width / 2, -sheet.height / 2);
		on.setTransform(1, 0, 0, 1, 0, 0);
		const light = on.createLinearGradient(0, 0, side, side);
		light.addColorStop(0, "rgba(0,0,0,0)");
		light.addColorStop(1, "rgba(0,0,0,0.35)");
		on.fillStyle = light;
		on.fillRect(0, 0, side, side);
		return canvas.toDataURL("image/jpeg", 0.75).split(",")[1];
	}, [readFileSync(png).toString("base64"), degrees]);
	const out = png.replace(/\.png$/, `${degrees < 0 ? "l" : "r"}${Math.abs(degrees)}.jpg`);
	writeFileSync(out, Buffer.from(jpeg, "base64"));
	return out;
}
