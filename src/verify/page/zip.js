/* zip.js - archives: stored and deflated files, within limits, as src/verify/zip.c reads them. */
import { Unreadable, equal } from "./format.js";

const BYTES_MOST = 1024 * 1024 * 1024;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++)
		n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n;
});
const crc32 = (bytes) => {
	let c = 0xffffffff;
	for (const byte of bytes)
		c = CRC[(c ^ byte) & 255] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
};

async function inflate(packed, size) {
	const bytes = new Uint8Array(size);
	let at = 0;
	try {
		const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))
			.getReader();
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			if (at + part.value.length > size)
				throw new Unreadable("verify.error.zip");
			bytes.set(part.value, at);
			at += part.value.length;
		}
	} catch {
		throw new Unreadable("verify.error.zip");
	}
	if (at !== size)
		throw new Unreadable("verify.error.zip");
	return bytes;
}

export const isZip = (bytes) => bytes.length >= 4 && equal(bytes.slice(0, 4), Uint8Array.of(80, 75, 3, 4));

async function unzipOne(zip, view, entry) {
	const packed = view.getUint32(entry + 20, true), size = view.getUint32(entry + 24, true);
	const local = view.getUint32(entry + 42, true), method = view.getUint16(entry + 10, true);
	const name = new TextDecoder("utf-8", { fatal: true })
		.decode(zip.slice(entry + 46, entry + 46 + view.getUint16(entry + 28, true)));
	const parts = name.split("/");
	if (!name || name.startsWith("/") || name.includes("\\") || parts.includes("..") ||
	    view.getUint32(local, true) !== 0x04034b50 || view.getUint16(entry + 8, true) & 1)
		throw new Unreadable("verify.error.zip");
	const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
	if (from + packed > zip.length || size > BYTES_MOST || (method === 8 ? size / 1032 > packed + 1
		: method !== 0 || size !== packed))
		throw new Unreadable("verify.error.zip");
	const raw = zip.slice(from, from + packed);
	const bytes = method === 0 ? raw : await inflate(raw, size);
	if (crc32(bytes) !== view.getUint32(entry + 16, true))
		throw new Unreadable("verify.error.zip");
	return { name, bytes };
}

export async function unzip(zip) {
	const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
	const files = new Map();
	try {
		let end = zip.length - 22;
		while (end >= 0 && !(view.getUint32(end, true) === 0x06054b50 &&
			end + 22 + view.getUint16(end + 20, true) === zip.length))
			end--;
		if (end < 0)
			throw new Unreadable("verify.error.zip");
		let at = view.getUint32(end + 16, true), all = 0;
		for (let left = view.getUint16(end + 10, true); left > 0; left--) {
			if (view.getUint32(at, true) !== 0x02014b50)
				throw new Unreadable("verify.error.zip");
			const file = await unzipOne(zip, view, at);
			all += file.bytes.length;
			if (files.has(file.name) || all > BYTES_MOST)
				throw new Unreadable("verify.error.zip");
			if (!file.name.endsWith("/"))
				files.set(file.name, file.bytes);
			at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) +
				view.getUint16(at + 32, true);
		}
	} catch (why) {
		if (why instanceof RangeError || why instanceof TypeError)
			throw new Unreadable("verify.error.zip");
		throw why;
	}
	return files;
}
