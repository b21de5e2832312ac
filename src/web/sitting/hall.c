#include "web/sitting/hall.h"

#include "app/sitting/hall.h"
#include "web/list.h"
#include "web/names.h"
#include "web/row.h"

#include <string.h>

enum { CODE_MOST = 40 };

#define HALL                                                                                       \
	{                                                                                          \
		"hall", P_INT, 1, INT64_MAX, true, NULL                                            \
	}
#define FORM                                                                                       \
	{ "organ", P_TEXT, 1, CODE_MOST, true, NULL },                                             \
		{ "name_kk", P_TEXT, 1, HALL_NAME_MOST, true, NULL },                              \
		{ "name_ru", P_TEXT, 1, HALL_NAME_MOST, true, NULL },                              \
	{                                                                                          \
		"seats", P_INT, 1, HALL_SEATS_MOST, true, NULL                                     \
	}

const struct param hall_create_params[] = { FORM, PARAMS_END };
const struct param hall_change_params[] = {
	HALL,
	FORM,
	{ "reopen", P_FLAG, 0, 0, false, NULL },
	PARAMS_END,
};
const struct param hall_close_params[] = {
	HALL,
	{ "reason", P_TEXT, 1, HALL_REASON_MOST, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};

/* Organs that the reader may enter a hall of; `own`, where the hall is now, is always one. */
static bool add_organs(struct req *r, const char *own, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	json_t *list = json_array();
	(void)json_object_set_new(model, "organs", list);
	for (size_t i = 0; i < r->book->organ_count; i++) {
		const struct organ *organ = &r->book->organs[i];
		const bool is_own = strcmp(organ->code, own) == 0;
		bool may = false;
		if (!is_own && !hall_may_be_of(&act, organ))
			continue;
		if (!is_own && !act_holds(&act, ROLE_NAME_HR, organ->code, &may, e))
			return false;
		if (is_own || may)
			(void)json_array_append_new(list,
						    json_pack("{s:s,s:s}", "id", organ->code,
							      "name", organ_name(r, organ->code)));
	}
	return true;
}

bool halls_new(struct req *r, json_t *model, struct err *e)
{
	json_t *hall = json_pack("{s:s,s:s,s:s,s:s}", "organ", "", "name_kk", "", "name_ru", "",
				 "seats", "");
	(void)json_object_set_new(model, "hall", hall);
	if (!add_organs(r, "", model, e))
		return false;
	const json_t *organs = json_object_get(model, "organs");
	if (json_array_size(organs) == 1) /* who keeps the halls of one organ need not choose */
		(void)json_object_set(hall, "organ",
				      json_object_get(json_array_get(organs, 0), "id"));
	return true;
}

/* Of one that a sitting has used the organ alone is to choose from. */
static bool add_own_organ(struct req *r, const struct hall_row *hall, json_t *model, struct err *e)
{
	(void)json_object_set_new(model, "used", json_boolean(hall->used));
	if (!hall->used)
		return add_organs(r, hall->organ, model, e);
	(void)json_object_set_new(
		model, "organs",
		json_pack("[{s:s,s:s}]", "id", hall->organ, "name", organ_name(r, hall->organ)));
	return true;
}

bool halls_edit(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	struct hall_row hall = { 0 };
	if (!hall_load(&act, in_int(r, "hall"), &hall, e) ||
	    !act_require(&act, ROLE_NAME_HR, hall.organ, e))
		return false;
	(void)json_object_set_new(
		model, "hall",
		json_pack("{s:I,s:s,s:s,s:s,s:s,s:I,s:b,s:b}", "id", (json_int_t)hall.id, "name",
			  in_kazakh(r) ? hall.name_kk : hall.name_ru, "organ", hall.organ,
			  "name_kk", hall.name_kk, "name_ru", hall.name_ru, "seats",
			  (json_int_t)hall.seats, "closed", hall.closed, "reopen", false));
	return add_own_organ(r, &hall, model, e);
}

/* ---- what HR does ---------------------------------------------------------------------------- */

static struct hall_form form_of(const struct req *r)
{
	return (struct hall_form){ .organ = in_text(r, "organ"),
				   .name_kk = in_text(r, "name_kk"),
				   .name_ru = in_text(r, "name_ru"),
				   .seats = in_int(r, "seats") };
}

static bool go(struct req *r, int64_t hall, const char *notice)
{
	r->notice = notice;
	req_go(r, "/halls/%lld", (long long)hall);
	return true;
}

bool halls_create(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct hall_form form = form_of(r);
	int64_t id = 0;
	(void)model;
	return hall_add(&act, &form, &id, e) && go(r, id, "hall.notice.added");
}

bool halls_change(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const struct hall_form form = form_of(r);
	const int64_t id = in_int(r, "hall");
	(void)model;
	return hall_change(&act, id, &form, in_flag(r, "reopen"), e) &&
	       go(r, id, "hall.notice.changed");
}

bool halls_close(struct req *r, json_t *model, struct err *e)
{
	const struct act act = req_act(r);
	const int64_t id = in_int(r, "hall");
	(void)model;
	return hall_close(&act, id, in_text(r, "reason"), e) && go(r, id, "hall.notice.closed");
}
