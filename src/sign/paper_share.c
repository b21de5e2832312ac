#include "sign/paper_share.h"

#include <sodium.h>
#include <string.h>

/* version, tag, number, bytes, check */
enum {
	AT_TAG = 1,
	AT_NUMBER = AT_TAG + PAPER_TAG_SIZE,
	AT_BYTES = AT_NUMBER + 1,
	AT_CHECK = AT_BYTES + SPLIT_SIZE,
	CHECK_SIZE = 4,
	WHOLE = AT_CHECK + CHECK_SIZE,
	LETTERS = PAPER_GROUPS * PAPER_GROUP,
	BITS = 5,
	VERSION = 1,
};
_Static_assert(WHOLE * 8 <= LETTERS * BITS && LETTERS * BITS - WHOLE * 8 < BITS, "it just fits");

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void check_of(const unsigned char *whole, unsigned char ret[CHECK_SIZE])
{
	unsigned char hash[crypto_generichash_BYTES];
	(void)crypto_generichash(hash, sizeof(hash), whole, AT_CHECK, NULL, 0);
	memcpy(ret, hash, CHECK_SIZE);
}

void paper_share_print(const struct paper_share *paper, char ret[PAPER_TEXT_SIZE])
{
	unsigned char whole[WHOLE + 1] = { VERSION };
	char *out = ret;
	memcpy(whole + AT_TAG, paper->tag, PAPER_TAG_SIZE);
	whole[AT_NUMBER] = paper->share.number;
	memcpy(whole + AT_BYTES, paper->share.bytes, SPLIT_SIZE);
	check_of(whole, whole + AT_CHECK);
	for (size_t i = 0; i < LETTERS; i++) {
		const size_t bit = i * BITS;
		const unsigned two = (unsigned)whole[bit / 8] << 8 |
				     (bit / 8 + 1 < WHOLE ? whole[bit / 8 + 1] : 0u);
		if (i > 0 && i % PAPER_GROUP == 0)
			*out++ = '-';
		*out++ = alphabet[two >> (16 - BITS - bit % 8) & 31u];
	}
	*out = '\0';
	sodium_memzero(whole, sizeof(whole));
}

/* 0 to 31; -1 of what is no letter of ours. */
static int value_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

static bool read_letters(const char *text, unsigned char whole[WHOLE + 1])
{
	size_t count = 0;
	for (; *text; text++) {
		if (strchr(" -\t\r\n", *text))
			continue;
		const int value = value_of(*text);
		const size_t bit = count * BITS;
		if (value < 0 || count == LETTERS)
			return false;
		const unsigned two = (unsigned)value << (16 - BITS - bit % 8);
		whole[bit / 8] |= (unsigned char)(two >> 8);
		if (bit / 8 + 1 <= WHOLE)
			whole[bit / 8 + 1] |= (unsigned char)two;
		count++;
	}
	return count == LETTERS && whole[WHOLE] == 0;
}

bool paper_share_parse(const char *text, struct paper_share *ret)
{
	unsigned char whole[WHOLE + 1] = { 0 };
	unsigned char check[CHECK_SIZE];
	bool ok = read_letters(text, whole);
	check_of(whole, check);
	ok = ok && whole[0] == VERSION && whole[AT_NUMBER] != 0 &&
	     memcmp(check, whole + AT_CHECK, CHECK_SIZE) == 0;
	if (ok) {
		memcpy(ret->tag, whole + AT_TAG, PAPER_TAG_SIZE);
		ret->share.number = whole[AT_NUMBER];
		memcpy(ret->share.bytes, whole + AT_BYTES, SPLIT_SIZE);
	}
	sodium_memzero(whole, sizeof(whole));
	return ok;
}
