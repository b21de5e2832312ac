/* readers.h - one reader for each kind of file, for this room alone. */
#pragma once
#include "rules/law_book.h"
#include "rules/source.h"

/* `notes` may be NULL. */
bool read_rule_set(const struct source *s, const struct rule_set **ret,
		   const struct rule_set_notes **notes, struct err *e) MUST_USE;
bool read_qualification(const struct source *s, const struct qualification_table **ret,
			struct err *e) MUST_USE;
bool read_organs(const struct source *s, struct law_book *book, struct err *e) MUST_USE;
bool read_posts(const struct source *s, struct law_book *book, struct err *e) MUST_USE;
bool read_calendar(const struct source *s, struct law_book *book, struct err *e) MUST_USE;

/* "central", "regional", ...: what an organ, and so a test hall, can be. */
bool organ_is_kind(const char *kind);

/* What no schema can say of a rule set; the places are those of its file.  `questions` is the
 * control sum of the programme that the file states, 0 if it states none. */
bool rule_set_check(const struct source *s, const struct rule_set *rules, int64_t questions,
		    struct err *e) MUST_USE;

/* R6-1, R44-1: what the file says of parts and admission is what the program does. */
bool marks_check(const struct source *s, const struct mark_scale *marks, struct err *e) MUST_USE;
bool notes_check(const struct source *s, const struct rule_set_notes *notes,
		 struct err *e) MUST_USE;

/* Whether the value of a parameter is one that a sane file holds. */
bool rule_set_param_sound(enum param_id id, int64_t value);

/* What has to agree between the files. */
bool law_book_check(struct arena *a, const struct law_book *book, struct err *e) MUST_USE;

/* The bytes of a file, without NUL and not too large. */
bool law_read_file(struct arena *a, const char *path, const char **ret, struct err *e) MUST_USE;

/* Files of a folder with the ending ".yaml", in the order of their names, each added to `list`
 * with `below` before its name. */
enum { LAW_FILES_MOST = 64 };
struct law_folder {
	struct law_source source[LAW_FILES_MOST]; /* name, body */
	size_t count;
};
bool law_read_folder(struct arena *a, const char *dir, const char *below, struct law_folder *ret,
		     struct err *e) MUST_USE;
