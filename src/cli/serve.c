/* serve.c - konkurs serve. */
#include "cli/cli.h"
#include "cli/fence.h"

#include "app/access/session.h"
#include "app/bank/vault_start.h"
#include "app/file.h"
#include "app/sitting/service_clock.h"
#include "base/log.h"
#include "view/catalog.h"
#include "view/view.h"
#include "web/http/server.h"

#include <getopt.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PORT_DEFAULT = 8080,
	PORT_MOST = 65535,
	WORKERS = 2,
	CONNECTIONS = 4096,
	TIMEOUT_S = 60,
	LOCK_WAIT_MS = 200, /* another process that has the file: clients come again */
	TURN_WAIT_MS =
		2000, /* turns of other nodes: who waits has his turn, first come, first served */
	ANSWER_MS = 5000, /* a statement of a turn; later the server counts as away */
	MMAP_FROM = 64 * 1024,
	TRIM_FROM = 256 * 1024,
	NODE_MOST = 32
};

struct serve_options {
	const char *db, *key, *listen, *rules, *now, *origin, *ncalayer, *redirect, *records,
		*files;
	struct file_place place; /* of `files` */
	const char *metrics, *node, *log;
	bool log_requests, mark_turns;
	struct tls_options tls;
	const char *drain;
	const char *locales[LOCALES_MOST];
	size_t locale_count;
	bool secure, unfenced, demand_fence, as_it_is, plays;
};

static bool read_options(int argc, char **argv, struct serve_options *ret)
{
	static const struct option table[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "listen", required_argument, NULL, 'l' },
		{ "rules", required_argument, NULL, 'r' },
		{ "records", required_argument, NULL, 'e' },
		{ "files", required_argument, NULL, 'z' },
		{ "ncalayer", required_argument, NULL, 'y' },
		{ "metrics", required_argument, NULL, 'm' },
		{ "node", required_argument, NULL, 'i' },
		{ "log", required_argument, NULL, 'g' },
		{ "log-requests", no_argument, NULL, 'q' },
		{ "trace-database", no_argument, NULL, 't' },
		{ "now", required_argument, NULL, 'n' },
		{ "origin", required_argument, NULL, 'o' },
		{ "redirect-port", required_argument, NULL, 'h' },
		{ "locale", required_argument, NULL, 'v' },
		{ "secure", no_argument, NULL, 's' },
		{ "no-migrate", no_argument, NULL, 'j' },
		{ "drain", required_argument, NULL, 'b' },
		{ "demonstration", no_argument, NULL, 'x' },
		{ "tls-certificate", required_argument, NULL, 'c' },
		{ "tls-key", required_argument, NULL, 'p' },
		{ "tls-client-ca", required_argument, NULL, 'a' },
		{ "tls-client-crl", required_argument, NULL, 'w' },
		{ "no-confinement", no_argument, NULL, 'u' },
		{ "require-confinement", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd': ret->db = optarg; break;
		case 'k': ret->key = optarg; break;
		case 'l': ret->listen = optarg; break;
		case 'r': ret->rules = optarg; break;
		case 'e': ret->records = optarg; break;
		case 'z': ret->files = optarg; break;
		case 'y': ret->ncalayer = optarg; break;
		case 'm': ret->metrics = optarg; break;
		case 'i': ret->node = optarg; break;
		case 'g': ret->log = optarg; break;
		case 'q': ret->log_requests = true; break;
		case 't': ret->mark_turns = true; break;
		case 'n': ret->now = optarg; break;
		case 'o': ret->origin = optarg; break;
		case 'h': ret->redirect = optarg; break;
		case 'v':
			if (ret->locale_count == LOCALES_MOST)
				return false;
			ret->locales[ret->locale_count++] = optarg;
			break;
		case 's': ret->secure = true; break;
		case 'j': ret->as_it_is = true; break;
		case 'b': ret->drain = optarg; break;
		case 'x': ret->plays = true; break;
		case 'c': ret->tls.certificate = optarg; break;
		case 'p': ret->tls.key = optarg; break;
		case 'a': ret->tls.client_ca = optarg; break;
		case 'w': ret->tls.client_crl = optarg; break;
		case 'u': ret->unfenced = true; break;
		case 'f': ret->demand_fence = true; break;
		default: return false;
		}
	}
	return optind == argc;
}

/* "https://konkurs.kz": passkeys are bound to it, so it has neither path nor slash behind; without
 * TLS browsers have passkeys for localhost alone. */
static bool is_origin(const char *text)
{
	const bool tls = strncmp(text, "https://", 8) == 0;
	const char *host = strstr(text, "://");
	return host && host[3] && !strpbrk(host + 3, "/?#@ ") &&
	       (tls || strncmp(text, "http://localhost", 16) == 0);
}

/* It stands in labels, lines of logs and names of connections. */
static bool is_node(const char *text)
{
	const size_t size = strlen(text);
	return size > 0 && size <= NODE_MOST &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
		       size;
}

/* What makes no sense together; NULL if all is well. */
static const char *complaint(const struct serve_options *o)
{
	if (!o->db)
		return "--db is missing";
	if ((o->tls.certificate == NULL) != (o->tls.key == NULL))
		return "--tls-certificate and --tls-key belong together";
	if ((o->tls.client_ca && !o->tls.certificate) || (o->tls.client_crl && !o->tls.client_ca))
		return "--tls-client-ca wants --tls-certificate, --tls-client-crl wants both";
	if (o->unfenced && o->demand_fence)
		return "--no-confinement and --require-confinement contradict each other";
	if (o->origin && !is_origin(o->origin))
		return "--origin wants https://HOST[:PORT], as browsers say it";
	if (o->redirect &&
	    (!o->tls.certificate || !o->origin || strncmp(o->origin, "https://", 8) != 0))
		return "--redirect-port wants --tls-certificate and --origin https://...";
	if (o->node && !is_node(o->node))
		return "--node wants letters, digits, '-', '.' and '_', 32 of them at most";
	if (o->ncalayer && !site_ncalayer_valid(o->ncalayer))
		return "--ncalayer wants ws://127.0.0.1:PORT or wss://127.0.0.1:PORT";
	return NULL;
}

/* A second is not enough for a proxy to look, an hour is more than anybody waits. */
static bool read_drain(const char *text, int *ret)
{
	char *end = NULL;
	const long seconds = strtol(text, &end, 10);
	if (end == text || *end != '\0' || seconds < 2 || seconds > 3600)
		return false;
	*ret = (int)seconds;
	return true;
}

static bool read_port(const char *text, uint16_t *ret)
{
	char *end = NULL;
	const long port = strtol(text, &end, 10);
	if (end == text || *end != '\0' || port < 0 || port > PORT_MOST)
		return false;
	*ret = (uint16_t)port;
	return true;
}

/* "127.0.0.1:8080", "[::1]:8080". */
static bool read_address(struct arena *a, const char *given, const char **ret, uint16_t *ret_port)
{
	char *text = arena_copy(a, given);
	char *colon = strrchr(text, ':');
	if (!colon || colon == text || !read_port(colon + 1, ret_port))
		return false;
	*colon = '\0';
	if (*text == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		text++;
	}
	*ret = text;
	return true;
}

/* NULL if all is well. */
static const char *read_addresses(struct arena *a, const struct serve_options *o,
				  struct server_options *ret)
{
	if (o->listen && !read_address(a, o->listen, &ret->address, &ret->port))
		return "--listen wants ADDRESS:PORT";
	if (o->metrics && !read_address(a, o->metrics, &ret->metrics_address, &ret->metrics_port))
		return "--metrics wants ADDRESS:PORT";
	if (o->redirect && (!read_port(o->redirect, &ret->redirect_port) || !ret->redirect_port))
		return "--redirect-port wants a number";
	return NULL;
}

/* A clock that is set by hand may only play: a real competition counts real days. */
static bool allow_clock(const struct serve_options *options, const struct site *site, struct err *e)
{
	if (!options->now || site->demonstration)
		return true;
	return err_set(e, ERR_INPUT, "error.time", "--now is for demonstration databases only");
}

/* Fictitious people and values behind an address of the world are a mistake, unless somebody says
 * that they are not (F2): their passwords stand in the repository. */
static bool allow_place(const struct serve_options *options, const struct site *site, struct err *e)
{
	const bool open = options->secure || options->tls.certificate ||
			  (options->origin && strncmp(options->origin, "https://", 8) == 0);
	return !site->demonstration || !open || options->plays ||
	       err_set(e, ERR_INPUT, "error.demonstration",
		       "this is a demonstration database: a real one is made by konkurs init; "
		       "--demonstration serves it all the same");
}

/* The clock of the service, unless one is played. */
static bool open_clock(const struct serve_options *options, struct db *db, struct clock *ret,
		       struct err *e)
{
	struct clock_reading reading;
	if (options->now)
		return cli_clock(options->now, ret, e);
	service_clock_read(&reading);
	return service_clock_open(db, &reading, ret, e);
}

/* When the server listens: server.h. */
static bool put_up_fence(void *user, struct err *e)
{
	const struct serve_options *o = user;
	const struct fence_options fence = { .db = o->db,
					     .key = o->key,
					     .rules = o->rules,
					     .records = o->records,
					     .store = o->place.store,
					     .tls = &o->tls,
					     .none = o->unfenced || CLI_SANITIZED,
					     .demand = o->demand_fence };
	return cli_fence(&fence, e);
}

static void settle(struct site *site, const struct serve_options *options,
		   const struct site_files *files)
{
	site->secure = options->secure || options->tls.certificate;
	site->braked = true;
	site->files = files;
	site->place = options->files ? &options->place : NULL;
	site->origin = options->origin;
	site->paced = true;
	site->shared = db_is_server(options->db);
	if (options->ncalayer)
		site->ncalayer = options->ncalayer;
	site->clock_kept = !options->now;
	site->node = options->node;
	site->log_requests = options->log_requests;
	site->mark_turns = options->mark_turns;
}

/* Languages that are data of this installation (view/catalog.h). */
static bool add_locales(const struct serve_options *options, struct view *view, struct err *e)
{
	bool ok = true;
	for (size_t i = 0; ok && i < options->locale_count; i++)
		ok = view_add_locale(view, options->locales[i], e);
	return ok;
}

static bool serve(struct serve_options *options, const struct server_options *listen, struct err *e)
{
	CLEANUP(db_cleanup) struct db *db = NULL;
	CLEANUP(service_key_cleanup) struct service_key *key = NULL;
	CLEANUP(arena_cleanup) struct arena *law = arena_new();
	struct law_book *book = NULL;
	CLEANUP(view_cleanup) struct view *view = NULL;
	CLEANUP(server_cleanup) struct server *server = NULL;
	struct clock clock = { 0 };
	const struct site_files files = { options->db, options->key, options->rules, &options->tls,
					  options->records };
	struct site *site = calloc(1, sizeof(*site));
	bool ok = site || err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	ok = ok && (options->as_it_is ? cli_open_migrated_db : cli_open_db)(options->db, &db, e) &&
	     vault_key_open(db, options->db, options->key, &key, e) &&
	     (!options->files || file_place_open(db, options->files, &options->place, e)) &&
	     open_clock(options, db, &clock, e) &&
	     cli_open_law(options->rules, db, law, &book, e) &&
	     view_open(&share_built_in, &view, e) && add_locales(options, view, e) &&
	     site_open(site, db, key, book, view, clock, e) && allow_clock(options, site, e) &&
	     allow_place(options, site, e);
	if (ok)
		settle(site, options, &files);
	ok = ok && db_wait_most(db, LOCK_WAIT_MS, e) && db_answer_most(db, ANSWER_MS, e) &&
	     server_open(site, listen, &server, e);
	if (ok) {
		site_keep_clock(site);
		log_info("serving %s on %s port %u", options->tls.certificate ? "HTTPS" : "HTTP",
			 listen->address, (unsigned)server_port(server));
		ok = server_run(server, e);
		site_end(site);
		log_info("ended");
	}
	server_close(server);
	server = NULL;
	file_place_close(&options->place);
	free(site);
	return ok;
}

/* Pages of many at once must not stay with the process when they are sent: large pieces go back to
 * the system, and the workers share one heap with the loop.  Small
 * pieces join what is free beside them at once: else malloc() does it for all of them whenever a
 * request asks for its first block. */
static void keep_memory_small(void)
{
	(void)mallopt(M_MXFAST, 0);
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	(void)mallopt(M_TRIM_THRESHOLD, TRIM_FROM);
}

/* By what the node is called in figures, lines of the log and, for libpq, connections.  One of
 * several has a name: the machine's if it was given none. */
static void name_node(struct arena *a, struct serve_options *o)
{
	char host[NODE_MOST + 1] = "";
	const bool server = db_is_server(o->db);
	if (!o->node && server && gethostname(host, sizeof(host) - 1) == 0 && is_node(host))
		o->node = arena_copy(a, host);
	if (server && o->node)
		(void)setenv("PGAPPNAME", arena_print(a, "konkurs/%s", o->node), false);
}

int cli_serve(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct serve_options options = { 0 };
	struct server_options listen = { .address = "127.0.0.1",
					 .port = PORT_DEFAULT,
					 .workers = WORKERS,
					 .connections_most = CONNECTIONS,
					 .timeout_s = TIMEOUT_S };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options))
		return cli_usage("serve", "unknown option");
	const char *why = complaint(&options);
	if (!why)
		why = read_addresses(a, &options, &listen);
	if (why)
		return cli_usage("serve", why);
	if (options.drain && !read_drain(options.drain, &listen.drain_s))
		return cli_usage("serve", "--drain wants a number of seconds from 2 to 3600");
	name_node(a, &options);
	if (!cli_log(options.log ? options.log : "text", options.node))
		return cli_usage("serve", "--log wants text or json");
	keep_memory_small();
	listen.redirect_origin = options.origin;
	listen.database = options.db;
	listen.tls = options.tls;
	listen.bound = put_up_fence;
	listen.user = &options;
	return serve(&options, &listen, &e) ? CLI_OK : cli_failed("serve", &e);
}
