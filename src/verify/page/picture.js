/* picture.js - the text of the QR code in a photograph or a scan.  The picture stays in the browser. */
import { decodeQR } from "qr/decode.js";
import { Unreadable, utf8 } from "./format.js";

/* The longer side in dots at which it is tried: as a whole, then without its noise, then the finest
 * that a telephone makes. */
const SIDES = [3000, 1500, 6000];
const PATIENCE_MS = 4000;

const BEGINS = [[0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x47, 0x49, 0x46, 0x38], [0x42, 0x4d],
	[0x52, 0x49, 0x46, 0x46]];

/* PNG, JPEG, GIF, BMP, WebP; or what the system calls a picture. */
export const isPicture = (bytes, type) => type.startsWith("image/") ||
	BEGINS.some((begin) => begin.every((byte, i) => bytes[i] === byte));

function dots(bitmap, side) {
	const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
	const canvas = document.createElement("canvas");
	canvas.width = Math.max(1, Math.round(bitmap.width * scale));
	canvas.height = Math.max(1, Math.round(bitmap.height * scale));
	const on = canvas.getContext("2d", { willReadFrequently: true });
	on.fillStyle = "#fff"; /* behind what is transparent */
	on.fillRect(0, 0, canvas.width, canvas.height);
	on.imageSmoothingQuality = "high";
	on.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
	return on.getImageData(0, 0, canvas.width, canvas.height);
}

function decodeAt(bitmap, side) {
	try {
		return decodeQR(dots(bitmap, side), { effort: 64, timeLimit: PATIENCE_MS,
			textDecoder: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes) });
	} catch {
		return null; /* no code in it, or none that can be read at this size */
	}
}

/* The bytes that the code says. */
export async function readPicture(bytes) {
	let bitmap;
	try {
		bitmap = await createImageBitmap(new Blob([bytes]));
	} catch {
		throw new Unreadable("verify.error.picture");
	}
	const largest = Math.max(bitmap.width, bitmap.height);
	for (const side of SIDES.filter((s, i) => i < 2 || largest > SIDES[0])) {
		const text = decodeAt(bitmap, side);
		if (text !== null)
			return utf8(text);
	}
	throw new Unreadable("verify.error.code");
}
