#include "web/names.h"

#include "web/site.h"

#include <string.h>

bool in_kazakh(const struct req *r)
{
	return strcmp(catalog_base(view_catalog(r->site->view), r->language), "kk") == 0;
}

const char *organ_name(const struct req *r, const char *code)
{
	const struct organ *organ = law_book_organ(r->book, code);
	const struct other_body *body = organ ? NULL : law_book_body(r->book, code);
	if (body)
		return in_kazakh(r) ? body->name_kk : body->name_ru;
	if (!organ)
		return code;
	return in_kazakh(r) ? organ->name_kk : organ->name_ru;
}

const char *post_name(const struct req *r, const char *code)
{
	const struct post *post = law_book_post(r->book, code);
	if (!post)
		return code;
	return in_kazakh(r) ? post->name_kk : post->name_ru;
}

static void add_option(json_t *list, const char *id, const char *name)
{
	(void)json_array_append_new(list, json_pack("{s:s,s:s}", "id", id, "name", name));
}

json_t *organ_options(const struct req *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->book->organ_count; i++)
		add_option(list, r->book->organs[i].code, organ_name(r, r->book->organs[i].code));
	return list;
}

json_t *post_options(const struct req *r)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->book->post_count; i++)
		add_option(list, r->book->posts[i].code, post_name(r, r->book->posts[i].code));
	return list;
}
