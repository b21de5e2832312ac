#include "web/site.h"

#include "app/bank/import.h"
#include "app/bank/vault_opening.h"
#include "app/bank/vault_start.h"
#include "app/bulk.h"
#include "app/form_done.h"
#include "app/hall_node/hall_node.h"
#include "app/sitting/service_clock.h"
#include "app/video/work.h"
#include "base/log.h"
#include "journal/log.h"

#include "app/access/session.h"
#include "view/share.h"

#include <sodium.h>
#include <string.h>

/* The system itself, now. */
static struct act system_act(const struct site *site, struct arena *a)
{
	return (struct act){ .db = site->db,
			     .arena = a,
			     .now_ms = clock_now(&site->clock),
			     .book = site->book,
			     .key = site->service_key };
}

/* The brakes of all processes of an installation know people by the same keyed hash. */
static void make_keys(struct site *s)
{
	static const unsigned char brake[] = "brake";
	unsigned char tag[(SITE_TAG_SIZE - 1) / 2];
	(void)crypto_generichash(s->brake.key, sizeof(s->brake.key), brake, sizeof(brake), s->key,
				 sizeof(s->key));
	randombytes_buf(tag, sizeof(tag));
	(void)sodium_bin2hex(s->tag, sizeof(s->tag), tag, sizeof(tag));
}

bool site_open(struct site *site, struct db *db, const struct service_key *service_key,
	       const struct law_book *book, const struct view *view, struct clock clock,
	       struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct site s = { .db = db,
			  .book = book,
			  .service_key = service_key,
			  .view = view,
			  .clock = clock,
			  .ncalayer = SITE_NCALAYER,
			  .work_waits = true,
			  .jobs = lease_of("jobs") };
	const struct act act = system_act(&s, a);
	struct hall_holding holding = { 0 };
	if (sodium_init() < 0)
		return err_set(e, ERR_SYSTEM, "error.system", "libsodium does not start");
	if (!vault_begin(&act, e) || !secret_key(db, "installation", s.key, sizeof(s.key), e) ||
	    !database_is_demonstration(db, &s.demonstration, e) || !hall_holding(db, &holding, e))
		return false;
	make_keys(&s);
	s.hall_node = holding.is_node;
	*site = s;
	return true;
}

bool site_ncalayer_valid(const char *address)
{
	enum { PORT_DIGITS = 5 };
	static const char *const begins[] = { "ws://127.0.0.1:", "wss://127.0.0.1:" };
	for (size_t i = 0; i < COUNT(begins); i++) {
		const char *port = address + strlen(begins[i]);
		if (strncmp(address, begins[i], strlen(begins[i])) == 0 && *port != '\0' &&
		    strlen(port) <= PORT_DIGITS && strspn(port, "0123456789") == strlen(port))
			return true;
	}
	return false;
}

bool site_built_in_law(struct arena *a, struct law_book **ret, struct err *e)
{
	static const char folder[] = "rules/";
	static const char ending[] = ".yaml";
	size_t count = 0;
	size_t n = 0;
	const struct share_item *item = share_below(&share_built_in, folder, &count);
	struct law_source *source = arena_array(a, count + 1, sizeof(*source));
	for (size_t i = 0; i < count; i++) {
		const char *name = item[i].path + strlen(folder);
		size_t size = strlen(name);
		if (size > strlen(ending) && strcmp(name + size - strlen(ending), ending) == 0)
			source[n++] = (struct law_source){ name, (const char *)item[i].bytes };
	}
	return law_book_load(source, n, a, ret, e);
}

void site_mac(const struct site *site, const char *purpose, const char *text,
	      char ret[SITE_MAC_SIZE])
{
	unsigned char mac[16];
	crypto_generichash_state state;
	(void)crypto_generichash_init(&state, site->key, sizeof(site->key), sizeof(mac));
	/* with its terminator, so that purpose and text cannot run together */
	(void)crypto_generichash_update(&state, (const unsigned char *)purpose,
					strlen(purpose) + 1);
	(void)crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
	(void)crypto_generichash_final(&state, mac, sizeof(mac));
	(void)sodium_bin2hex(ret, SITE_MAC_SIZE, mac, sizeof(mac));
}

/* ---- a database that is away ---------------------------------------------------------------- */

void site_is_away(struct site *site, const struct err *why)
{
	const int64_t now = clock_monotonic_ms();
	if (site->away)
		return;
	site->away = true;
	site->away_ms = site->tried_ms = now;
	site->away_told = false;
	if (site->told_ms != 0 && now - site->told_ms < SITE_TELL_MS)
		return;
	site->told_ms = now;
	site->away_told = true;
	log_failure("database", why);
}

void site_failed(struct site *site, const char *what, const struct err *why)
{
	if (db_is_lost(site->db))
		site_is_away(site, why);
	else if (lease_was_lost(&site->jobs, why))
		log_info("another process does the jobs now");
	else
		log_failure(what, why);
}

bool site_may_try(struct site *site)
{
	const int64_t now = clock_monotonic_ms();
	if (now - site->tried_ms < SITE_TRY_MS)
		return false;
	site->tried_ms = now;
	return true;
}

bool site_reach(struct site *site)
{
	struct err e = { 0 };
	bool any = false;
	if (!site->away)
		return true;
	if (!db_exists(site->db, &e, &any, "SELECT 1 FROM schema_done"))
		return false;
	site->away = false;
	if (site->away_told)
		log_info("the database is there again, after %lld ms",
			 (long long)(clock_monotonic_ms() - site->away_ms));
	return true;
}

/* ---- what the server does by itself --------------------------------------------------------- */

bool site_has_jobs(const struct site *site)
{
	return !site->shared || site->jobs.epoch != 0;
}

void site_keep_jobs(struct site *site)
{
	const bool had = site->jobs.epoch != 0;
	struct err e = { 0 };
	bool mine = false;
	if (!site->shared || site->away || site->draining)
		return;
	if (!lease_keep(site->db, &site->jobs, &mine, &e))
		site_failed(site, "jobs", &e);
	else if (mine != had)
		log_info(mine ? "this process does the jobs now"
			      : "another process does the jobs now");
	db_fence(site->db, NULL, 0);                 /* requests are no jobs */
	site->work_waits = site->work_waits || mine; /* others do not tell that there is some */
	err_clear(&e);
}

void site_end(struct site *site)
{
	if (site->shared && !site->away)
		lease_give(site->db, &site->jobs);
}

/* Transactions between are those of a job: whoever was taken over does not write. */
static void begin_job(const struct site *site)
{
	if (site->shared)
		db_fence(site->db, site->jobs.name, site->jobs.epoch);
}

static void end_job(const struct site *site)
{
	db_fence(site->db, NULL, 0);
}

void site_keep_clock(struct site *site)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct clock_reading reading;
	struct err e = { 0 };
	if (!site->clock_kept || site->away)
		return;
	service_clock_read(&reading);
	const struct act act = system_act(site, a);
	if (!service_clock_keep(&act, &reading, &site->clock, &site->clock_told_ms, &e))
		site_failed(site, "clock", &e);
	err_clear(&e);
}

void site_keep_vault(struct site *site)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct act act = system_act(site, a);
	struct err e = { 0 };
	if (site->away || !site_has_jobs(site))
		return;
	begin_job(site);
	if (!vault_expire(&act, &e) || !form_done_forget_old(&act, &e))
		site_failed(site, "vault", &e);
	end_job(site);
	err_clear(&e);
}

void site_keep_records(struct site *site)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct act act = system_act(site, a);
	struct err e = { 0 };
	if (site->away || !site_has_jobs(site))
		return;
	begin_job(site);
	if (!video_missed(&act, &e))
		site_failed(site, "records", &e);
	end_job(site);
	err_clear(&e);
}

/* What waits of bulks and imports; false: it failed. */
static bool work_for_many(struct site *site, struct err *e)
{
	enum { AT_ONCE = 10 }; /* between two turns of the loop: some milliseconds */
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const struct act act = system_act(site, a);
	bool more = false;
	bool read = false;
	if (!site->work_waits)
		return true;
	const bool done = bulk_step(&act, AT_ONCE, &more, e) && import_step(&act, &read, e);
	site->work_waits = more || read || !done;
	return done;
}

bool site_work(struct site *site)
{
	enum { TILES_AT_ONCE = 8 }; /* some milliseconds, too */
	struct err e = { 0 };
	bool tiles = false;
	if (site->away || !site_has_jobs(site))
		return false;
	begin_job(site);
	const bool done =
		work_for_many(site, &e) && journal_tiles_step(site->db, TILES_AT_ONCE, &tiles, &e);
	end_job(site);
	if (!done)
		site_failed(site, "work", &e);
	err_clear(&e);
	return done && (site->work_waits || tiles);
}
