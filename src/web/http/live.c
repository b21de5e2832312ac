#include "web/http/live.h"

#include <stdio.h>
#include <string.h>

#define MARK_FIELD "mark"

const struct param live_params[] = { { MARK_FIELD, P_TEXT, 0, LIVE_MARK_SIZE, false, NULL },
				     PARAMS_END };

void live_mark(const struct site *site, char ret[LIVE_MARK_SIZE])
{
	(void)snprintf(ret, LIVE_MARK_SIZE, "%s.%lld", site->tag, (long long)site->tide);
}

/* Before anybody has read what is sent: another spelling of the same mark is answered at once. */
bool live_waits(const struct call *c)
{
	static const char field[] = MARK_FIELD "=";
	char mark[LIVE_MARK_SIZE];
	if (!c->req.route || !c->req.route->waits || c->err.kind != ERR_NONE || !c->in.query ||
	    strncmp(c->in.query, field, strlen(field)) != 0)
		return false;
	live_mark(c->site, mark);
	return strcmp(c->in.query + strlen(field), mark) == 0;
}

bool live_show(struct req *r, json_t *model, struct err *e)
{
	char mark[LIVE_MARK_SIZE];
	(void)e;
	live_mark(r->site, mark);
	(void)json_object_set_new(model, "mark", json_string(mark));
	return true;
}
