/* witness.c - konkurs witness: what a second body runs on a machine of its own, without any
 * database and without a network (F87).
 *
 * It remembers the newest checkpoint it has signed, and signs the next one only if a proof shows
 * that the log has just grown since; several at once wait for each other.  What it is given is a
 * checkpoint, or a request as C2SP's tlog-witness has it: "old SIZE", hashes of the proof, an empty
 * line, the checkpoint. */
#include "cli/journal.h"

#include "backup/disk.h"
#include "base/io.h"
#include "journal/note.h"
#include "journal/request.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct witness_options {
	const char *key, *state, *log, *name, *now, *file;
	bool make;
};

struct request {
	struct log_request asked;
	struct note note;
	struct note_checkpoint said;
};

struct seen {
	bool some;
	struct note_key log;
	struct note_checkpoint said;
};

static bool read_options(int argc, char **argv, struct witness_options *ret)
{
	static const struct option table[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "state", required_argument, NULL, 's' },
		{ "log", required_argument, NULL, 'l' },
		{ "name", required_argument, NULL, 'n' },
		{ "now", required_argument, NULL, 't' },
		{ "make-key", no_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	int option = 0;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'k': ret->key = optarg; break;
		case 's': ret->state = optarg; break;
		case 'l': ret->log = optarg; break;
		case 'n': ret->name = optarg; break;
		case 't': ret->now = optarg; break;
		case 'm': ret->make = true; break;
		default: return false;
		}
	}
	if (optind < argc)
		ret->file = argv[optind++];
	return optind == argc && ret->key;
}

static bool refused(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "journal.error.witness", "%s", why);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Of several at once only one reads what was signed, judges and writes: else two histories could
 * each be found to continue the same beginning.  Held until the file is closed. */
static bool hold_state(struct arena *a, const char *state, int *ret, struct err *e)
{
	const char *path = arena_print(a, "%s.lock", state);
	*ret = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	return (*ret >= 0 && flock(*ret, LOCK_EX) == 0) ||
	       err_set(e, ERR_SYSTEM, "error.system", "%.180s: %s", path, strerror(errno));
}

/* The whole file, or nothing of it, on disk, and its name too.  The state is held: what lies in the
 * way was broken off. */
static bool replace_file(struct arena *a, const char *path, const char *text, struct err *e)
{
	const char *fresh = arena_print(a, "%s.new", path);
	if (unlink(fresh) != 0 && errno != ENOENT)
		return err_set(e, ERR_SYSTEM, "error.system", "%.180s: %s", fresh, strerror(errno));
	if (!disk_write(fresh, text, strlen(text), e))
		return false;
	if (rename(fresh, path) != 0)
		return err_set(e, ERR_SYSTEM, "error.system", "%.180s: %s", path, strerror(errno));
	return disk_sync(disk_folder(a, path), e);
}

/* ---- the key --------------------------------------------------------------------------------- */

static bool make_key(const struct witness_options *o, struct arena *a, struct err *e)
{
	unsigned char seed[NOTE_SEED_SIZE];
	unsigned char public_key[NOTE_PUBLIC_SIZE];
	struct note_key key;
	char secret[NOTE_SECRET_SIZE];
	char vkey[NOTE_KEY_SIZE];
	randombytes_buf(seed, sizeof(seed));
	note_public_of(seed, public_key);
	bool ok = note_key_make(o->name, NOTE_COSIGNATURE, public_key, &key) ||
		  refused(e, "a name has no spaces and no plus");
	if (ok) {
		note_secret_print(&key, seed, secret);
		note_key_print(&key, vkey);
		ok = disk_write(o->key, secret, strlen(secret), e) &&
		     disk_sync(disk_folder(a, o->key), e);
	}
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(secret, sizeof(secret));
	if (ok)
		puts(vkey);
	return ok;
}

static bool read_key(const struct witness_options *o, struct arena *a, struct note_key *ret,
		     unsigned char seed[NOTE_SEED_SIZE], struct err *e)
{
	const char *text = NULL;
	size_t size = 0;
	if (!cli_read_file(a, o->key, &text, &size, e))
		return false;
	const char *line = arena_copy_n(a, text, strcspn(text, "\r\n"));
	return (note_secret_parse(line, ret, seed) && ret->kind == NOTE_COSIGNATURE) ||
	       refused(e, "the file is no key of a witness: konkurs witness --make-key");
}

/* ---- the request ----------------------------------------------------------------------------- */

static bool read_request(const struct witness_options *o, struct arena *a, struct request *ret,
			 struct err *e)
{
	const char *at = NULL;
	size_t size = 0;
	const char *path = o->file && strcmp(o->file, "-") != 0 ? o->file : "/dev/stdin";
	if (!cli_read_file(a, path, &at, &size, e))
		return false;
	if (strlen(at) != size)
		return refused(e, "what is given is no text");
	if (!log_request_parse(at, size, &ret->asked))
		return refused(e, "the request is not understood");
	return (note_parse(ret->asked.note, ret->asked.size, &ret->note) &&
		note_checkpoint_parse(&ret->note, &ret->said)) ||
	       refused(e, "what is given is no checkpoint");
}

/* ---- what was seen --------------------------------------------------------------------------- */

/* The state: the log's key, and the checkpoint that was signed last. */
static bool read_seen(const struct witness_options *o, struct arena *a, struct seen *ret,
		      struct err *e)
{
	const char *text = NULL;
	size_t size = 0;
	struct note note;
	if (access(o->state, F_OK) != 0) {
		if (!o->log)
			return refused(e, "the first time say --log KEY, the log's verifier key");
		return note_key_parse(o->log, &ret->log) || refused(e, "--log is no key");
	}
	if (!cli_read_file(a, o->state, &text, &size, e))
		return false;
	const size_t line = strcspn(text, "\n");
	const char *rest = text + line + (text[line] == '\n');
	ret->some = true;
	if (!note_key_parse(arena_copy_n(a, text, line), &ret->log) ||
	    !note_parse(rest, strlen(rest), &note) || !note_checkpoint_parse(&note, &ret->said) ||
	    note_check(&note, &ret->log, NULL) != NOTE_GOOD)
		return refused(e, "the state file is damaged: look into it before signing again");
	char key[NOTE_KEY_SIZE];
	note_key_print(&ret->log, key);
	return !o->log || strcmp(o->log, key) == 0 ||
	       refused(e, "--log is not the log that this witness has watched");
}

/* Whether the log has only grown. */
static bool judge(const struct request *r, const struct seen *seen, struct err *e)
{
	if (strcmp(r->said.origin, seen->log.name) != 0)
		return refused(e, "the checkpoint is of another log");
	if (note_check(&r->note, &seen->log, NULL) != NOTE_GOOD)
		return refused(e, "the log has not signed this checkpoint");
	if (!seen->some)
		return true;
	if (r->said.size < seen->said.size)
		return refused(e, "the checkpoint is older than the one that was signed last");
	if (r->said.size == seen->said.size && !tree_equal(&r->said.root, &seen->said.root))
		return refused(e, "SPLIT VIEW: the log has signed two histories; keep both files");
	if (r->said.size == seen->said.size)
		return true;
	if (!r->asked.has_old || r->asked.old != seen->said.size)
		return err_set(e, ERR_INPUT, "journal.error.witness",
			       "a proof from %llu entries on is wanted: --old %llu",
			       (unsigned long long)seen->said.size,
			       (unsigned long long)seen->said.size);
	return tree_grew(seen->said.size, &seen->said.root, r->said.size, &r->said.root,
			 &r->asked.proof) ||
	       refused(e, "SPLIT VIEW: the proof does not show that the log has only grown");
}

/* ---- signing --------------------------------------------------------------------------------- */

static bool sign(const struct witness_options *o, struct arena *a, struct err *e)
{
	struct note_key key;
	unsigned char seed[NOTE_SEED_SIZE];
	char line[NOTE_LINE_SIZE];
	char log[NOTE_KEY_SIZE];
	struct request r = { .asked = { .has_old = false } };
	struct seen seen = { .some = false };
	struct clock clock = { 0 };
	CLEANUP(io_close) int held = -1;
	if (!cli_clock(o->now, &clock, e) || !read_request(o, a, &r, e) ||
	    !hold_state(a, o->state, &held, e) || !read_seen(o, a, &seen, e) ||
	    !judge(&r, &seen, e) || !read_key(o, a, &key, seed, e))
		return false;
	note_sign(&key, seed, r.note.text, r.note.text_size, clock_now(&clock) / 1000, line);
	sodium_memzero(seed, sizeof(seed));
	note_key_print(&seen.log, log);
	/* remembered before it is given away */
	if (!replace_file(a, o->state, arena_print(a, "%s\n%s", log, r.asked.note), e))
		return false;
	printf("%s%s", r.asked.note, line);
	return true;
}

int cli_witness(int argc, char **argv)
{
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	struct witness_options options = { 0 };
	struct err e = { 0 };
	if (!read_options(argc, argv, &options))
		return cli_usage("witness", "--key FILE is missing, or an option is unknown");
	if (sodium_init() < 0)
		return cli_usage("witness", "libsodium does not start");
	if (options.make && options.name && !options.file)
		return make_key(&options, a, &e) ? CLI_OK : cli_failed("witness", &e);
	if (options.make || !options.state)
		return cli_usage("witness", "say: witness --make-key --name NAME --key FILE, or "
					    "witness --key FILE --state FILE REQUEST");
	return sign(&options, a, &e) ? CLI_OK : cli_failed("witness", &e);
}
