/* note.h - signed notes, checkpoints and cosignatures in the formats of C2SP (F86, F87):
 * signed-note, tlog-checkpoint, tlog-cosignature/v1.  Pure: no database, no memory, libsodium
 * alone.
 *
 * A note is a text, an empty line, and lines of signatures:
 *
 *   konkurs/7d1f0c3a9b2e4d58                                  the log's origin
 *   20852163                                                  how many entries
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=              the root of their tree
 *
 *   — konkurs/7d1f0c3a9b2e4d58 Az3grlgtzPICa5OS8npVmf1Myq...  the log itself
 *   — witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe...  a witness, with the time
 *
 * Nothing in a note may be believed before note_check() has found it good under a key that one
 * knows.  Signatures of other keys and kinds are passed over. */
#pragma once
#include "journal/tree.h"

enum {
	NOTE_MOST = 128 * 1024,    /* bytes of a note that is read       */
	NOTE_SIGNATURES_MOST = 32, /* lines of signatures that are read  */
	NOTE_NAME_SIZE = 129,      /* of a key's name, with terminator   */
	NOTE_KEY_SIZE = 192,       /* of a verifier key's text           */
	NOTE_SECRET_SIZE = 208,    /* of a signer key's text             */
	NOTE_SEED_SIZE = 32,
	NOTE_PUBLIC_SIZE = 32,
	NOTE_LINE_SIZE = 256,       /* of a line of a signature, with "\n" */
	NOTE_CHECKPOINT_SIZE = 256, /* of a checkpoint's text             */
};

/* ---- keys ------------------------------------------------------------------------------------ */

/* What a key signs, as its verifier key says; other kinds exist and are not ours. */
enum note_kind { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

struct note_key {
	char name[NOTE_NAME_SIZE];
	enum note_kind kind;
	unsigned char id[4]; /* SHA-256(name || "\n" || kind || public key), the first bytes */
	unsigned char public_key[NOTE_PUBLIC_SIZE];
};

/* False if it cannot be a name: empty, too long, not UTF-8, or with spaces, "+" or controls. */
bool note_key_make(const char *name, enum note_kind kind,
		   const unsigned char public_key[NOTE_PUBLIC_SIZE], struct note_key *ret) MUST_USE;

/* "<name>+<id in hexadecimal>+<base64(kind || public key)>"; the id must be the right one. */
void note_key_print(const struct note_key *key, char ret[NOTE_KEY_SIZE]);
bool note_key_parse(const char *text, struct note_key *ret) MUST_USE;

/* "PRIVATE+KEY+<name>+<id>+<base64(kind || seed)>": for a witness' own file. */
void note_secret_print(const struct note_key *key, const unsigned char seed[NOTE_SEED_SIZE],
		       char ret[NOTE_SECRET_SIZE]);
bool note_secret_parse(const char *text, struct note_key *ret,
		       unsigned char ret_seed[NOTE_SEED_SIZE]) MUST_USE;

/* The pair that a seed gives. */
void note_public_of(const unsigned char seed[NOTE_SEED_SIZE], unsigned char ret[NOTE_PUBLIC_SIZE]);

/* ---- notes ----------------------------------------------------------------------------------- */

struct note_signature {
	const char *line; /* from the dash to the line's end, which is not in it */
	size_t line_size;
	const char *name;
	size_t name_size;
	unsigned char id[4];
	unsigned char bytes[72]; /* what follows the id, if it fits */
	size_t size;             /* 0: of a kind that is not ours    */
};

/* Borrows the text that it was read from. */
struct note {
	const char *text; /* with its last line feed */
	size_t text_size;
	size_t count;
	struct note_signature signature[NOTE_SIGNATURES_MOST];
};

/* False for what is no signed note, or more than is read. */
bool note_parse(const char *text, size_t size, struct note *ret) MUST_USE;

enum note_found {
	NOTE_UNSIGNED, /* no line is of this key                                     */
	NOTE_GOOD,     /* each line of this key holds                                */
	NOTE_WRONG,    /* a line says it is of this key, and is not, or not of this text */
};

/* `ret_time_s` (may be NULL): of a cosignature the seconds since 1970 that it says, the newest of
 * several; else 0. */
enum note_found note_check(const struct note *note, const struct note_key *key,
			   int64_t *ret_time_s);

/* The first line that says it is of this key, checked or not; NULL if there is none. */
const struct note_signature *note_line_of(const struct note *note, const struct note_key *key);

/* The line of a signature over `text`, which ends in a line feed, with a line feed.  `time_s` is
 * of cosignatures. */
void note_sign(const struct note_key *key, const unsigned char seed[NOTE_SEED_SIZE],
	       const char *text, size_t size, int64_t time_s, char ret[NOTE_LINE_SIZE]);

/* ---- checkpoints ----------------------------------------------------------------------------- */

struct note_checkpoint {
	char origin[NOTE_NAME_SIZE];
	uint64_t size;
	struct tree_hash root;
};

/* Of a note's text: three lines.  Lines of extensions are refused: ours have none, and what a
 * witness has not read it does not sign. */
bool note_checkpoint_parse(const struct note *note, struct note_checkpoint *ret) MUST_USE;
void note_checkpoint_print(const struct note_checkpoint *checkpoint,
			   char ret[NOTE_CHECKPOINT_SIZE]);
