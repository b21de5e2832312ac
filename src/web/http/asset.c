#include "web/http/asset.h"

#include "view/share.h"

#include <string.h>

/* ";q=0" refuses; other weights do not matter for one coding. */
bool accepts_gzip(const char *header)
{
	const char *at = header ? strstr(header, "gzip") : NULL;
	if (!at)
		return false;
	at += strlen("gzip");
	at += strspn(at, " ");
	return strncmp(at, ";q=0", 4) != 0 || (at[4] == '.' && at[5] != '0');
}

bool asset_answer(struct call *c)
{
	const struct share_item *item = share_by_address(&share_built_in, c->in.path);
	struct http_out *out = &c->out;
	if (!item || strcmp(c->in.method, "POST") == 0)
		return false;
	const char *etag = arena_print(c->arena, "\"%.32s\"", item->hash);
	http_header(out, "ETag", etag);
	http_header(out, "Cache-Control", "public, max-age=31536000, immutable");
	http_header(out, "X-Content-Type-Options", "nosniff");
	http_header(out, "Vary", "Accept-Encoding");
	if (c->in.none_match && strstr(c->in.none_match, etag)) {
		out->status = 304;
		return true;
	}
	bool packed = item->gzip && accepts_gzip(c->in.accept_encoding);
	http_header(out, "Content-Type", share_media(item->path));
	if (packed)
		http_header(out, "Content-Encoding", "gzip");
	out->body = packed ? item->gzip : item->bytes;
	out->size = packed ? item->gzip_size : item->size;
	out->status = 200;
	return true;
}
