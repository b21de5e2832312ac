/* law_book.h - the law as data: rules/ read into the structs of law/.
 *
 * Everything that the YAML files hold lives in the arena that the reader is given.  A bad
 * file is refused, ERR_SYSTEM, with file, line and reason in err.detail ("organs.yaml:12: an organ
 * that stands twice"), the place in err.value ("organs.yaml:12") and a message "rules.*" that
 * says it in the user's language.  A file is kept with its bytes and their hash, so that a
 * competition can pin them and read them again (F1). */
#pragma once
#include "base/arena.h"
#include "law/calendar.h"
#include "law/qualification.h"
#include "law/rule_set.h"

enum law_file_kind { LAW_RULE_SET, LAW_QUALIFICATION, LAW_CALENDAR, LAW_ORGANS, LAW_POSTS };

/* "rule_set", "qualification", "calendar", "organs", "posts": law_text.kind */
const char *law_file_kind_name(enum law_file_kind kind);

/* An act or a criterion that the Rules name; its content is not built in. */
struct reference {
	const char *code, *clause; /* clause: where it is named, "" if in none */
	const char *title_kk, *title_ru;
	bool restricted; /* for official use only */
};
struct references {
	const struct reference *list;
	size_t count;
};

/* What a rule set tells about itself.  No decision depends on it; a list that the file leaves
 * out is empty. */
struct rule_set_notes {
	struct references sources;      /* the acts that the text comes from             */
	struct references criteria;     /* R5-1: exactly three                           */
	struct references studies;      /* R13-2: the procedures of the two studies      */
	struct list_of_names parts;     /* R6-1: the six, as part_name() has them        */
	struct list_of_names admission; /* R44-1: the four, as part_name() has them      */
	bool ru_unofficial;             /* the Russian clauses are our translation       */
};

/* One file: its bytes, and what they say (the pointer of its kind is set). */
struct law_file {
	enum law_file_kind kind;
	const char *name; /* "order-118/2025-05-17.yaml" */
	const char *body;
	const char *hash; /* BLAKE2b-256 of body, hexadecimal */
	const struct rule_set *rule_set;
	const struct rule_set_notes *notes; /* of a rule set */
	const struct qualification_table *qualification;
};

struct organ {
	const char *code, *kind, *parent; /* parent "": the top */
	const char *place;                /* row of the signatory matrix          */
	const char *test_hall;            /* kind of its test hall, "none" if it has none */
	const char *name_kk, *name_ru;
};

struct post {
	const char *code, *category, *name_kk, *name_ru;
};

struct law_book {
	const struct law_file *files; /* all of them, in the order they were given */
	size_t file_count;
	const struct law_file *rule_sets, *qualifications;
	size_t rule_set_count, qualification_count;
	const struct organ *organs; /* the first is the Prosecutor General's Office */
	const struct post *posts;
	size_t organ_count, post_count;
	struct calendar calendar;
	const struct calendar_source *calendar_source;
	bool posts_assumed; /* the list of posts and their categories is ours */
};

/* Reads `dir` (rules/).  Everything is checked, also between the files: every organ's place has a
 * row in the newest rule set's signatory matrix, every post's category is in every table of
 * requirements, no two rule sets and no two tables begin on one day or have one id. */
bool law_book_load_dir(const char *dir, struct arena *a, struct law_book **ret,
		       struct err *e) MUST_USE;

/* One file as the program holds it, for a book that is not read from a folder. */
struct law_source {
	const char *name; /* below rules/ */
	const char *body;
};
bool law_book_load(const struct law_source *sources, size_t count, struct arena *a,
		   struct law_book **ret, struct err *e) MUST_USE;

/* Reads the bytes of one file again; `name` is for the error. */
bool law_book_read_rule_set(struct arena *a, const char *name, const char *body,
			    const struct rule_set **ret, struct err *e) MUST_USE;
bool law_book_read_qualification(struct arena *a, const char *name, const char *body,
				 const struct qualification_table **ret, struct err *e) MUST_USE;

/* The file of these very bytes, by their hash; NULL if the book has none or there is no book. */
const struct law_file *law_book_file(const struct law_book *book, const char *hash);

/* O-4: the file in force on a day; NULL if there is none. */
const struct law_file *law_book_rule_set_on(const struct law_book *book, day d);
const struct law_file *law_book_qualification_on(const struct law_book *book, day d);

const struct organ *law_book_organ(const struct law_book *book, const char *code);
const struct post *law_book_post(const struct law_book *book, const char *code);

/* A body of the second route, of whatever time; NULL if no rule set names it. */
const struct other_body *law_book_body(const struct law_book *book, const char *code);

/* Whether `organ` is `above` or stands under it. */
bool law_book_under(const struct law_book *book, const char *organ, const char *above);
