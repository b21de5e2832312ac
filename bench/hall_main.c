/* hall_main.c - the hall as a program, for the fault tests and for hands.
 *
 *   bench/hall --db FILE --candidates N --out SESSIONS.json [--start] [--key FILE] [--again]
 *              [--passwords]
 *
 * FILE, which may be a postgresql:// URL with --key, holds no people or is not there yet; with
 * --again it holds a hall that was made so, and gets another.  The sitting is sealed, and with
 * --start it has started; with --passwords all have one, that of the second official.
 * SESSIONS.json is an object:
 *
 *   competition, hall, sitting   ids
 *   codes                        the two opening codes (POST /sittings/:sitting/start)
 *   operator, second             {person, token, csrf, hash} of two officials; of the second one
 *                                password too, which forms of the hall ask for
 *   candidates                   [{seat, attempt, application, person, token, csrf, hash}]
 *
 * token is the value of cookie konkurs_session, csrf that of header X-CSRF-Token. */
#include "bench/hall.h"

#include "app/access/password.h"
#include "app/access/people.h"
#include "web/site.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { CANDIDATES_DEFAULT = 1000, CANDIDATES_MOST = 5000 };

struct options {
	const char *db, *key, *out;
	long candidates;
	bool start, again, passwords;
};

static bool read_options(int argc, char **argv, struct options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "candidates", required_argument, NULL, 'c' },
		{ "out", required_argument, NULL, 'o' },
		{ "start", no_argument, NULL, 's' },
		{ "again", no_argument, NULL, 'a' },
		{ "passwords", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'c': ret->candidates = strtol(optarg, NULL, 10); break;
		case 'o': ret->out = optarg; break;
		case 's': ret->start = true; break;
		case 'a': ret->again = true; break;
		case 'p': ret->passwords = true; break;
		default: return false;
		}
	}
	return optind == argc && ret->db && ret->out && ret->candidates > 0 &&
	       ret->candidates <= CANDIDATES_MOST;
}

static bool is_empty(struct db *db, struct err *e)
{
	bool taken = false;
	return db_exists(db, e, &taken, "SELECT 1 FROM person") &&
	       (!taken || err_set(e, ERR_CONFLICT, "error.conflict", "the database has people"));
}

static bool write_json(const char *path, const struct bench_hall *hall, struct err *e)
{
	json_t *json = bench_hall_json(hall);
	int result = json_dump_file(json, path, JSON_COMPACT);
	json_decref(json);
	return result == 0 || err_set(e, ERR_SYSTEM, "error.system", "%s: not written", path);
}

static bool set_passwords(const struct act *act, const struct bench_hall *hall, struct err *e)
{
	const char *hash = password_hash(act->arena, BENCH_PASSWORD, e);
	for (size_t i = 0; hash && i < hall->count; i++) {
		if (!person_set_hash(act, hall->seats[i].session.person, hash, e))
			return false;
	}
	return hash && person_set_hash(act, hall->operator.person, hash, e);
}

static bool make(const struct options *options, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	struct bench_hall hall = { 0 };
	if (!site_built_in_law(a, &book, e) || !db_open(options->db, &db, e) ||
	    !db_migrate(db, e) || !(options->again || is_empty(db, e)))
		return false;
	const struct clock clock = clock_real();
	struct act act = { .db = db, .arena = a, .now_ms = clock_now(&clock), .book = book };
	if (!bench_key(&act, options->db, options->key, &key, e))
		return false;
	return (options->again || bench_world(&act, e)) &&
	       bench_hall_fill(&act, (size_t)options->candidates, &hall, e) &&
	       (!options->passwords || set_passwords(&act, &hall, e)) &&
	       bench_hall_seal(&act, &hall, e) &&
	       (!options->start || bench_hall_start(&act, &hall, e)) &&
	       write_json(options->out, &hall, e);
}

int main(int argc, char **argv)
{
	struct options options = { .candidates = CANDIDATES_DEFAULT };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options) || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: hall --db FILE --out FILE [--candidates N]"
				      " [--start] [--key FILE] [--again] [--passwords]\n");
		return 2;
	}
	if (make(&options, &e))
		return 0;
	(void)fprintf(stderr, "hall: %s: %s (%s)\n", err_kind_name(e.kind), e.detail, e.key);
	return 1;
}
