// bank.mjs - the right answers of the sample bank, so that a test candidate can pass.
//
// The files have one plain form (src/rules/bank_file.h), which a line at a time understands.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "sample", "bank");

// Question text -> text of the right option, in one language.
export function rightAnswers(language) {
	const right = new Map();
	for (const name of readdirSync(folder)) {
		let key = "", here = "", stem = "";
		for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
			const [, word, value] = /^\s+(?:- )?(\w+):\s*(.*)$/.exec(line) ?? [];
			if (word === "key") key = value.replaceAll('"', "").trim();
			else if (word === "kk" || word === "ru") here = word;
			else if (word === "stem") stem = JSON.parse(value);
			else if (word === "options" && here === language)
				right.set(stem, JSON.parse(value)[key.charCodeAt(0) - "a".charCodeAt(0)]);
		}
	}
	return right;
}
