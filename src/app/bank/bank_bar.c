#include "app/bank/bank_bar.h"

#include <string.h>

/* ---- articles -------------------------------------------------------------------------------- */

/* "15, 35-1": numbers with a part behind a stroke. */
static bool is_article(const char *text)
{
	const size_t digits = strspn(text, "0123456789");
	return digits > 0 && strspn(text + digits, "-0123456789") == strlen(text + digits);
}

bool articles_read(struct arena *a, const char *list, struct articles *ret, struct err *e)
{
	char *rest = NULL;
	char *text = arena_print(a, "%s", list);
	ret->count = 0;
	for (char *one = strtok_r(text, ", ;\n\t", &rest); one;
	     one = strtok_r(NULL, ", ;\n\t", &rest)) {
		if (!is_article(one) || ret->count == ARTICLES_MOST) {
			(void)err_input(e, "articles", "bank.error.articles", "no article");
			return err_value(e, one);
		}
		ret->name[ret->count++] = one;
	}
	return true;
}

bool articles_have(const struct articles *articles, const char *article)
{
	const size_t size = strspn(article, "-0123456789");
	for (size_t i = 0; i < articles->count; i++) {
		if (strlen(articles->name[i]) == size &&
		    memcmp(articles->name[i], article, size) == 0)
			return true;
	}
	return articles->count == 0;
}

/* ---- bars ------------------------------------------------------------------------------------ */

/* F23 */
static bool text_is_new(const struct act *act, int64_t version, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows =
		db_rows(act->db, act->arena, e,
			"SELECT i.article, c.articles FROM item i"
			"  JOIN act_change c ON c.act = i.act AND c.text_day > i.text_day"
			" WHERE i.id = $1 ORDER BY c.id",
			db_int(version));
	json_array_foreach (rows, i, row) {
		struct articles articles = { .count = 0 };
		if (!articles_read(act->arena, row_text(row, "articles"), &articles, e))
			return false;
		if (articles_have(&articles, row_text(row, "article")))
			return err_set(e, ERR_CONFLICT, "bank.error.act_changed",
				       "its act has changed");
	}
	return rows != NULL;
}

static bool key_stands(bool corrected, struct err *e)
{
	return !corrected ||
	       err_set(e, ERR_CONFLICT, "bank.error.key_corrected", "its key was wrong");
}

bool bank_bar_version(const struct act *act, int64_t version, struct err *e)
{
	bool corrected = false;
	return text_is_new(act, version, e) &&
	       db_exists(act->db, e, &corrected, "SELECT 1 FROM key_correction WHERE item_id = $1",
			 db_int(version)) &&
	       key_stands(corrected, e);
}

bool bank_bar_newest(const struct act *act, const struct bank_state *s, struct err *e)
{
	bool corrected = false;
	return bank_bar_version(act, s->newest_id, e) &&
	       db_exists(act->db, e, &corrected,
			 "SELECT 1 FROM bank_revision v JOIN item i ON i.id = v.item_id"
			 "  JOIN item o ON o.code = i.code"
			 "  JOIN key_correction k ON k.item_id = o.id AND k.old_answer = i.answer"
			 " WHERE v.bank_item_id = $1 AND v.number = $2 AND v.at_ms <= k.at_ms",
			 db_int(s->id), db_int(s->revision)) &&
	       key_stands(corrected, e);
}
