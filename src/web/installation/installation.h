/* installation.h - what is wrong with an installation, and how to mend it: `konkurs check` and the
 * administrator's page.
 *
 * One table of checks (installation.c).  A new one is a function that calls installation_find() for
 * what it finds, a line of the table, and the messages "cli.check.WHAT" and "cli.check.WHAT.mend".
 * A check fails only if it could not look. */
#pragma once
#include "web/http/tls.h"
#include "web/web.h"

/* An error keeps the installation from its work or opens it to strangers; a warning is a thing to
 * know before a real competition. */
enum installation_level { LEVEL_WARNING, LEVEL_ERROR };

struct installation {
	/* where to look; NULL what is not known */
	const char *db, *key, *rules; /* db: a file, or a server's URL */
	const struct tls_options *tls;
	const char *records;            /* folder of sound and picture */
	const struct file_place *place; /* of kept files outside the database */
	bool inside;                    /* the server looks at itself                            */
	bool thorough;                  /* also what takes as long as all passwords              */

	struct arena *arena;
	const struct view *view;
	const char *language;
	day today;
	int64_t now_ms;

	/* what the checks share */
	struct db *base; /* NULL: none that can be looked into     */
	bool demonstration;
	const char *unreadable; /* what the database said last of what it could not read; NULL */
	json_t *findings;       /* [{level, what, text, mend}], the arena's  */
	size_t errors, warnings;
};

/* Begins to look; the caller fills in the rest. */
struct installation installation_new(struct arena *a, const struct view *view,
				     const char *language);

/* All checks for which there is something to look at.  What a damaged database refuses to one of
 * them is a finding. */
bool installation_check(struct installation *c, struct err *e) MUST_USE;

/* ---- for checks ------------------------------------------------------------------------------ */

/* The finding `what`, with its {value}. */
bool installation_find(struct installation *c, enum installation_level level, const char *what,
		       const char *value, struct err *e) MUST_USE;

/* An error; in a demonstration a warning. */
enum installation_level installation_serious(const struct installation *c);

/* The file of the service key; "" if nobody says where it is.  c->db is known. */
const char *installation_key(const struct installation *c);

/* "a, b": adds to a list of values. */
void installation_list(struct buf *list, const char *text);

/* installation_law.c */
bool installation_law(struct installation *c, struct err *e) MUST_USE;
bool installation_texts(struct installation *c, struct err *e) MUST_USE;
/* installation_machine.c */
bool installation_modes(struct installation *c, struct err *e) MUST_USE;
bool installation_folders(struct installation *c, struct err *e) MUST_USE;
bool installation_certificate(struct installation *c, struct err *e) MUST_USE;
bool installation_withdrawn(struct installation *c, struct err *e) MUST_USE;
bool installation_written(struct installation *c, struct err *e) MUST_USE;
bool installation_space(struct installation *c, struct err *e) MUST_USE;
bool installation_swap(struct installation *c, struct err *e) MUST_USE;
bool installation_fences(struct installation *c, struct err *e) MUST_USE;
/* Of a process that serves: whether the words of its command line, each a line, say that nobody
 * between can read along; whether it is behind its fences, as /proc/PID/status and its words have
 * it. */
bool installation_closed(struct arena *a, const char *words);
bool installation_fenced(const char *status, const char *words);
/* installation_records.c */
bool installation_records(struct installation *c, struct err *e) MUST_USE;
/* installation_files.c; and the "files" of the page */
bool installation_files(struct installation *c, struct err *e) MUST_USE;
bool installation_files_model(const struct installation *c, json_t *model, struct err *e) MUST_USE;
/* installation_hooks.c */
bool installation_hooks(struct installation *c, struct err *e) MUST_USE;
/* installation_base.c */
bool installation_version(struct installation *c, struct err *e) MUST_USE;
bool installation_clock(struct installation *c, struct err *e) MUST_USE;
bool installation_bank(struct installation *c, struct err *e) MUST_USE;
bool installation_journal(struct installation *c, struct err *e) MUST_USE;
bool installation_backup(struct installation *c, struct err *e) MUST_USE;
bool installation_jobs(struct installation *c, struct err *e) MUST_USE;
bool installation_passwords(struct installation *c, struct err *e) MUST_USE;
bool installation_admin(struct installation *c, struct err *e) MUST_USE;
bool installation_factor(struct installation *c, struct err *e) MUST_USE;
bool installation_scan(struct installation *c, struct err *e) MUST_USE;
enum { VIDEO_MISSED_MS = 60 * 1000 };
bool installation_video(struct installation *c, struct err *e) MUST_USE;
bool installation_halls(struct installation *c, struct err *e) MUST_USE;
bool installation_lists(struct installation *c, struct err *e) MUST_USE;

/* installation_server.c */
bool installation_server(struct installation *c, struct err *e) MUST_USE;
bool installation_rows(struct installation *c, struct err *e) MUST_USE;

/* The page. */
extern const struct route installation_routes[];
