#include "rules/yaml.h"

#include <stdio.h>
#include <string.h>

const cyaml_schema_field_t both_fields[] = {
	YAML_TEXT("kk", struct both, kk),
	YAML_TEXT("ru", struct both, ru),
	CYAML_FIELD_END,
};
const cyaml_schema_value_t yaml_text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

/* What libcyaml tells while it reads: the reason, then where, innermost first. */
struct complaint {
	char reason[120];
	int line;
};

static void listen(cyaml_log_t level, void *context, const char *format, va_list args)
{
	struct complaint *c = context;
	char text[200];
	if (level < CYAML_LOG_ERROR)
		return;
	(void)vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	const char *line = strstr(text, "line: ");
	if (line && c->line == 0)
		c->line = (int)strtol(line + strlen("line: "), NULL, 10);
	if (!line && !c->reason[0] && !strstr(text, "Backtrace"))
		(void)snprintf(c->reason, sizeof(c->reason), "%.*s", (int)sizeof(c->reason) - 1, text);
}

static bool refuse(const char *name, int line, const char *reason, struct err *e)
{
	char where[200];
	(void)snprintf(where, sizeof(where), "%s:%d: %s", name, line, reason);
	(void)err_set(e, ERR_SYSTEM, "error.rules.file", "%s", where);
	return err_value(e, where);
}

/* What an arena frees: libcyaml needs the schema to know what hangs where. */
struct made {
	const cyaml_config_t *config;
	const cyaml_schema_value_t *schema;
	void *data;
};

static const cyaml_config_t quiet = { .mem_fn = cyaml_mem };

static void release(void *object)
{
	const struct made *made = object;
	(void)cyaml_free(made->config, made->schema, made->data, 0);
}

bool yaml_read(struct arena *a, const char *name, const char *body,
	       const cyaml_schema_value_t *schema, void **ret, struct err *e)
{
	struct complaint complaint = { "", 0 };
	const cyaml_config_t config = {
		.log_fn = listen,
		.log_ctx = &complaint,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
	};
	void *data = NULL;
	cyaml_err_t result = cyaml_load_data((const uint8_t *)body, strlen(body), &config, schema,
					     &data, NULL);
	if (result != CYAML_OK)
		return refuse(name, complaint.line,
			      complaint.reason[0] ? complaint.reason : cyaml_strerror(result), e);
	struct made *made = arena_alloc(a, sizeof(*made));
	*made = (struct made){ &quiet, schema, data };
	arena_defer(a, release, made);
	*ret = data;
	return true;
}

static int line_of(const char *body, const char *near)
{
	const char *found = *near ? strstr(body, near) : NULL;
	int line = 1;
	for (const char *at = body; found && at < found; at++)
		line += *at == '\n';
	return line;
}

bool yaml_refuse(const char *name, const char *body, const char *near, const char *reason,
		 struct err *e)
{
	return refuse(name, line_of(body, near), reason, e);
}

bool yaml_day(const char *name, const char *body, const char *text, day *ret, struct err *e)
{
	return day_parse(text, ret) || yaml_refuse(name, body, text, "not a day", e);
}
