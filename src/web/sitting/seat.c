#include "web/sitting/seat.h"

#include "app/access/device.h"
#include "app/sitting/attempt.h"
#include "app/sitting/hall.h"
#include "app/sitting/seat.h"
#include "sign/device_key.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"
#include "web/site.h"

#include <string.h>

enum { SEATS_MOST = HALL_SEATS_MOST, WINDOW_MS = 60 * 1000 };

#define HALL                                                                                       \
	{                                                                                          \
		"hall", P_INT, 1, INT64_MAX, true, NULL                                            \
	}

const struct param seat_hall_params[] = { HALL, PARAMS_END };
const struct param seat_list_params[] = { HALL, LIST_PARAMS, PARAMS_END };
static const struct list_column seat_columns[] = {
	{ "seat", "sitting.seat", LIST_TEXT, 0, NULL },
	{ "kind", "seat.kind", LIST_CODE, LIST_SORTS, "seat.kind" },
	{ "fingerprint", "seat.fingerprint", LIST_TEXT, LIST_SORTS, NULL },
	{ "enrolled_ms", "seat.enrolled", LIST_TIME, LIST_SORTS, NULL },
	{ "name", "seat.enrolled_by", LIST_TEXT, LIST_HIDDEN, NULL },
	{ 0 },
};
const struct list seat_listing = { "keys", "seat.list.title", seat_columns, 100 };
const struct param seat_halls_params[] = { LIST_PARAMS, PARAMS_END };
static const struct list_column hall_columns[] = {
	{ "id", "list.number", LIST_NUMBER, LIST_HIDDEN, NULL },
	{ "name", "sitting.hall", LIST_TEXT, LIST_SORTS, NULL },
	{ "seats", "seat.seats", LIST_NUMBER, LIST_SORTS, NULL },
	{ "enrolled", "seat.enrolled", LIST_NUMBER, LIST_SORTS, NULL },
	{ "state", "hall.state", LIST_CODE, LIST_SORTS, "hall.state" },
	{ 0 },
};
const struct list seat_halls_listing = { "halls", "seat.halls.title", hall_columns, 50 };
const struct param seat_enrol_params[] = {
	HALL,
	{ "seat", P_INT, 1, SEATS_MOST, true, NULL },
	{ "public_key", P_TEXT, 1, DEVICE_KEY_MOST, true, NULL },
	{ "signature", P_TEXT, 1, DEVICE_SIGNATURE_MOST, true, NULL },
	PARAMS_END,
};
const struct param seat_certificate_params[] = {
	HALL,
	{ "certificate_seat", P_INT, 1, SEATS_MOST, true, NULL },
	PARAMS_END,
};
const struct param seat_revoke_params[] = {
	HALL,
	{ "key", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
const struct param seat_proof_params[] = {
	{ "attempt", P_INT, 1, INT64_MAX, true, NULL },
	{ "signature", P_TEXT, 1, DEVICE_SIGNATURE_MOST, true, NULL },
	PARAMS_END,
};

/* ---- challenges ---------------------------------------------------------------------------- */

/* What has to be signed: good for this session, this and the next minute, and kept nowhere. */
static const char *challenge_of(const struct req *r, int64_t window)
{
	char mac[SITE_MAC_SIZE];
	site_mac(r->site, "seat",
		 arena_print(r->arena, "%s %lld", r->session_hash, (long long)window), mac);
	return arena_print(r->arena, "konkurs-seat-1 %s", mac);
}

bool seat_challenge(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set_new(model, "challenge",
				  json_string(challenge_of(r, r->now_ms / WINDOW_MS)));
	return true;
}

/* ---- halls and their seats ---------------------------------------------------------------- */

static const char *hall_name(const struct req *r, const json_t *row)
{
	return row_text(row, in_kazakh(r) ? "name_kk" : "name_ru");
}

static void put_hall_name(const struct req *r, json_t *row)
{
	(void)json_object_set_new(row, "name", json_string(hall_name(r, row)));
	(void)json_object_del(row, "name_kk");
	(void)json_object_del(row, "name_ru");
}

/* Those who hold sittings there, and those who enter halls. */
static const char *const readers[] = { ROLE_NAME_OPERATOR, ROLE_NAME_HR, NULL };

bool seat_halls(struct req *r, json_t *model, struct err *e)
{
	json_t *list = json_array();
	json_t *known = json_object();
	json_t *row = NULL;
	bool fine = true;
	size_t i = 0;
	json_in_arena(r->arena, list);
	json_in_arena(r->arena, known);
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT h.id, h.organ, h.name_kk, h.name_ru, h.seats,"
			       " (SELECT COUNT(DISTINCT k.seat) FROM seat_key k"
			       "   WHERE k.hall_id = h.id AND k.revoked_ms IS NULL) AS enrolled,"
			       " CASE WHEN EXISTS (SELECT 1 FROM hall_closing c"
			       "   WHERE c.hall_id = h.id AND c.reopened_ms IS NULL)"
			       "  THEN 'closed' ELSE 'open' END AS state"
			       "  FROM hall h ORDER BY h.id");
	json_array_foreach (rows, i, row) {
		bool may = false;
		fine = fine && row_may(r, readers, row_text(row, "organ"), known, &may, e);
		put_hall_name(r, row);
		(void)json_object_del(row, "organ");
		if (may)
			(void)json_array_append(list, row);
	}
	list_rows(r, model, list);
	(void)json_object_set_new(model, "keeper", json_boolean(req_is(r, ROLE_HR)));
	return rows && fine;
}

/* The hall, for those who operate it. */
static json_t *load_hall(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, organ, name_kk, name_ru, seats FROM hall WHERE id = $1",
			     db_int(in_int(r, "hall")));
	if (!row || !act_require(&act, ROLE_NAME_OPERATOR, row_text(row, "organ"), e))
		return NULL;
	put_hall_name(r, row);
	(void)json_object_del(row, "organ");
	return row;
}

/* Why a closed hall is closed; null of an open one. */
static bool add_closing(struct req *r, json_t *hall, struct err *e)
{
	json_t *rows = db_rows(r->db, r->arena, e,
			       "SELECT c.reason, c.closed_ms, p.family, p.given, p.patronymic"
			       "  FROM hall_closing c JOIN person p ON p.id = c.closed_by"
			       " WHERE c.hall_id = $1 AND c.reopened_ms IS NULL",
			       db_int(in_int(r, "hall")));
	json_t *row = json_array_get(rows, 0);
	if (row)
		row_name(r, row);
	(void)json_object_set(hall, "closing", row ? row : json_null());
	return rows != NULL;
}

/* The same for HR of its organ too, with what the reader may do there. */
static json_t *load_shown(struct req *r, struct err *e)
{
	const struct act act = req_act(r);
	bool operates = false;
	bool keeps = false;
	json_t *row = db_row(r->db, r->arena, e,
			     "SELECT id, organ, name_kk, name_ru, seats FROM hall WHERE id = $1",
			     db_int(in_int(r, "hall")));
	if (!row || !act_holds(&act, ROLE_NAME_HR, row_text(row, "organ"), &keeps, e) ||
	    !act_holds(&act, ROLE_NAME_OPERATOR, row_text(row, "organ"), &operates, e) ||
	    (!keeps && !act_require(&act, ROLE_NAME_OPERATOR, row_text(row, "organ"), e)) ||
	    !add_closing(r, row, e))
		return NULL;
	put_hall_name(r, row);
	(void)json_object_set_new(row, "organ_name",
				  json_string(organ_name(r, row_text(row, "organ"))));
	(void)json_object_del(row, "organ");
	(void)json_object_set_new(row, "operates", json_boolean(operates));
	(void)json_object_set_new(row, "keeps", json_boolean(keeps));
	return row;
}

bool seat_list(struct req *r, json_t *model, struct err *e)
{
	json_t *hall = load_shown(r, e);
	if (!hall)
		return false;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT k.id, k.seat, k.kind, k.fingerprint, k.enrolled_ms, p.family,"
			" p.given, p.patronymic FROM seat_key k"
			" JOIN person p ON p.id = k.enrolled_by WHERE k.hall_id = $1"
			" AND k.revoked_ms IS NULL ORDER BY CAST(k.seat AS INTEGER), k.kind",
			db_int(in_int(r, "hall")));
	size_t i = 0;
	json_t *row = NULL;
	json_array_foreach (rows, i, row) {
		row_name(r, row);
		if (!json_is_true(json_object_get(hall, "operates")))
			(void)json_object_del(row, "id"); /* of the form that takes it back */
	}
	(void)json_object_set(model, "hall", hall);
	if (rows && r->route->list)
		list_rows(r, model, rows);
	else if (rows)
		list_plain(model, "keys", json_incref(rows));
	return rows != NULL;
}

bool seat_enrol_form(struct req *r, json_t *model, struct err *e)
{
	char fingerprint[DEVICE_FINGERPRINT_SIZE] = "";
	json_t *hall = load_hall(r, e);
	if (!hall)
		return false;
	const bool shown = certificate_fingerprint(r->certificate, fingerprint);
	(void)json_object_set(model, "hall", hall);
	(void)json_object_set_new(model, "certificate",
				  shown ? json_string(fingerprint) : json_null());
	return true;
}

/* ---- enrolment ---------------------------------------------------------------------------- */

static bool go_hall(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/halls/%lld", (long long)in_int(r, "hall"));
	return true;
}

/* Signed in this minute or the one before. */
static struct seat_proof proof_of(const struct req *r, const char *public_key, int64_t back)
{
	return (struct seat_proof){ .kind = "key",
				    .public_key = public_key,
				    .challenge = challenge_of(r, r->now_ms / WINDOW_MS - back),
				    .signature = in_text(r, "signature"),
				    .certificate = "" };
}

/* Who sits there has never signed in there: guesses from elsewhere must not hold a hall up. */
static bool note_browser(const struct req *r, const struct act *act, struct err *e)
{
	struct device device = { .hash = "" };
	return device_find(r->db, r->device_token, act->person_id, &device, e) &&
	       device_is_hall(act, &device, e);
}

bool seat_enrol_key(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const char *key = in_text(r, "public_key");
	struct seat_proof proof = proof_of(r, key, 0);
	(void)model;
	if (!device_key_signed(r->arena, key, proof.challenge, proof.signature))
		proof = proof_of(r, key, 1);
	return seat_enrol(&act, in_int(r, "hall"), in_int(r, "seat"), &proof, e) &&
	       note_browser(r, &act, e) && go_hall(r, "seat.notice.enrolled");
}

static struct seat_proof shown_certificate(const struct req *r)
{
	return (struct seat_proof){ .kind = "certificate",
				    .public_key = "",
				    .challenge = "",
				    .signature = "",
				    .certificate = r->certificate };
}

bool seat_enrol_certificate(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct seat_proof proof = shown_certificate(r);
	(void)model;
	if (!seat_enrol(&act, in_int(r, "hall"), in_int(r, "certificate_seat"), &proof, e)) {
		if (strcmp(e->field, "seat") == 0 || strcmp(e->field, "certificate") == 0)
			(void)memcpy(e->field, "certificate_seat", sizeof("certificate_seat"));
		return false;
	}
	return note_browser(r, &act, e) && go_hall(r, "seat.notice.enrolled");
}

bool seat_take_back(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return seat_revoke(&act, in_int(r, "key"), e) && go_hall(r, "seat.notice.revoked");
}

/* ---- the candidate's proof ------------------------------------------------------------------- */

bool seat_shown(struct req *r, const struct attempt *a, bool *ret, struct err *e)
{
	const struct act act = req_act(r);
	const struct seat_proof proof = shown_certificate(r);
	*ret = false;
	return strcmp(a->binding, "certificate") != 0 || seat_proves(&act, a->id, &proof, ret, e);
}

bool seat_prove(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "attempt");
	bool proved = false;
	bool pen = false;
	for (int64_t back = 0; back <= 1 && !proved; back++) {
		const struct seat_proof proof = proof_of(r, "", back);
		if (!seat_proves(&act, id, &proof, &proved, e))
			return false;
	}
	if (!proved)
		return err_set(e, ERR_CONFLICT, "seat.error.wrong", "another computer");
	if (!attempt_enter(&act, id, r->session_hash, true, &pen, e))
		return false;
	(void)json_object_set_new(model, "pen", json_boolean(pen));
	return true;
}
