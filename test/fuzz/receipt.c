/* receipt.c - what konkurs-verify may be given: receipts, copies of a journal, zips, draws. Refused
 * or checked; a receipt that is read comes out again as it went in. */
#include "fuzz.h"

#include "verify/check.h"

#include <stdlib.h>
#include <string.h>

static void try_receipt(struct arena *a, const uint8_t *bytes, size_t size)
{
	const struct trust trust = { .pinned = false };
	struct receipt r;
	struct receipt again;
	if (!receipt_read(a, (const char *)bytes, size, &r, NULL))
		return;
	check_receipt(check_new(a), &r, &trust);
	const char *json = receipt_json(a, &r);
	if (!receipt_read(a, json, strlen(json), &again, NULL) ||
	    strcmp(receipt_json(a, &again), json) != 0)
		abort();
	const char *packed = receipt_compact(a, &r);
	if (packed && (!receipt_read(a, packed, strlen(packed), &again, NULL) ||
		       strcmp(again.leaf, r.leaf) != 0 || again.index != r.index ||
		       (again.whole && strcmp(again.content, r.content) != 0)))
		abort();
}

static void try_zip(struct arena *a, struct file file)
{
	const struct trust trust = { .pinned = false };
	struct bundle files;
	if (!bundle_zip(a, file, &files, NULL))
		return;
	(void)!check_case(check_new(a), &files, &trust, NULL);
	(void)!check_tiles(check_new(a), &files, NULL, &trust, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct trust trust = { .pinned = false };
	const struct file file = { "x", arena_copy_n(a, bytes, size), size };
	unsigned char code[RECEIPT_CODE_BYTES];
	(void)!receipt_code_parse(file.bytes, code);
	try_receipt(a, bytes, size);
	try_zip(a, file);
	(void)!check_lines(check_new(a), file, NULL, &trust, NULL);
	(void)!check_forms(check_new(a), file, &trust, NULL);
	(void)!check_checkpoint(check_new(a), file, &trust, NULL);
	(void)!check_growth(check_new(a), file, file, &trust, NULL);
	return 0;
}
