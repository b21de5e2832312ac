#include "exam/item.h"

#include <sodium.h>
#include <string.h>

static void add(crypto_generichash_state *state, const char *text)
{
	size_t size = strlen(text);
	unsigned char length[4] = { (unsigned char)size, (unsigned char)(size >> 8),
				    (unsigned char)(size >> 16), (unsigned char)(size >> 24) };
	crypto_generichash_update(state, length, sizeof(length));
	crypto_generichash_update(state, (const unsigned char *)text, size);
}

static void add_digit(crypto_generichash_state *state, int digit)
{
	const char text[2] = { (char)('0' + digit), '\0' };
	add(state, text);
}

static void add_text(crypto_generichash_state *state, const struct item_text *text, int options)
{
	add(state, text->stem);
	for (int i = 0; i < options; i++)
		add(state, text->option[i]);
}

void item_hash(const struct item *item, unsigned char ret[ITEM_HASH_SIZE])
{
	static const unsigned char domain[] = "konkurs-item-1";
	crypto_generichash_state state;
	char date[DAY_TEXT_SIZE];
	day_print(item->text_date, date);
	crypto_generichash_init(&state, NULL, 0, ITEM_HASH_SIZE);
	crypto_generichash_update(&state, domain, sizeof(domain));
	add(&state, item->act);
	add(&state, item->article);
	add(&state, date);
	add_digit(&state, item->options);
	add_digit(&state, item->answer);
	add_text(&state, &item->kk, item->options);
	add_text(&state, &item->ru, item->options);
	crypto_generichash_final(&state, ret, ITEM_HASH_SIZE);
}
