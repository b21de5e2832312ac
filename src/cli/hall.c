/* hall.c - konkurs hall: a sealed sitting goes to a machine in the hall and comes back
 * (docs/halls.md). */
#include "cli/hall.h"

#include "cli/cli.h"

#include "app/bank/vault_start.h"
#include "app/hall_node/hall_node.h"
#include "app/sitting/service_clock.h"
#include "base/log.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAUSE_MOST_S = 60 };

#define WHAT_TO_SAY                                                                                \
	"say: hall key, hall add HALL, hall give SITTING, hall pack SITTING, hall take FILE,"      \
	" hall bring, hall receive FILE, or hall status"

struct hall_options {
	const char *action, *thing; /* "add", "3"; NULL: none */
	const char *db, *key, *rules, *now, *out, *centre, *party, *to, *authorities;
	bool once, json;
};

static bool read_options(int argc, char **argv, struct hall_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "rules", required_argument, NULL, 'r' },
		{ "now", required_argument, NULL, 'n' },
		{ "out", required_argument, NULL, 'o' },
		{ "centre", required_argument, NULL, 'c' },
		{ "party", required_argument, NULL, 'p' },
		{ "to", required_argument, NULL, 't' },
		{ "authorities", required_argument, NULL, 'a' },
		{ "once", no_argument, NULL, '1' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'n': ret->now = optarg; break;
		case 'o': ret->out = optarg; break;
		case 'c': ret->centre = optarg; break;
		case 'p': ret->party = optarg; break;
		case 't': ret->to = optarg; break;
		case 'a': ret->authorities = optarg; break;
		case '1': ret->once = true; break;
		case 'j': ret->json = true; break;
		default: return false;
		}
	}
	ret->action = optind < argc ? argv[optind] : NULL;
	ret->thing = optind + 1 < argc ? argv[optind + 1] : NULL;
	return ret->action && optind + 2 >= argc;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static bool read_file(struct arena *a, const char *path, const void **ret, size_t *ret_size,
		      struct err *e)
{
	CLEANUP(close_file) FILE *file = fopen(path, "rbe");
	struct stat about;
	if (!file || fstat(fileno(file), &about) != 0)
		return err_set(e, ERR_INPUT, "error.storage", "%.180s: %s", path, strerror(errno));
	if (about.st_size > ENVELOPE_MOST)
		return err_set(e, ERR_INPUT, "hall.error.envelope", "%.180s: too large", path);
	const size_t size = (size_t)about.st_size;
	unsigned char *bytes = arena_alloc(a, size + 1);
	if (fread(bytes, 1, size, file) != size)
		return err_set(e, ERR_SYSTEM, "error.storage", "%.180s: cannot be read", path);
	bytes[size] = '\0';
	*ret = bytes;
	*ret_size = size;
	return true;
}

/* On disk on return, and nobody else's. */
static bool write_file(const char *path, const void *bytes, size_t size, struct err *e)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
	const char *at = bytes;
	bool ok = fd >= 0;
	for (size_t left = size; ok && left > 0;) {
		const ssize_t n = write(fd, at, left);
		ok = n > 0;
		at += ok ? n : 0;
		left -= ok ? (size_t)n : 0;
	}
	ok = ok && fsync(fd) == 0;
	if (!ok)
		(void)err_set(e, ERR_SYSTEM, "error.storage", "%.180s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* A line of public keys, or the name of a file that has it. */
static bool read_party(struct arena *a, const char *text, struct envelope_party *ret, struct err *e)
{
	const void *bytes = NULL;
	size_t size = 0;
	struct err none = { 0 };
	if (envelope_party_read(text, ret, &none))
		return true;
	return read_file(a, text, &bytes, &size, e) && envelope_party_read(bytes, ret, e);
}

static void print_party(const struct service_key *key)
{
	struct envelope_party party;
	char text[ENVELOPE_TEXT_SIZE];
	char fingerprint[ENVELOPE_FINGERPRINT_SIZE];
	envelope_party_of(key, &party);
	envelope_party_print(&party, text);
	envelope_fingerprint(&party, fingerprint);
	printf("%s\n", text);
	(void)fprintf(stderr, "Fingerprint: %s\n", fingerprint);
}

/* ---- actions --------------------------------------------------------------------------------- */

typedef bool action_fn(const struct act *act, const struct hall_options *o, struct err *e);

static int64_t number_of(const struct hall_options *o)
{
	return o->thing ? strtoll(o->thing, NULL, 10) : 0;
}

static bool add(const struct act *act, const struct hall_options *o, struct err *e)
{
	struct envelope_party party;
	char text[ENVELOPE_TEXT_SIZE];
	int64_t id = 0;
	if (!o->party || !read_party(act->arena, o->party, &party, e))
		return o->party ? false
				: err_set(e, ERR_INPUT, "hall.error.party", "--party is missing");
	envelope_party_print(&party, text);
	return hall_node_add(act, number_of(o), text, &id, e);
}

static bool give(const struct act *act, const struct hall_options *o, struct err *e)
{
	int64_t epoch = 0;
	if (!hall_give(act, number_of(o), &epoch, e))
		return false;
	printf("Sitting %s is given to the node of its hall, epoch %lld.\n", o->thing,
	       (long long)epoch);
	return true;
}

static bool pack(const struct act *act, const struct hall_options *o, struct err *e)
{
	const void *package = NULL;
	size_t size = 0;
	if (!hall_package(act, number_of(o), &package, &size, e) ||
	    !write_file(o->out, package, size, e))
		return false;
	printf("%s: %zu bytes.\n", o->out, size);
	return true;
}

static bool take(const struct act *act, const struct hall_options *o, struct err *e)
{
	struct envelope_party centre;
	struct hall_holding holding = { 0 };
	const void *package = NULL;
	size_t size = 0;
	if (!read_party(act->arena, o->centre, &centre, e) ||
	    !read_file(act->arena, o->thing, &package, &size, e) ||
	    !hall_take(act, &centre, package, size, e) || !hall_holding(act->db, &holding, e))
		return false;
	printf("This machine holds sitting %lld, epoch %lld.\n", (long long)holding.sitting,
	       (long long)holding.epoch);
	return true;
}

/* Store and forward: tried again until the centre says that it has it, or that it will not. */
static bool send_until(const struct act *act, const struct hall_options *o, const void *segment,
		       size_t size, struct err *e)
{
	unsigned pause_s = 1;
	while (!hall_send(o->to, o->authorities, segment, size, e)) {
		if (e->kind != ERR_BUSY || o->once)
			return false;
		log_failure("hall bring", e);
		err_clear(e);
		(void)sleep(pause_s);
		pause_s = pause_s * 2 < PAUSE_MOST_S ? pause_s * 2 : PAUSE_MOST_S;
	}
	printf("The centre has it.\n");
	return hall_acknowledge(act, e);
}

static bool bring(const struct act *act, const struct hall_options *o, struct err *e)
{
	const void *segment = NULL;
	size_t size = 0;
	if (!hall_bring(act, &segment, &size, e) ||
	    (o->out && !write_file(o->out, segment, size, e)))
		return false;
	if (o->out)
		printf("%s: %zu bytes.\n", o->out, size);
	return !o->to || send_until(act, o, segment, size, e);
}

static bool receive(const struct act *act, const struct hall_options *o, struct err *e)
{
	struct hall_received got = { 0 };
	const void *segment = NULL;
	size_t size = 0;
	if (!read_file(act->arena, o->thing, &segment, &size, e) ||
	    !hall_receive(act, segment, size, &got, e))
		return false;
	if (got.before)
		printf("Sitting %lld, epoch %lld: it was here already.\n", (long long)got.sitting,
		       (long long)got.epoch);
	else
		printf("Sitting %lld, epoch %lld: %lld entries, %lld answers.\n",
		       (long long)got.sitting, (long long)got.epoch, (long long)got.entries,
		       (long long)got.answers);
	return true;
}

static bool status(const struct act *act, const struct hall_options *o, struct err *e)
{
	struct hall_holding h = { 0 };
	if (!hall_holding(act->db, &h, e))
		return false;
	if (o->json) {
		json_t *json = json_pack("{s:b,s:I,s:I,s:b,s:b}", "node", h.is_node, "sitting",
					 (json_int_t)h.sitting, "epoch", (json_int_t)h.epoch,
					 "returned", h.returned, "received", h.received);
		cli_print_json(json);
		json_decref(json);
		return true;
	}
	if (!h.is_node)
		printf("This is no hall node.\n");
	else
		printf("Sitting %lld, epoch %lld: %s.\n", (long long)h.sitting, (long long)h.epoch,
		       h.received   ? "the centre has it"
		       : h.returned ? "ended here, not yet received"
				    : "held here");
	print_party(act->key);
	return true;
}

static const struct {
	const char *name;
	action_fn *run;
	bool thing;          /* it is about one                                  */
	const char *missing; /* option that it does not do without, or NULL */
} actions[] = {
	{ "add", add, true, "party" },      { "bring", bring, false, NULL },
	{ "give", give, true, NULL },       { "pack", pack, true, "out" },
	{ "receive", receive, true, NULL }, { "status", status, false, NULL },
	{ "take", take, true, "centre" },
};

/* ---- the command ----------------------------------------------------------------------------- */

static bool now_of(const struct hall_options *o, struct db *db, int64_t *ret, struct err *e)
{
	struct clock clock = { 0 };
	struct clock_reading reading;
	if (o->now) {
		if (!cli_clock(o->now, &clock, e))
			return false;
		*ret = clock_now(&clock);
		return true;
	}
	service_clock_read(&reading);
	return service_clock_instant(db, &reading, ret, e);
}

static bool run(const struct hall_options *o, action_fn *action, struct err *e)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(db_cleanup) struct db *db = NULL;
	struct law_book *book = NULL;
	int64_t now_ms = 0;
	if (!cli_open_db(o->db, &db, e) || !cli_open_law(o->rules, db, a, &book, e) ||
	    !now_of(o, db, &now_ms, e))
		return false;
	struct act act = { .db = db, .arena = a, .now_ms = now_ms, .book = book };
	return cli_open_key(o->db, o->key, &act, &key, e) && action(&act, o, e);
}

/* Of a machine that has no database yet: it is made when the package is taken. */
static int make_key(const struct hall_options *o)
{
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	struct err e = { 0 };
	if (!o->key)
		return cli_usage("hall", "--key is missing");
	if (!service_key_read(o->key, &key, &e)) {
		if (e.kind != ERR_MISSING)
			return cli_failed("hall", &e);
		err_clear(&e);
		if (!service_key_make(o->key, &key, &e))
			return cli_failed("hall", &e);
	}
	print_party(key);
	return CLI_OK;
}

static const char *value_of(const struct hall_options *o, const char *name)
{
	return strcmp(name, "party") == 0 ? o->party
	       : strcmp(name, "out") == 0 ? o->out
					  : o->centre;
}

int cli_hall(int argc, char **argv)
{
	struct hall_options options = { 0 };
	struct err e = { 0 };
	size_t i = 0;
	if (!read_options(argc, argv, &options))
		return cli_usage("hall", WHAT_TO_SAY);
	if (strcmp(options.action, "key") == 0)
		return make_key(&options);
	while (i < COUNT(actions) && strcmp(options.action, actions[i].name) != 0)
		i++;
	if (i == COUNT(actions) || actions[i].thing != (options.thing != NULL))
		return cli_usage("hall", WHAT_TO_SAY);
	if (!options.db)
		return cli_usage("hall", "--db is missing");
	if (actions[i].missing && !value_of(&options, actions[i].missing))
		return cli_usage("hall", WHAT_TO_SAY);
	if (actions[i].run == bring && !options.out && !options.to)
		return cli_usage("hall", "say where to: --out FILE, or --to URL");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return cli_usage("hall", "libcurl does not start");
	const bool ok = run(&options, actions[i].run, &e);
	curl_global_cleanup();
	return ok ? CLI_OK : cli_failed("hall", &e);
}
