#include "web/competition/explanation.h"

#include "web/row.h"

json_t *explanation_model(const struct calendar_explanation *x)
{
	json_t *steps = json_array();
	int counted = 0;
	for (size_t i = 0; i < x->count; i++) {
		enum day_reason reason = x->step[i].reason;
		bool works = reason == REASON_WORKING || reason == REASON_MOVED_WORKED;
		counted += works;
		json_t *step = json_pack("{s:s,s:o}", "reason", day_reason_name(reason), "number",
					 works ? json_integer(counted) : json_null());
		(void)json_object_set_new(step, "day", day_json(x->step[i].day));
		(void)json_array_append_new(steps, step);
	}
	json_t *o = json_pack("{s:i,s:o}", "wanted", x->wanted, "steps", steps);
	(void)json_object_set_new(o, "last", day_json(x->answer));
	return o;
}
