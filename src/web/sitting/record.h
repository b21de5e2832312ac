/* record.h - the record of a sitting as its pages show it: sources, whether the disk keeps them,
 * what fails and what is done about it (R28-3, F38, F68, F71, F74). */
#pragma once
#include "app/sitting/sitting.h"
#include "web/web.h"

extern const struct param record_incident_params[];
extern const struct param record_stop_params[];
extern const struct param record_act_params[];
extern const struct param record_go_on_params[];
extern const struct param record_absent_params[];
extern const struct param record_present_params[];

/* "recorded": mode, forecast and sources of a sitting that is recorded here, as they stand now;
 * null of one that is recorded outside.  "absents" and "absentable" for those who operate it,
 * before the start. */
bool record_model(struct req *r, const struct sitting *s, bool operates, json_t *model,
		  struct err *e) MUST_USE;

/* "incidents" that are open, newest first, and "incident_count" of which nobody has decided. */
bool record_open_incidents(struct req *r, const struct sitting *s, json_t *model,
			   struct err *e) MUST_USE;

/* "records" for the record of the sitting: when each source was recorded, incidents, rehearsals;
 * null of a sitting that is recorded outside. */
bool record_protocol(struct req *r, const struct sitting *s, json_t *model, struct err *e) MUST_USE;

bool record_incident(struct req *r, json_t *model, struct err *e);
bool record_stop(struct req *r, json_t *model, struct err *e);
bool record_act(struct req *r, json_t *model, struct err *e);
bool record_go_on(struct req *r, json_t *model, struct err *e);
bool record_absent(struct req *r, json_t *model, struct err *e);
bool record_present(struct req *r, json_t *model, struct err *e);
