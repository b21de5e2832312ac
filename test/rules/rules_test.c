#include "rules_test.h"

#include <stdio.h>
#include <stdlib.h>

day on(const char *text)
{
	day d = { 0 };
	assert_true(day_parse(text, &d));
	return d;
}

const char *shipped(struct arena *a, const char *path)
{
	FILE *file = fopen(path, "rbe");
	if (!file)
		fail_msg("%s: not there", path);
	size_t room = 1024 * 1024;
	char *text = arena_alloc(a, room);
	size_t size = fread(text, 1, room - 1, file);
	(void)fclose(file);
	assert_in_range(size, 1, room - 2);
	return text;
}

static int line_at(const char *text, const char *place)
{
	int line = 1;
	for (; text < place; text++)
		line += *text == '\n';
	return line;
}

const char *changed(struct arena *a, const char *text, const struct change *c, int *line)
{
	const char *found = strstr(text, c->find);
	if (!found)
		fail_msg("%s: '%s' is not in the file", c->why, c->find);
	size_t before = (size_t)(found - text);
	const char *ret =
		arena_print(a, "%.*s%s%s", (int)before, text, c->put, found + strlen(c->find));
	const char *place = c->at ? strstr(ret + before, c->at) : ret + before;
	if (!place)
		fail_msg("%s: '%s' is not behind the change", c->why, c->at);
	*line = line_at(ret, place);
	return ret;
}

bool load_with(struct arena *a, const char *name, const char *body, struct law_book **ret,
	       struct err *e)
{
	static const char *const names[] = {
		"calendar.yaml",
		"organs.yaml",
		"posts.yaml",
		"order-118/2018-10-10.yaml",
		"order-118/2025-05-17.yaml",
		"qualification/2013-08-28.yaml",
		"qualification/2026-02-18.yaml",
	};
	struct law_source source[COUNT(names)];
	for (size_t i = 0; i < COUNT(names); i++) {
		bool other = body && strcmp(names[i], name) == 0;
		source[i] = (struct law_source){
			names[i], other ? body : shipped(a, arena_print(a, "rules/%s", names[i]))
		};
	}
	return law_book_load(source, COUNT(names), a, ret, e);
}

struct law_book *shipped_book(struct arena *a)
{
	struct law_book *book = NULL;
	struct err e = { 0 };
	if (!law_book_load_dir("rules", a, &book, &e))
		fail_msg("the shipped files: %s: %s", e.key, e.detail);
	return book;
}

static void has_message(const char *why, const char *key)
{
	static const char *const languages[] = { "kk", "ru", "en" };
	struct arena *a = arena_new();
	for (size_t i = 0; i < COUNT(languages); i++) {
		const char *texts = shipped(a, arena_print(a, "locale/rules.%s.po", languages[i]));
		if (!strstr(texts, arena_print(a, "msgid \"%s\"\n", key)))
			fail_msg("%s: no message %s in %s", why, key, languages[i]);
	}
	arena_free(a);
}

void refused_at(const char *why, const struct err *e, const char *key, const char *name, int line)
{
	char place[120];
	(void)snprintf(place, sizeof(place), "%s:%d", name, line);
	if (e->kind != ERR_SYSTEM || strcmp(e->key, key) != 0 || strcmp(e->value, place) != 0)
		fail_msg("%s: %s, %s; wanted %s, %s", why, e->key, e->detail, key, place);
	if (strncmp(e->detail, place, strlen(place)) != 0 || strlen(e->detail) < strlen(place) + 5)
		fail_msg("%s: no reason in '%s'", why, e->detail);
	has_message(why, key);
}
