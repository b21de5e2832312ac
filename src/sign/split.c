#include "sign/split.h"

#include <libgfshare.h>
#include <sodium.h>
#include <string.h>

/* The library's own source of chance is random(3), which is none. */
static void fill_random(unsigned char *bytes, unsigned int size)
{
	randombytes_buf(bytes, size);
}

bool split_make(const unsigned char secret[SPLIT_SIZE], size_t count, struct split_share *ret,
		struct err *e)
{
	unsigned char number[SPLIT_MOST];
	unsigned char copy[SPLIT_SIZE];
	if (count <= SPLIT_NEEDED || count > SPLIT_MOST)
		return err_set(e, ERR_SYSTEM, "error.system", "%zu shares cannot be made", count);
	for (size_t i = 0; i < count; i++)
		number[i] = (unsigned char)(i + 1);
	gfshare_fill_rand = fill_random;
	gfshare_ctx *split =
		gfshare_ctx_init_enc(number, (unsigned int)count, SPLIT_NEEDED, SPLIT_SIZE);
	if (!split)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for shares");
	memcpy(copy, secret, SPLIT_SIZE);
	gfshare_ctx_enc_setsecret(split, copy);
	sodium_memzero(copy, sizeof(copy));
	for (size_t i = 0; i < count; i++) {
		ret[i].number = number[i];
		gfshare_ctx_enc_getshare(split, (unsigned char)i, ret[i].bytes);
	}
	gfshare_ctx_free(split); /* which overwrites it */
	return true;
}

bool split_join(const struct split_share share[SPLIT_NEEDED], unsigned char ret[SPLIT_SIZE],
		struct err *e)
{
	unsigned char number[] = { share[0].number, share[1].number };
	unsigned char bytes[SPLIT_SIZE];
	if (number[0] == number[1] || number[0] == 0 || number[1] == 0)
		return err_set(e, ERR_INPUT, "vault.error.shares", "not two shares");
	gfshare_fill_rand = fill_random; /* which it is overwritten with */
	gfshare_ctx *join = gfshare_ctx_init_dec(number, SPLIT_NEEDED, SPLIT_SIZE);
	if (!join)
		return err_set(e, ERR_SYSTEM, "error.system", "no memory for shares");
	for (size_t i = 0; i < SPLIT_NEEDED; i++) {
		memcpy(bytes, share[i].bytes, SPLIT_SIZE);
		gfshare_ctx_dec_giveshare(join, (unsigned char)i, bytes);
	}
	gfshare_ctx_dec_extract(join, ret);
	gfshare_ctx_free(join);
	sodium_memzero(bytes, sizeof(bytes));
	return true;
}
