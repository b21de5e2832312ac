/* whole.js - what is it that was given?  One of the checks for each thing that Konkurs hands out. */
import { checkCase } from "./case.js";
import { checkCheckpoint, checkGrowth, checkReceipt } from "./check.js";
import { checkLines, checkTiles } from "./copy.js";
import { checkForms, isDraw } from "./draw.js";
import { checkExcerpt, isExcerpt } from "./excerpt.js";
import { Unreadable, decode, decodeLax, parseJson, receiptRead } from "./format.js";
import { isZip, unzip } from "./zip.js";

const SHORT_CODE = /^[\s-]*([0-9A-Za-z][\s-]*){16}$/;
const PAPER_CODE = /^KONKURS [0-9]+ /;
const NOTE = /^(old [0-9]+\n|[^\n]+\n[0-9]+\n[A-Za-z0-9+/=]+\n)/;

/* Files that belong together, by name. */
export async function checkFiles(report, files, trust) {
	if (files.has("checkpoint"))
		return checkTiles(report, files, trust);
	refuseKept(trust);
	if (isExcerpt(files))
		return checkExcerpt(report, files, trust);
	return checkCase(report, files, trust);
}

/* A checkpoint that was kept is looked for in a copy, or compared with another; in nothing else. */
function refuseKept(trust) {
	if (trust.kept)
		throw new Unreadable("verify.error.kept");
}

export async function checkBytes(report, bytes, trust) {
	if (isZip(bytes)) {
		await checkFiles(report, await unzip(bytes), trust);
		return;
	}
	const begin = decodeLax(bytes.subarray(0, 65536));
	if (/^\s*\{[^\n]*"konkurs-journal-1"/.test(begin.split("\n")[0])) {
		await checkLines(report, bytes, trust);
		return;
	}
	if (NOTE.test(begin)) {
		await (trust.kept ? checkGrowth(report, trust.kept, bytes, trust)
			: checkCheckpoint(report, bytes, trust));
		return;
	}
	refuseKept(trust);
	if (SHORT_CODE.test(begin))
		throw new Unreadable("verify.error.short");
	if (PAPER_CODE.test(begin))
		throw new Unreadable("verify.error.paper");
	const draw = begin.trimStart().startsWith("{") && parseJson(decode(bytes) ?? "");
	if (isDraw(draw)) {
		await checkForms(report, draw, trust);
		return;
	}
	const receipt = await receiptRead(bytes);
	if (!receipt)
		throw new Unreadable("verify.error.format");
	await checkReceipt(report, receipt, trust);
}
