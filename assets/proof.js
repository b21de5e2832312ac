// proof.js - the proof of a journal's entry, worked out again in this browser: from the header that
// the page shows, along the hashes, to the root that stands in the checkpoint (RFC 9162).  That the
// checkpoint is signed with the key on paper is for verify.html, which this server has no part in.
import { fromBase64, treeLeaf, treeProves } from "./tree.js";

const text = (id) => document.getElementById(id).textContent;

async function holds(box) {
	const index = Number(box.dataset.index), size = Number(box.dataset.size);
	const [, length, root] = text("entry-note").split("\n");
	const goal = fromBase64(root ?? "", 32), header = text("entry-header");
	const proof = text("entry-proof").split("\n").filter(Boolean).map((hash) => fromBase64(hash, 32));
	if (!goal || proof.includes(null) || Number(length) !== size || JSON.parse(header).seq !== index + 1)
		return false;
	const leaf = await treeLeaf(new TextEncoder().encode(header));
	return await treeProves(leaf, index, size, proof, goal);
}

for (const box of document.querySelectorAll("[data-proof]")) {
	const button = box.querySelector("button"), said = box.querySelector("[role=status]");
	button.hidden = !globalThis.crypto?.subtle;
	button.addEventListener("click", async () => {
		const good = await holds(box).catch(() => false);
		said.textContent = good ? said.dataset.good : said.dataset.bad;
		said.className = `say say-${good ? "success" : "danger"}`;
	});
}
