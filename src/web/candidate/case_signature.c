/* case_signature.c - the electronic signatures of a case, each with all that an outsider needs to
 * check it with OpenSSL's command line (F12, F89). */
#include "web/candidate/case_proof.h"

#include "app/signature/signature.h"
#include "web/row.h"

#include <string.h>

/* R16-1: own security's letter is no part of the case, nor is its signature. */
static bool signatures_of(struct req *r, int64_t application, json_t **ret, struct err *e)
{
	*ret = db_rows(r->db, r->arena, e,
		       "SELECT id FROM document_signature WHERE application_id = $1"
		       " AND kind <> 'security' ORDER BY id",
		       db_int(application));
	return *ret != NULL;
}

/* As docs/signatures.md has it; names are those of the folder. */
static const char *command(struct arena *a, const struct signature_evidence *x)
{
	enum { SECOND = 1000 };
	return arena_print(a,
			   "openssl cms -verify -binary -inform DER -in signature.cms -content "
			   "text.json -CAfile trusted.pem%s -crl_check_all -attime "
			   "%lld -purpose any -out /dev/null\n",
			   x->partial ? " -partial_chain" : "", (long long)(x->at_ms / SECOND));
}

static bool add_one(struct req *r, struct archive *archive, size_t number, int64_t id,
		    struct err *e)
{
	const struct act act = req_act(r);
	struct signature_evidence x;
	if (!signature_evidence(&act, id, &x, e))
		return false;
	const char *folder = arena_print(r->arena, "signatures/%02zu-%s-%lld", number, x.kind,
					 (long long)x.subject_id);
	const char *how = command(r->arena, &x);
	const struct {
		const char *name;
		const void *bytes;
		size_t size;
	} files[] = {
		{ "text.json", x.text, strlen(x.text) },
		{ "signature.cms", x.cms, x.size },
		{ "trusted.pem", x.trusted, strlen(x.trusted) },
		{ "verify.sh", how, strlen(how) },
	};
	for (size_t i = 0; i < COUNT(files); i++) {
		if (files[i].size > 0 &&
		    !archive_add(archive, arena_print(r->arena, "%s/%s", folder, files[i].name),
				 files[i].bytes, files[i].size, e))
			return false;
	}
	return true;
}

bool case_signatures(struct req *r, int64_t application, struct archive *archive, json_t *index,
		     struct err *e)
{
	json_t *rows = NULL;
	size_t i = 0;
	const json_t *row = NULL;
	if (!signatures_of(r, application, &rows, e))
		return false;
	(void)json_object_set_new(index, "signatures",
				  json_integer((json_int_t)json_array_size(rows)));
	json_array_foreach (rows, i, row) {
		if (!add_one(r, archive, i + 1, row_number(row, "id"), e))
			return false;
	}
	return true;
}
