/* bank_exchange.c - import and export against the bare parse, the bare insert and the bare read.
 *
 * The questions are made up, each with words of its own; a file is written by our own writer.  Time
 * is the processor's. */
#include "bench/bank.h"
#include "bench/hall.h"

#include "app/bank/bank_give.h"
#include "app/bank/bank_take.h"
#include "exchange/exchange.h"

#include <csv.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

enum { ROUNDS = 3, OPTIONS = 4, LEVELS = 4 };

static double now(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- questions ------------------------------------------------------------------------------- */

/* Words that differ, so that no two questions are nearly the same. */
static const char *words(struct arena *a, uint32_t seed, int count)
{
	static const char *const part[] = { "мәміле", "нысан",   "мерзім", "шешім",
					    "талап",  "құқық",   "сот",    "өтініш",
					    "тарап",  "келісім", "жауап",  "негіз",
					    "тәртіп", "орган",   "акт",    "сауал" };
	const char *text = "";
	for (int i = 0; i < count; i++) {
		seed = seed * 1664525u + 1013904223u;
		text = arena_print(a, "%s%s%s%u", text, i > 0 ? " " : "", part[seed >> 28],
				   (seed >> 12) % 1000);
	}
	return text;
}

static struct item_text text_of(struct arena *a, uint32_t seed)
{
	struct item_text text = { .stem = words(a, seed, 14) };
	for (int o = 0; o < OPTIONS; o++)
		text.option[o] = words(a, seed + 77u * (uint32_t)(o + 1), 5);
	return text;
}

static struct exchange_set make_set(struct arena *a, size_t count)
{
	struct exchange_set set = { .item_count = count };
	set.items = arena_array(a, count, sizeof(*set.items));
	for (size_t i = 0; i < count; i++)
		set.items[i] = (struct exchange_item){
			.code = arena_print(a, "bench-%05zu", i),
			.act = "civil-code",
			.article = "152",
			.enemies = "",
			.place = "",
			.line = 1,
			.dated = true,
			.text_date = { 20200 },
			.options = OPTIONS,
			.answer = (int)(i % OPTIONS),
			.kk = text_of(a, (uint32_t)i * 2654435761u),
			.ru = text_of(a, (uint32_t)i * 2654435761u + 1),
		};
	return set;
}

/* ---- the bare parse -------------------------------------------------------------------------- */

static bool parse(const void *bytes, size_t size)
{
	xmlDoc *doc = xmlReadMemory(bytes, (int)size, NULL, NULL, XML_PARSE_NONET);
	xmlFreeDoc(doc);
	return doc != NULL;
}

/* Unpacks and parses every file of a package. */
static bool parse_package(const void *bytes, size_t size)
{
	zip_error_t why;
	zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
	const zip_int64_t count = zip ? zip_get_num_entries(zip, 0) : 0;
	bool fine = count > 0;
	for (zip_int64_t i = 0; fine && i < count; i++) {
		zip_stat_t stat;
		zip_file_t *file = zip_fopen_index(zip, (zip_uint64_t)i, 0);
		fine = file && zip_stat_index(zip, (zip_uint64_t)i, 0, &stat) == 0;
		char *text = fine ? malloc(stat.size + 1) : NULL;
		fine = fine && zip_fread(file, text, stat.size) == (zip_int64_t)stat.size &&
		       parse(text, stat.size);
		free(text);
		if (file)
			(void)zip_fclose(file);
	}
	if (zip)
		zip_discard(zip);
	return fine;
}

static bool parse_csv(const void *bytes, size_t size)
{
	struct csv_parser parser;
	if (csv_init(&parser, 0) != 0)
		return false;
	const bool fine = csv_parse(&parser, bytes, size, NULL, NULL, NULL) == size;
	csv_free(&parser);
	return fine;
}

/* ---- files ----------------------------------------------------------------------------------- */

struct kind {
	const char *name;
	enum exchange_format format;
	int version;
	bool (*parse)(const void *bytes, size_t size);
	double most_times; /* of the bare parse */
};

static const struct kind kinds[] = {
	{ "QTI 3", EXCHANGE_QTI, 3, parse_package, 4 },
	{ "Moodle XML", EXCHANGE_MOODLE, 0, parse, 8 },
	{ "CSV", EXCHANGE_CSV, 0, parse_csv, 30 },
};

struct taken {
	double write, read, parse;
	double mib;
};

/* The best of some rounds of each. */
static bool measure_file(const struct kind *kind, size_t count, struct taken *ret, struct err *e)
{
	static const struct exchange_options assumed = { "ru", "" };
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(arena_cleanup) struct arena *a = arena_new();
		struct exchange_set back = { .item_count = 0 };
		const struct exchange_set set = make_set(a, count);
		const void *bytes = NULL;
		size_t size = 0;
		double from = now();
		if (!exchange_write(a, &set, kind->format, kind->version, &bytes, &size, e))
			return false;
		const double write = now() - from;
		from = now();
		if (!kind->parse(bytes, size))
			return err_set(e, ERR_SYSTEM, "error.system", "the bare parse failed");
		const double parsed = now() - from;
		from = now();
		if (!exchange_read(a, bytes, size, &assumed, &back, e))
			return false;
		const double read = now() - from;
		if (back.item_count != count)
			return err_set(e, ERR_SYSTEM, "error.system", "a question was lost");
		ret->write = i == 0 || write < ret->write ? write : ret->write;
		ret->parse = i == 0 || parsed < ret->parse ? parsed : ret->parse;
		ret->read = i == 0 || read < ret->read ? read : ret->read;
		ret->mib = (double)size / 1024 / 1024;
	}
	return true;
}

static bool measure_kind(const struct kind *kind, bool quick, struct report *r, struct err *e)
{
	const size_t many = quick ? 2000 : 10000;
	struct taken few = { 0 };
	struct taken all = { 0 };
	char name[64];
	(void)fprintf(stderr, "bench: %zu questions as %s\n", many, kind->name);
	if (!measure_file(kind, many / 8, &few, e) || !measure_file(kind, many, &all, e))
		return false;
	const double times = all.read / all.parse;
	const double read_grows = all.read / few.read / 8;
	const double write_grows = all.write / few.write / 8;
	(void)snprintf(name, sizeof(name), "reading %s", kind->name);
	char target[80];
	(void)snprintf(target, sizeof(target), "at most %.0f times the bare parse; linear: 1.3",
		       kind->most_times);
	report_add(r, name, "all questions checked, against the parser of the library alone",
		   json_pack("{s:I,s:o,s:o,s:o,s:o,s:o}", "questions", (json_int_t)many, "mib",
			     report_real(all.mib), "seconds", report_real(all.read),
			     "bare_parse_seconds", report_real(all.parse), "times_the_parse",
			     report_real(times), "eight_times_as_many_to_one",
			     report_real(read_grows)),
		   target, times <= kind->most_times && read_grows <= 1.3);
	(void)snprintf(name, sizeof(name), "writing %s", kind->name);
	report_add(r, name, "from the questions in memory",
		   json_pack("{s:I,s:o,s:o}", "questions", (json_int_t)many, "seconds",
			     report_real(all.write), "eight_times_as_many_to_one",
			     report_real(write_grows)),
		   "linear: 1.3", write_grows <= 1.3);
	return true;
}

/* ---- taking over ----------------------------------------------------------------------------- */

/* The rows of a set and nothing else, in one transaction. */
static bool insert_bare(const struct act *act, const struct exchange_set *set, struct err *e)
{
	CLEANUP(db_rollback) struct db_tx tx = { 0 };
	if (!db_begin(act->db, &tx, e))
		return false;
	for (size_t i = 0; i < set->item_count; i++) {
		const struct exchange_item *q = &set->items[i];
		const struct item_text *text[] = { &q->kk, &q->ru };
		int64_t id = 0;
		int64_t bank = 0;
		if (!db_number(act->db, e, &id,
			       "INSERT INTO item (code, act, article, text_day, answer, options,"
			       " hash, sample, added_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)"
			       " RETURNING id",
			       db_text(q->code), db_text(q->act), db_text(q->article),
			       db_int(q->text_date.n), db_int(q->answer), db_int(q->options),
			       db_blob(arena_print(act->arena, "%032zu", i), 32),
			       db_int(act->now_ms)))
			return false;
		for (int part = 0; part <= 2 * OPTIONS + 1; part++) {
			const int o = part % (OPTIONS + 1);
			const struct item_text *t = text[part / (OPTIONS + 1)];
			const char *plain = o == 0 ? t->stem : t->option[o - 1];
			if (!db_exec(act->db, e, NULL,
				     "INSERT INTO item_text (item_id, language, part, text)"
				     " VALUES ($1, $2, $3, $4)",
				     db_int(id), db_text(part <= OPTIONS ? "kk" : "ru"), db_int(o),
				     db_blob(plain, strlen(plain))))
				return false;
		}
		if (!db_number(act->db, e, &bank,
			       "INSERT INTO bank_item (code, act, state, revision, newest_id,"
			       " hold_kind, reason, changed_ms) VALUES ($1, $2, 'draft', 1, $3, '',"
			       " '', $4) RETURNING id",
			       db_text(q->code), db_text(q->act), db_int(id),
			       db_int(act->now_ms)) ||
		    !db_exec(act->db, e, NULL,
			     "INSERT INTO bank_revision (bank_item_id, number, item_id, why, at_ms)"
			     " VALUES ($1, 1, $2, '', $3)",
			     db_int(bank), db_int(id), db_int(act->now_ms)))
			return false;
	}
	return db_commit(&tx, e);
}

static bool take_over(const struct act *act, const struct exchange_set *set, struct err *e)
{
	const struct bank_take_options options = { .article = "", .text_date = { 20200 } };
	struct bank_take_report report = { .added = 0 };
	return bank_take(act, set, &options, &report, e) &&
	       (report.added == (int64_t)set->item_count ||
		err_set(e, ERR_SYSTEM, "error.system", "not every question was taken over"));
}

/* All that `konkurs bank export` reads. */
static bool give(const struct act *act, const struct exchange_set *set, struct err *e)
{
	struct exchange_set all = { .item_count = 0 };
	return bank_give(act, "", &all, e) && all.item_count >= set->item_count;
}

typedef bool do_fn(const struct act *act, const struct exchange_set *set, struct err *e);

/* Each `what` of two, one after the other, in a database of its own. */
static bool timed(const char *dir, size_t count, do_fn *const what[2], double ret[2], struct err *e)
{
	char file[440];
	bool fine = true;
	(void)snprintf(file, sizeof(file), "%.400s/take.db", dir);
	{
		CLEANUP(bench_close) struct bench_base b = { 0 };
		fine = bench_open(&b, file, e) && bench_world(&b.act, e);
		const struct exchange_set set =
			fine ? make_set(b.arena, count) : (struct exchange_set){ .item_count = 0 };
		for (int i = 0; fine && i < 2 && what[i]; i++) {
			const double from = now();
			fine = what[i](&b.act, &set, e);
			ret[i] = now() - from;
		}
	}
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < COUNT(ends); i++) {
		char beside[460];
		(void)snprintf(beside, sizeof(beside), "%s%s", file, ends[i]);
		(void)unlink(beside);
	}
	return fine;
}

static bool measure_taking(const char *dir, bool quick, struct report *r, struct err *e)
{
	static do_fn *const taking[] = { take_over, give };
	static do_fn *const bare[] = { insert_bare, NULL };
	double each[LEVELS] = { 0 };
	json_t *values = json_object();
	double last[2] = { 0 };
	double insert[2] = { 0 };
	const size_t most = quick ? 2000 : 10000;
	for (int i = 0; i < LEVELS; i++) {
		const size_t count = most >> (LEVELS - 1 - i);
		char name[48];
		(void)fprintf(stderr, "bench: %zu questions are taken over\n", count);
		if (!timed(dir, count, taking, last, e)) {
			json_decref(values);
			return false;
		}
		each[i] = last[0] * 1e6 / (double)count;
		(void)snprintf(name, sizeof(name), "microseconds_a_question_of_%zu", count);
		(void)json_object_set_new(values, name, report_real(each[i]));
	}
	if (!timed(dir, most, bare, insert, e)) {
		json_decref(values);
		return false;
	}
	const double grows = each[LEVELS - 1] / each[0];
	const double times = last[0] / insert[0];
	(void)json_object_set_new(values, "seconds", report_real(last[0]));
	(void)json_object_set_new(values, "bare_insert_seconds", report_real(insert[0]));
	(void)json_object_set_new(values, "times_the_insert", report_real(times));
	(void)json_object_set_new(values, "eight_times_as_many_to_one", report_real(grows));
	report_add(r, "taking over", "checked, looked for near-duplicates, written, journalled",
		   values, "at most 20 times the bare insert; linear: 1.5",
		   times <= 20 && grows <= 1.5);
	report_note(r, "reading the bank for an export", "with what the database had",
		    json_pack("{s:I,s:o}", "questions", (json_int_t)most, "seconds",
			      report_real(last[1])));
	return true;
}

bool bench_exchange(const char *dir, bool quick, struct report *r, struct err *e)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!measure_kind(&kinds[i], quick, r, e))
			return false;
	}
	return measure_taking(dir, quick, r, e);
}
