/* drill_rows.c - what is changed in rows, with the journal as it is. */
#include "cli/drill.h"

#include "db/row.h"
#include "exam/draw.h"

#include <sodium.h>
#include <string.h>

#define DOCTOR(name, sql)                                                                          \
	static bool name(const struct drill *d, int64_t *ret_changed, struct err *e)               \
	{                                                                                          \
		return db_exec(d->db, e, ret_changed, sql);                                        \
	}

/* ---- clicks ---------------------------------------------------------------------------------- */

#define LAST_ANSWER "(SELECT MAX(id) FROM answer_event WHERE choice IS NOT NULL AND accepted = 1)"
/* One in the middle of an attempt. */
#define SOME_CLICK "(SELECT MIN(v.previous_id) FROM answer_event v)"

DOCTOR(answer_changed, "UPDATE answer_event SET choice = CASE choice WHEN 0 THEN 1 ELSE 0 END"
		       " WHERE id = " LAST_ANSWER)
DOCTOR(click_time_moved, "UPDATE answer_event SET at_ms = at_ms - 60000 WHERE id = " SOME_CLICK)
DOCTOR(click_discounted, "UPDATE answer_event SET accepted = 0, refusal = 'late'"
			 " WHERE id = " LAST_ANSWER)

/* The others are linked past it, so that nothing is missing at first sight. */
static bool click_removed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT id, COALESCE(previous_id, 0) AS previous FROM answer_event"
			" WHERE id = " SOME_CLICK),
		0);
	const int64_t id = row_number(row, "id");
	const int64_t previous = row_number(row, "previous");
	*ret_changed = 0;
	return !row || (db_exec(d->db, e, ret_changed, "DELETE FROM answer_event WHERE id = $1",
				db_int(id)) &&
			db_exec(d->db, e, NULL,
				"UPDATE answer_event SET previous_id = $1 WHERE previous_id = $2",
				previous ? db_int(previous) : db_null(), db_int(id)));
}

static bool click_added(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "INSERT INTO answer_event (attempt_id, number, choice, accepted, refusal,"
		       " client_key, at_ms, previous_id) SELECT attempt_id, number, 0, 1, '',"
		       " 'forged', at_ms + 1, id FROM answer_event"
		       " WHERE id = (SELECT MAX(event_id) FROM answer_newest)") &&
	       db_exec(d->db, e, NULL,
		       "UPDATE answer_newest SET event_id = (SELECT MAX(id) FROM answer_event),"
		       " counted_id = (SELECT MAX(id) FROM answer_event)"
		       " WHERE event_id = (SELECT MAX(previous_id) FROM answer_event"
		       "  WHERE client_key = 'forged')");
}

/* Two clicks of one attempt change places: the later answer becomes the earlier one. */
static bool clicks_reordered(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *row = json_array_get(
		db_rows(d->db, d->arena, e,
			"SELECT v.id, v.previous_id AS other, v.number, v.choice, v.client_key,"
			" o.number AS o_number, o.choice AS o_choice, o.client_key AS o_key"
			"  FROM answer_event v JOIN answer_event o ON o.id = v.previous_id"
			" WHERE v.choice IS NOT NULL AND o.choice IS NOT NULL ORDER BY v.id"),
		0);
	*ret_changed = 0;
	return !row ||
	       (db_exec(d->db, e, NULL,
			"UPDATE answer_event SET client_key = 'moved' WHERE id = $1",
			db_int(row_number(row, "id"))) &&
		db_exec(d->db, e, ret_changed,
			"UPDATE answer_event SET number = $1, choice = $2, client_key = $3"
			" WHERE id = $4",
			db_int(row_number(row, "number")), db_int(row_number(row, "choice")),
			db_text(row_text(row, "client_key")), db_int(row_number(row, "other"))) &&
		db_exec(d->db, e, NULL,
			"UPDATE answer_event SET number = $1, choice = $2, client_key = $3"
			" WHERE id = $4",
			db_int(row_number(row, "o_number")), db_int(row_number(row, "o_choice")),
			db_text(row_text(row, "o_key")), db_int(row_number(row, "id"))));
}

/* ---- keys, forms, results -------------------------------------------------------------------- */

DOCTOR(key_swapped, "UPDATE item SET answer = (answer + 1) % options"
		    " WHERE id = (SELECT MIN(item_id) FROM form_question)")
DOCTOR(key_swapped_quietly, "UPDATE item SET answer = (answer + 1) % options"
			    " WHERE id = (SELECT MIN(s.item_id) FROM sitting_item s"
			    "  WHERE NOT EXISTS (SELECT 1 FROM form_question q"
			    "  WHERE q.item_id = s.item_id))")
DOCTOR(result_raised, "UPDATE result SET correct = asked, positive = 1"
		      " WHERE attempt_id = (SELECT MAX(attempt_id) FROM form_question)")
DOCTOR(points_changed, "UPDATE result SET points = REPLACE(points, '-', '0') WHERE points LIKE"
		       " '%-%' AND attempt_id = (SELECT MAX(attempt_id) FROM form_question)")
DOCTOR(act_changed, "UPDATE result_act SET correct = correct + 1 WHERE attempt_id ="
		    " (SELECT MAX(attempt_id) FROM form_question)"
		    " AND act = (SELECT MIN(act) FROM result_act)")
DOCTOR(bank_changed, "UPDATE sitting_item SET rests = 1 - rests WHERE item_id ="
		     " (SELECT MIN(item_id) FROM sitting_item)")
DOCTOR(coin_swapped, "UPDATE sitting_coin SET coin = coin || '!' WHERE place = 1")
DOCTOR(options_reordered, "UPDATE form_question SET shown = SUBSTR(shown, 2) ||"
			  " SUBSTR(shown, 1, 1) WHERE number = 1")

/* A secret that fits the commitment beside it. */
static bool secret_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	unsigned char secret[32];
	unsigned char commitment[ITEM_HASH_SIZE];
	randombytes_buf(secret, sizeof(secret));
	draw_commitment(secret, commitment);
	return db_exec(d->db, e, ret_changed,
		       "UPDATE sitting SET secret = $1, commitment = $2 WHERE started_ms IS NOT"
		       " NULL",
		       db_blob(secret, sizeof(secret)), db_blob(commitment, sizeof(commitment)));
}

/* Two attempts of one sitting: {a, b, application of each}; NULL `ret` if there are none. */
static bool find_pair(const struct drill *d, const json_t **ret, struct err *e)
{
	const json_t *rows = db_rows(d->db, d->arena, e,
				     "SELECT a.id AS a, b.id AS b, a.application_id AS a_person,"
				     " b.application_id AS b_person FROM attempt a"
				     " JOIN attempt b ON b.sitting_id = a.sitting_id"
				     " AND b.id > a.id AND b.form_hash IS NOT NULL"
				     " WHERE a.form_hash IS NOT NULL ORDER BY a.id, b.id");
	*ret = json_array_get(rows, 0);
	return rows != NULL;
}

static bool forms_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *pair = NULL;
	*ret_changed = 0;
	if (!find_pair(d, &pair, e) || !pair)
		return pair == NULL;
	const struct db_value a = db_int(row_number(pair, "a"));
	const struct db_value b = db_int(row_number(pair, "b"));
	const void *of_a = NULL;
	const void *of_b = NULL;
	size_t size = 0;
	return db_bytes(d->db, d->arena, e, &of_a, &size,
			"SELECT form_hash FROM attempt WHERE id = $1", a) &&
	       db_bytes(d->db, d->arena, e, &of_b, &size,
			"SELECT form_hash FROM attempt WHERE id = $1", b) &&
	       db_exec(d->db, e, ret_changed, "UPDATE attempt SET form_hash = $1 WHERE id = $2",
		       db_blob(of_b, size), a) &&
	       db_exec(d->db, e, NULL, "UPDATE attempt SET form_hash = $1 WHERE id = $2",
		       db_blob(of_a, size), b) &&
	       db_exec(d->db, e, NULL,
		       "UPDATE form_question SET attempt_id = -1 WHERE attempt_id = $1", a) &&
	       db_exec(d->db, e, NULL,
		       "UPDATE form_question SET attempt_id = $1 WHERE attempt_id = $2", a, b) &&
	       db_exec(d->db, e, NULL,
		       "UPDATE form_question SET attempt_id = $1 WHERE attempt_id = -1", b);
}

/* The good test becomes the other candidate's. */
static bool people_swapped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	const json_t *pair = NULL;
	*ret_changed = 0;
	if (!find_pair(d, &pair, e) || !pair)
		return pair == NULL;
	return db_exec(d->db, e, NULL, "UPDATE attempt SET application_id = -1 WHERE id = $1",
		       db_int(row_number(pair, "a"))) &&
	       db_exec(d->db, e, ret_changed,
		       "UPDATE attempt SET application_id = $1 WHERE id = $2",
		       db_int(row_number(pair, "a_person")), db_int(row_number(pair, "b"))) &&
	       db_exec(d->db, e, NULL, "UPDATE attempt SET application_id = $1 WHERE id = $2",
		       db_int(row_number(pair, "b_person")), db_int(row_number(pair, "a")));
}

/* ---- time ------------------------------------------------------------------------------------ */

DOCTOR(time_given, "UPDATE attempt SET extra_ms = extra_ms + 600000 WHERE id ="
		   " (SELECT MAX(attempt_id) FROM form_question)")

/* R28-3: so that a start without a record looks as it was planned. */
DOCTOR(record_waived, "UPDATE sitting SET record = CASE record WHEN 'outside' THEN 'hall'"
		      " ELSE 'outside' END")

static bool start_moved(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE sitting SET started_ms = started_ms - 600000 WHERE started_ms IS"
		       " NOT NULL") &&
	       db_exec(d->db, e, NULL,
		       "UPDATE attempt SET started_ms = started_ms - 600000 WHERE started_ms IS"
		       " NOT NULL");
}

static bool end_moved(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed,
		       "UPDATE attempt SET finished_ms = finished_ms - 60000 WHERE id ="
		       " (SELECT MAX(attempt_id) FROM form_question)") &&
	       db_exec(d->db, e, NULL,
		       "UPDATE result SET fixed_ms = fixed_ms - 60000 WHERE attempt_id ="
		       " (SELECT MAX(attempt_id) FROM form_question)");
}

/* ---- the commission -------------------------------------------------------------------------- */

#define FLIPPED "CASE choice WHEN 'for' THEN 'against' WHEN 'against' THEN 'for' ELSE choice END"

/* Ballots, roll, figures and outcome, as if it had always been so. */
static bool vote_flipped(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	return db_exec(d->db, e, ret_changed, "UPDATE ballot SET choice = " FLIPPED) &&
	       db_exec(d->db, e, NULL, "UPDATE decision_roll SET choice = " FLIPPED) &&
	       db_exec(d->db, e, NULL,
		       "UPDATE decision SET votes_for = votes_against, votes_against = votes_for,"
		       " outcome = CASE outcome WHEN 'positive' THEN 'negative' ELSE 'positive'"
		       " END");
}

DOCTOR(roll_changed, "UPDATE decision_roll SET choice = 'absent' WHERE member_id ="
		     " (SELECT MIN(member_id) FROM decision_roll)")
DOCTOR(decision_changed, "UPDATE decision SET outcome = CASE outcome WHEN 'positive' THEN"
			 " 'negative' ELSE 'positive' END")
DOCTOR(ballot_removed, "DELETE FROM ballot WHERE id = (SELECT MAX(id) FROM ballot)")
DOCTOR(signature_removed, "UPDATE minutes_signature SET signed_ms = NULL, hash = NULL WHERE"
			  " signed_ms IS NOT NULL AND member_id = (SELECT MIN(member_id)"
			  "  FROM minutes_signature)")
DOCTOR(dissent_removed, "UPDATE minutes_signature SET dissent = '' WHERE dissent <> ''")

/* Electronic signatures (F12): the row, whose it is, the bytes, and what it was judged by. */
DOCTOR(key_signature_removed, "DELETE FROM document_signature WHERE id ="
			      " (SELECT MAX(id) FROM document_signature)")
DOCTOR(signer_replaced, "UPDATE document_signature SET verdict = REPLACE(verdict, signer,"
			" '000000000000'), signer = '000000000000' WHERE id ="
			" (SELECT MIN(id) FROM document_signature)")
DOCTOR(signature_bytes_swapped, "UPDATE blob SET body = (SELECT b.body FROM blob b"
				"  JOIN document_signature s ON s.blob_hash = b.hash"
				"  ORDER BY s.id LIMIT 1) WHERE hash = (SELECT blob_hash"
				"  FROM document_signature ORDER BY id DESC LIMIT 1)"
				" AND (SELECT COUNT(*) FROM document_signature) > 1")
DOCTOR(revocations_removed, "DELETE FROM trust_list")

/* With the hash that belongs to the new text, in every signature too. */
static bool minutes_changed(const struct drill *d, int64_t *ret_changed, struct err *e)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[crypto_hash_sha256_BYTES * 2 + 1];
	const char *text = NULL;
	const json_t *rows = db_rows(d->db, d->arena, e,
				     "SELECT interview_id FROM minutes WHERE content IS NOT NULL");
	const int64_t id = row_number(json_array_get(rows, 0), "interview_id");
	*ret_changed = 0;
	if (!rows || json_array_size(rows) == 0)
		return rows != NULL;
	if (!db_exec(d->db, e, ret_changed,
		     "UPDATE minutes SET content = REPLACE(content, '\"place\":\"',"
		     " '\"place\":\"!') WHERE interview_id = $1",
		     db_int(id)) ||
	    !db_string(d->db, d->arena, e, &text,
		       "SELECT content FROM minutes WHERE interview_id = $1", db_int(id)))
		return false;
	(void)crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	(void)sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	return db_exec(d->db, e, NULL, "UPDATE minutes SET hash = $1 WHERE interview_id = $2",
		       db_text(hex), db_int(id)) &&
	       db_exec(d->db, e, NULL,
		       "UPDATE minutes_signature SET hash = $1 WHERE interview_id = $2"
		       " AND signed_ms IS NOT NULL",
		       db_text(hex), db_int(id));
}

const struct drill_attack drill_rows[] = {
	{ "answer_changed", answer_changed },
	{ "click_removed", click_removed },
	{ "click_added", click_added },
	{ "click_time_moved", click_time_moved },
	{ "clicks_reordered", clicks_reordered },
	{ "click_discounted", click_discounted },
	{ "key_swapped", key_swapped },
	{ "key_swapped_quietly", key_swapped_quietly },
	{ "options_reordered", options_reordered },
	{ "forms_swapped", forms_swapped },
	{ "people_swapped", people_swapped },
	{ "secret_swapped", secret_swapped },
	{ "coin_swapped", coin_swapped },
	{ "bank_changed", bank_changed },
	{ "result_raised", result_raised },
	{ "points_changed", points_changed },
	{ "act_changed", act_changed },
	{ "time_given", time_given },
	{ "record_waived", record_waived },
	{ "start_moved", start_moved },
	{ "end_moved", end_moved },
	{ "vote_flipped", vote_flipped },
	{ "roll_changed", roll_changed },
	{ "decision_changed", decision_changed },
	{ "ballot_removed", ballot_removed },
	{ "minutes_changed", minutes_changed },
	{ "signature_removed", signature_removed },
	{ "dissent_removed", dissent_removed },
	{ "key_signature_removed", key_signature_removed },
	{ "signer_replaced", signer_replaced },
	{ "signature_bytes_swapped", signature_bytes_swapped },
	{ "revocations_removed", revocations_removed },
	{ NULL, NULL },
};
