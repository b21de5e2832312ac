/* sign_in_certificate.c - signing in by a certificate of the national authority: the person signs a
 * challenge of the server outside (or in the browser), and sends the signature (F12).
 *
 * The signature is a CMS by a key for signing in, verified offline (app/signature/signature.h); who
 * it is stands in the certificate.  Key and PIN are two factors in one, as with a passkey. */
#include "app/access/access.h"
#include "app/access/session.h"
#include "app/signature/signature.h"
#include "web/access/proof.h"
#include "web/access/sign_in.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum {
	BACK_MOST = 2000,
	HOST_MOST = 253,
	CHALLENGE_SIZE = PROOF_SIZE - 1,
	CMS_FILE_MOST = 128 * 1024,
	CMS_TEXT_MOST = 180 * 1024
};

static const char *const cms_media[] = { "application/octet-stream", NULL };

const struct param sign_in_challenge_params[] = {
	{ "challenge", P_TEXT, CHALLENGE_SIZE, CHALLENGE_SIZE, true, NULL },
	PARAMS_END,
};
const struct param sign_in_certificate_params[] = {
	{ "challenge", P_TEXT, CHALLENGE_SIZE, CHALLENGE_SIZE, true, NULL },
	{ "signature", P_TEXT, 0, CMS_TEXT_MOST, false, NULL }, /* base64, from NCALayer */
	{ "file", P_FILE, 0, CMS_FILE_MOST, false, cms_media },
	{ "back", P_TEXT, 0, BACK_MOST, false, NULL },
	PARAMS_END,
};

/* What is signed names what it is for: a challenge that somebody has carried elsewhere tells there,
 * in the window of the key's program, which door it opens.  NULL for a challenge that is not good.
 */
static const char *text_of(const struct req *r, const char *challenge, int64_t *ret_until)
{
	char time[INSTANT_TEXT_SIZE];
	*ret_until = proof_good_until(r, PROOF_CERTIFICATE, challenge);
	if (*ret_until == 0)
		return NULL;
	instant_print(*ret_until - PROOF_LIFE_MS, time);
	if (r->site->origin)
		return arena_print(r->arena, "konkurs-sign-in %s %s %s", r->site->origin, time,
				   challenge);
	return arena_print(r->arena, "konkurs-sign-in http%s://%.*s %s %s",
			   r->site->secure ? "s" : "", HOST_MOST, r->host, time, challenge);
}

bool sign_in_certificate_form(struct req *r, json_t *model, struct err *e)
{
	const char *challenge = proof_challenge(r, PROOF_CERTIFICATE);
	int64_t until = 0;
	(void)e;
	(void)json_object_set_new(model, "back", json_string(sign_in_back(r)));
	(void)json_object_set_new(model, "challenge", json_string(challenge));
	(void)json_object_set_new(model, "text", json_string(text_of(r, challenge, &until)));
	(void)json_object_set_new(model, "ncalayer", json_string(r->site->ncalayer));
	return true;
}

/* The very bytes that are to be signed, as a file. */
bool sign_in_challenge_file(struct req *r, json_t *model, struct err *e)
{
	int64_t until = 0;
	const char *text = text_of(r, in_text(r, "challenge"), &until);
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	(void)model;
	if (!text)
		return err_set(e, ERR_MISSING, "access.error.challenge", "no challenge of ours");
	*file = (struct upload){ "challenge", "konkurs-challenge.txt", "text/plain; charset=utf-8",
				 text, strlen(text) };
	r->download = file;
	return true;
}

/* What was sent: a file, or what NCALayer gave. */
static bool sent(const struct req *r, struct der *ret)
{
	const struct upload *file = in_file(r, "file");
	const char *text = in_text(r, "signature");
	*ret = file ? (struct der){ file->bytes, file->size }
		    : (struct der){ (const unsigned char *)text, strlen(text) };
	return ret->size > 0;
}

/* Signature and chain, on a worker: whose it is. */
bool sign_in_certificate_slow(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	int64_t until = 0;
	const char *text = text_of(r, in_text(r, "challenge"), &until);
	struct der cms;
	char iin[PERSON_NUMBER_SIZE] = "";
	if (!sent(r, &cms))
		return err_input(e, "file", "error.required", "no signature");
	if (!text)
		return err_set(e, ERR_CONFLICT, "access.error.challenge", "no challenge of ours");
	if (!signature_of_challenge(&act, text, strlen(text), cms, iin, e)) {
		if (strcmp(e->key, "signature.fault.usage") != 0)
			return false;
		err_clear(e);
		return err_input(e, "file", "access.error.usage", "a key for documents");
	}
	r->found = json_pack("{s:s}", "iin", iin);
	json_in_arena(r->arena, r->found);
	return true;
}

bool sign_in_certificate(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const char *text = in_text(r, "challenge");
	const int64_t until = proof_good_until(r, PROOF_CERTIFICATE, text);
	int64_t person = 0;
	bool first = false;
	(void)model;
	if (until == 0)
		return err_set(e, ERR_CONFLICT, "access.error.challenge", "no challenge of ours");
	if (!access_challenge_take(&act, text, until, &first, e) ||
	    !db_number(r->db, e, &person,
		       "SELECT COALESCE(MAX(a.person_id), 0) FROM account a"
		       " JOIN person p ON p.id = a.person_id WHERE p.iin = $1",
		       db_text(row_text(r->found, "iin"))))
		return false;
	if (!first || person == 0)
		return sign_in_refuse(r, 0, "file", "access.error.certificate", e);
	return sign_in_enter(r, person, "certificate", e);
}
