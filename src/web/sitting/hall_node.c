#include "web/sitting/hall_node.h"

#include "app/hall_node/hall_node.h"
#include "app/sitting/hall.h"
#include "app/sitting/sitting.h"
#include "web/access/second.h"
#include "web/names.h"
#include "web/row.h"
#include "web/sitting/board.h"

#include <string.h>

#include "web/route_table.h"

enum {
	SEGMENT_MOST = 20 * 1024 * 1024,
	PARTY_MOST = 200,
};

static const char *const envelope_media[] = { "application/octet-stream", NULL };

#define HALL                                                                                       \
	{                                                                                          \
		"hall", P_INT, 1, INT64_MAX, true, NULL                                            \
	}
#define SITTING                                                                                    \
	{                                                                                          \
		"sitting", P_INT, 1, INT64_MAX, true, NULL                                         \
	}
#define SEGMENT                                                                                    \
	{                                                                                          \
		"segment", P_FILE, 0, SEGMENT_MOST, true, envelope_media                           \
	}

static const struct param hall_params[] = { HALL, PARAMS_END };
static const struct param add_params[] = {
	HALL,
	{ "party", P_TEXT, 1, PARTY_MOST, true, NULL },
	PARAMS_END,
};
static const struct param sitting_only[] = { SITTING, PARAMS_END };
static const struct param back_params[] = {
	SITTING,
	{ "reason", P_TEXT, HALL_REASON_LEAST, HALL_BACK_REASON_MOST, true, NULL },
	SECOND_PARAMS("second"),
	PARAMS_END,
};
static const struct param bring_params[] = { SITTING, SEGMENT, PARAMS_END };
static const struct param segment_params[] = { SEGMENT, PARAMS_END };

static const char *fingerprint_of(struct req *r, const char *text)
{
	struct envelope_party party;
	struct err none = { 0 };
	char *fingerprint = arena_alloc(r->arena, ENVELOPE_FINGERPRINT_SIZE);
	if (!envelope_party_read(text, &party, &none))
		return "";
	envelope_fingerprint(&party, fingerprint);
	return fingerprint;
}

/* What a machine of a hall has to be told of this installation. */
static json_t *own_party(struct req *r)
{
	struct envelope_party own;
	char text[ENVELOPE_TEXT_SIZE];
	envelope_party_of(r->key, &own);
	envelope_party_print(&own, text);
	return json_pack("{s:s,s:s}", "party", text, "fingerprint", fingerprint_of(r, text));
}

/* ---- the node of a hall ---------------------------------------------------------------------- */

static bool load_hall(struct req *r, struct hall_row *ret, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	if (!hall_load(&act, in_int(r, "hall"), ret, e) ||
	    !act_require(&act, ROLE_NAME_HR, ret->organ, e))
		return false;
	(void)json_object_set_new(model, "hall",
				  json_pack("{s:I,s:s}", "id", (json_int_t)ret->id, "name",
					    in_kazakh(r) ? ret->name_kk : ret->name_ru));
	return true;
}

static bool node_show(struct req *r, json_t *model, struct err *e)
{
	struct hall_row hall = { 0 };
	if (!load_hall(r, &hall, model, e))
		return false;
	json_t *nodes = db_rows(r->db, r->arena, e,
				"SELECT n.party, n.added_ms, p.family, p.given, p.patronymic"
				"  FROM hall_node n LEFT JOIN person p ON p.id = n.added_by"
				" WHERE n.hall_id = $1 AND n.removed_ms IS NULL",
				db_int(hall.id));
	json_t *node = json_array_get(nodes, 0);
	if (!nodes)
		return false;
	if (node) {
		row_name(r, node);
		(void)json_object_set_new(node, "fingerprint",
					  json_string(fingerprint_of(r, row_text(node, "party"))));
		(void)json_object_del(node, "party");
	}
	(void)json_object_set(model, "node", node ? node : json_null());
	(void)json_object_set_new(model, "centre", own_party(r));
	return true;
}

static bool to_node(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/halls/%lld/node", (long long)in_int(r, "hall"));
	return true;
}

static bool node_add(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t id = 0;
	(void)model;
	return hall_node_add(&act, in_int(r, "hall"), in_text(r, "party"), &id, e) &&
	       to_node(r, "hall.notice.node_added");
}

static bool node_remove(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	(void)model;
	return hall_node_remove(&act, in_int(r, "hall"), e) &&
	       to_node(r, "hall.notice.node_removed");
}

/* ---- a sitting there and back ---------------------------------------------------------------- */

static bool load_sitting(struct req *r, struct sitting *ret, struct err *e)
{
	const struct act act = req_act(r);
	return sitting_load(&act, in_int(r, "sitting"), ret, e) &&
	       act_require(&act, ROLE_NAME_HR, ret->hall_organ, e);
}

/* Every giving, the newest first. */
static bool add_givings(struct req *r, int64_t sitting, json_t *model, struct err *e)
{
	size_t i = 0;
	json_t *row = NULL;
	json_t *rows =
		db_rows(r->db, r->arena, e,
			"SELECT g.id, g.state, g.given_ms, g.ended_ms, g.reason, g.package_hash,"
			" n.party FROM sitting_given g JOIN hall_node n ON n.id = g.node_id"
			" WHERE g.sitting_id = $1 ORDER BY g.id DESC",
			db_int(sitting));
	json_array_foreach (rows, i, row) {
		(void)json_object_set_new(row, "fingerprint",
					  json_string(fingerprint_of(r, row_text(row, "party"))));
		(void)json_object_del(row, "party");
	}
	(void)json_object_set(model, "givings", rows ? rows : json_null());
	return rows != NULL;
}

static bool away_show(struct req *r, json_t *model, struct err *e)
{
	struct sitting s = { 0 };
	bool node = false;
	if (!load_sitting(r, &s, e) || !add_givings(r, s.id, model, e) ||
	    !db_exists(r->db, e, &node,
		       "SELECT 1 FROM hall_node WHERE hall_id = $1 AND removed_ms IS NULL",
		       db_int(s.hall_id)))
		return false;
	const bool given = strcmp(s.state, "given") == 0;
	const bool sealed = strcmp(s.state, "sealed") == 0;
	const bool before = sealed || strcmp(s.state, "open") == 0;
	const bool outside = strcmp(s.record, "outside") == 0;
	(void)json_object_set_new(
		model, "away",
		json_pack("{s:I,s:I,s:s,s:b,s:b,s:b,s:b,s:b}", "id", (json_int_t)s.id, "hall",
			  (json_int_t)s.hall_id, "state", s.state, "given", given, "before", before,
			  "node", node, "outside", outside, "may_give", node && outside && sealed));
	return !given || board_officials(r, &s, model, e);
}

static bool go_away(struct req *r, const char *notice)
{
	r->notice = notice;
	req_go(r, "/sittings/%lld/node", (long long)in_int(r, "sitting"));
	return true;
}

static bool away_give(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	int64_t epoch = 0;
	(void)model;
	return hall_give(&act, in_int(r, "sitting"), &epoch, e) && go_away(r, "hall.notice.given");
}

static bool away_package(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct upload *file = arena_alloc(r->arena, sizeof(*file));
	(void)model;
	*file = (struct upload){ .name = "package",
				 .file_name = arena_print(r->arena, "sitting-%lld.package",
							  (long long)in_int(r, "sitting")),
				 .media = "application/octet-stream" };
	if (!hall_package(&act, in_int(r, "sitting"), &file->bytes, &file->size, e))
		return false;
	r->download = file;
	return true;
}

static bool away_take_back(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct second second = { 0 };
	(void)model;
	if (!second_read(r, &second, e))
		return false;
	if (!hall_take_back(&act, in_int(r, "sitting"), in_text(r, "reason"), &second, e))
		return second_refused(r, &second, e);
	return go_away(r, "hall.notice.taken_back");
}

/* Whoever brings it: the entries are by those who did it there. */
static struct act node_act(const struct req *r)
{
	struct act act = req_act(r);
	act.person_id = 0;
	act.session = NULL;
	act.as_candidate = false;
	return act;
}

/* Megabytes of whoever sends them: neither the loop nor a turn reads them. */
static bool segment_slow(struct req *r, struct err *e)
{
	const struct act act = node_act(r);
	const struct upload *file = in_file(r, "segment");
	const struct hall_segment *segment = NULL;
	if (!hall_segment_open(&act, file->bytes, file->size, &segment, e))
		return err_field(e, "segment");
	r->opened = segment;
	return true;
}

static bool receive(struct req *r, struct hall_received *ret, struct err *e)
{
	const struct act act = node_act(r);
	return hall_segment_take(&act, r->opened, ret, e) || err_field(e, "segment");
}

/* What is wrong with a file is told to nobody who may not bring it. */
static bool away_slow(struct req *r, struct err *e)
{
	struct sitting s = { 0 };
	return load_sitting(r, &s, e) && segment_slow(r, e);
}

static bool away_bring(struct req *r, json_t *model, struct err *e)
{
	struct hall_received got = { 0 };
	struct sitting s = { 0 };
	(void)model;
	return load_sitting(r, &s, e) && receive(r, &got, e) &&
	       go_away(r, got.before ? "hall.notice.brought_before" : "hall.notice.brought");
}

/* ---- for the node itself --------------------------------------------------------------------- */

/* A program has no page to take the form's token from. */
static bool segment_form(struct req *r, json_t *model, struct err *e)
{
	(void)e;
	(void)json_object_set_new(model, "csrf", json_string(r->binding));
	return true;
}

static bool segment_bring(struct req *r, json_t *model, struct err *e)
{
	struct hall_received got = { 0 };
	if (!receive(r, &got, e))
		return false;
	(void)json_object_set_new(model, "received",
				  json_pack("{s:I,s:I,s:b}", "epoch", (json_int_t)got.epoch,
					    "entries", (json_int_t)got.entries, "before",
					    got.before));
	return true;
}

bool hall_node_model(struct req *r, int64_t sitting, const char *hall_organ, json_t *model,
		     struct err *e)
{
	const struct act act = req_act(r);
	bool hr = false;
	const json_t *rows = db_rows(r->db, r->arena, e,
				     "SELECT given_ms FROM sitting_given WHERE sitting_id = $1"
				     " AND state = 'given'",
				     db_int(sitting));
	if (!rows || !act_holds(&act, ROLE_NAME_HR, hall_organ, &hr, e))
		return false;
	const json_t *row = json_array_get(rows, 0);
	(void)json_object_set_new(
		model, "node",
		json_pack("{s:b,s:o}", "may", hr && req_is(r, ROLE_HR), "given_ms",
			  row ? json_integer((json_int_t)row_number(row, "given_ms"))
			      : json_null()));
	return true;
}

const struct route hall_node_routes[] = {
	{ GET, "/halls/:hall/node", ROLE_HR, node_show, "seat/node", hall_params,
	  "The hall node of a hall, by its public keys." },
	{ POST, "/halls/:hall/node", ROLE_HR, node_add, "seat/node", add_params,
	  "Notes the hall node of a hall.", .again = node_show },
	{ POST, "/halls/:hall/node/remove", ROLE_HR, node_remove, "seat/node", hall_params,
	  "The node gets no sittings any more.", .again = node_show },
	{ GET, "/sittings/:sitting/node", ROLE_HR, away_show, "sitting/node", sitting_only,
	  "Giving a sealed sitting to the hall's node, and having it back." },
	{ POST, "/sittings/:sitting/node/give", ROLE_HR, away_give, "sitting/node", sitting_only,
	  "Gives the sitting to the hall's node: nobody changes it here from then on.",
	  .again = away_show },
	{ GET, "/sittings/:sitting/node/package", ROLE_HR, away_package, NULL, sitting_only,
	  "The package, which that node alone can open.", .gives = "application/octet-stream" },
	{ POST, "/sittings/:sitting/node/take-back", ROLE_HR, away_take_back, "sitting/node",
	  back_params, "Ends it without the node, by two officials.", .slow = second_slow,
	  .again = away_show },
	{ POST, "/sittings/:sitting/node/bring", ROLE_HR, away_bring, "sitting/node", bring_params,
	  "Takes over what the node has brought.", .slow = away_slow, .again = away_show },
	{ GET, "/hall-segments", ROLE_PUBLIC, segment_form, NULL, no_params,
	  "The form token for a hall node." },
	{ POST, "/hall-segments", ROLE_PUBLIC, segment_bring, NULL, segment_params,
	  "Takes over what a hall node brings by itself; its signature says who it is.",
	  .slow = segment_slow },
	{ 0 },
};
