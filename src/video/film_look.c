#include "video/film_look.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAY_MOST = 256 * 1024, LONGEST_S = 24 * 3600 };

/* "12.345" of a program; -1 if it says anything else. */
static int64_t read_ms(const char *text)
{
	char *end = NULL;
	const double value = text ? strtod(text, &end) : -1;
	if (!text || end == text || !isfinite(value) || value < 0 || value > LONGEST_S)
		return -1;
	return llround(value * 1000);
}

/* ---- length and frames --------------------------------------------------------------------- */

static int64_t count_of(const json_t *stream)
{
	const char *text = json_string_value(json_object_get(stream, "nb_read_packets"));
	return text ? strtoll(text, NULL, 10) : 0;
}

static bool measure(const struct film_look *l, struct arena *a, char *say, struct film *f,
		    struct err *e)
{
	const char *const argv[] = { "ffprobe",
				     "-v",
				     "error",
				     "-count_packets",
				     "-show_entries",
				     "format=duration:stream=codec_type,nb_read_packets",
				     "-of",
				     "json",
				     arena_print(a, "file:%s", l->film),
				     NULL };
	bool good = false;
	size_t i = 0;
	const json_t *stream = NULL;
	if (!film_run(l->parts, argv, say, SAY_MOST, &good, e))
		return false;
	json_t *json = good ? json_loads(say, 0, NULL) : NULL;
	const int64_t ms = read_ms(
		json_string_value(json_object_get(json_object_get(json, "format"), "duration")));
	json_array_foreach (json_object_get(json, "streams"), i, stream) {
		const char *type = json_string_value(json_object_get(stream, "codec_type"));
		if (type && strcmp(type, "video") == 0)
			f->frames = count_of(stream);
	}
	json_decref(json);
	f->length_ms = ms > 0 ? ms : 0;
	return true;
}

/* ---- silence and black --------------------------------------------------------------------- */

/* What a filter found, as it tells it: key and frame of each beginning and end. */
struct spans {
	struct film *film;
	enum film_fault fault;
	bool sound;
	int64_t least_ms;
	int64_t from_ms;  /* -1: none is open    */
	int64_t first_ms; /* of any frame; -1: none was seen */
	size_t count;     /* of spans that are long enough   */
};

static void end_span(struct spans *s, int64_t until_ms)
{
	if (s->from_ms >= 0 && until_ms - s->from_ms >= s->least_ms) {
		film_found(s->film, s->fault, s->sound, s->from_ms, until_ms);
		s->count++;
	}
	s->from_ms = -1;
}

/* "frame:24 pts:23040 pts_time:0.48", "lavfi.silence_start=0.29", "lavfi.black_end=3.1". */
static void read_line(struct spans *s, const char *line)
{
	const char *time = strstr(line, "pts_time:");
	const char *from = strstr(line, "_start=");
	const char *until = strstr(line, "_end=");
	if (time && s->first_ms < 0)
		s->first_ms = read_ms(time + strlen("pts_time:"));
	if (from && s->from_ms < 0)
		s->from_ms = read_ms(from + strlen("_start="));
	else if (until)
		end_span(s, read_ms(until + strlen("_end=")));
}

static void read_spans(struct spans *s, char *say)
{
	char *rest = NULL;
	for (const char *line = strtok_r(say, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		read_line(s, line);
	end_span(s, s->film->length_ms); /* one that lasts to the end is not told */
}

static bool filter(const struct film_look *l, struct arena *a, bool sound, bool keys,
		   const char *what, char *say, bool *ret_good, struct err *e)
{
	const char *const argv[] = { "ffmpeg",
				     "-nostdin",
				     "-v",
				     "error",
				     "-threads",
				     "1",
				     "-skip_frame",
				     keys ? "nokey" : "default",
				     "-i",
				     arena_print(a, "file:%s", l->film),
				     "-map",
				     sound ? "0:a:0" : "0:v:0",
				     sound ? "-af" : "-vf",
				     what,
				     "-f",
				     "null",
				     "-",
				     NULL };
	return film_run(l->parts, argv, say, SAY_MOST, ret_good, e);
}

static bool look_silence(const struct film_look *l, struct arena *a, char *say, struct film *f,
			 struct err *e)
{
	struct spans s = { f, FILM_SILENCE, true, FILM_SILENCE_MS, -1, -1, 0 };
	bool good = false;
	if (!filter(l, a, true, false,
		    "silencedetect=noise=-50dB:duration=2,ametadata=mode=print:file=-", say, &good,
		    e))
		return false;
	if (good)
		read_spans(&s, say);
	else
		film_found(f, FILM_UNREADABLE, true, 0, f->length_ms);
	return true;
}

#define BLACK "blackdetect=d=0:pic_th=0.98:pix_th=0.10,metadata=mode=print:file=-"

/* Each key frame gets a mark, so that it is told of: a picture without any cannot be seen, and one
 * whose first comes late cannot until then. */
static bool look_black(const struct film_look *l, struct arena *a, char *say, struct film *f,
		       struct err *e)
{
	struct film scrap = { .length_ms = f->length_ms };
	struct spans keys = { &scrap, FILM_BLACK, false, 0, -1, -1, 0 };
	struct spans all = { f, FILM_BLACK, false, FILM_BLACK_MS, -1, -1, 0 };
	bool good = false;
	if (!filter(l, a, false, true, "metadata=mode=add:key=seen:value=1," BLACK, say, &good, e))
		return false;
	if (good)
		read_spans(&keys, say);
	if (keys.first_ms < 0)
		film_found(f, FILM_UNREADABLE, false, 0, f->length_ms);
	else if (keys.first_ms > l->picture_from_ms + FILM_GAP_MS)
		film_found(f, FILM_GAP, false, l->picture_from_ms, keys.first_ms);
	if (keys.count == 0)
		return true;
	if (!filter(l, a, false, false, BLACK, say, &good, e))
		return false;
	read_spans(&all, say);
	return true;
}

bool film_look(const struct film_look *look, struct arena *a, struct film *f, struct err *e)
{
	char *say = arena_alloc(a, SAY_MOST);
	return measure(look, a, say, f, e) && (!look->sound || look_silence(look, a, say, f, e)) &&
	       (!look->picture || look_black(look, a, say, f, e));
}
