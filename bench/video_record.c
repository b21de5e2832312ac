/* video_record.c - what a recorded publisher costs Janus, and how little it could cost (video.h).
 */
#include "bench/video.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SETTLE_S = 4, RECORD_S = 20, RECORD_QUICK_S = 8, RECORD_FIRST_S = 60, PUBLISHERS_MOST = 16 };

static int64_t number(const json_t *object, const char *name)
{
	return (int64_t)json_number_value(json_object_get(object, name));
}

/* ---- publishers ----------------------------------------------------------------------------- */

struct sample {
	int64_t packets, bytes, frames, browser_ms, disk, at_ns;
	struct process_figures janus;
};

static bool take(struct video *v, struct sample *ret, struct err *e)
{
	json_t *said = NULL;
	const struct process janus = { .pid = v->parts.janus };
	if (!process_measure(&janus, &ret->janus, e) ||
	    !parts_order(&v->parts, "figures", 0, &said, e))
		return false;
	ret->packets = number(said, "packets");
	ret->bytes = number(said, "bytes");
	ret->frames = number(said, "frames");
	ret->browser_ms = number(said, "browser_ms");
	ret->disk = parts_bytes(&v->parts, false);
	ret->at_ns = load_now_ns();
	json_decref(said);
	return true;
}

static void report_record(struct video *v, int count, const struct sample *a,
			  const struct sample *b, int64_t resident_before_kib)
{
	const double seconds = (double)(b->at_ns - a->at_ns) / 1e9;
	const double packets = (double)(b->packets - a->packets) + 1e-9;
	const double janus_ms = (double)(b->janus.processor_ms - a->janus.processor_ms);
	const double packet_us = janus_ms * 1000 / packets;
	const double share = packet_us * VIDEO_PACKETS / 1e6;
	const double disk = (double)(b->disk - a->disk);
	const double media = (double)(b->bytes - a->bytes) + 1e-9;
	const double memory = (double)(b->janus.resident_kib - resident_before_kib) / 1024 / count;
	char name[64];
	char target[128];
	json_t *values = json_object();
	const struct {
		const char *name;
		double value;
	} row[] = {
		{ "janus_share_of_core_as_sent", janus_ms / 1000 / seconds / count },
		{ "janus_us_per_packet", packet_us },
		{ "janus_share_of_core_at_full_rate", share },
		{ "packets_per_second_each", packets / seconds / count },
		{ "frames_per_second_each", (double)(b->frames - a->frames) / seconds / count },
		{ "disk_mb_per_hour_each", disk / seconds * 3600 / 1e6 / count },
		{ "disk_bytes_per_media_byte", disk / media },
		{ "janus_memory_mib_each", memory },
		{ "browsers_cores", (double)(b->browser_ms - a->browser_ms) / 1000 / seconds },
	};
	for (size_t i = 0; i < COUNT(row); i++)
		(void)json_object_set_new(values, row[i].name, report_real(row[i].value));
	v->unit.janus_packet_us = packet_us;
	v->unit.bytes_packet = disk / packets;
	v->unit.memory_mib = memory;
	(void)snprintf(name, sizeof(name), "%d recorded %s", count,
		       count == 1 ? "source" : "sources");
	(void)snprintf(
		target, sizeof(target),
		"Janus at most %.3g of a core and %.2g MiB each, disk at most %.3g of the media",
		JANUS_SHARE_MOST, JANUS_MEMORY_MOST_MIB, DISK_TIMES_MOST);
	report_add(&v->exam.report, name,
		   "640x480, 15 frames/s, VP8 of 400 kbit/s, Opus; full rate: 95 packets a second.",
		   values, target,
		   share <= JANUS_SHARE_MOST && disk / media <= DISK_TIMES_MOST &&
			   (count < 4 || memory <= JANUS_MEMORY_MOST_MIB));
}

static bool record_some(struct video *v, int count, struct err *e)
{
	json_t *said = NULL;
	struct sample a = { 0 };
	struct sample b = { 0 };
	struct process_figures before = { 0 };
	const struct process janus = { .pid = v->parts.janus };
	(void)parts_bytes(&v->parts, true);
	if (!process_measure(&janus, &before, e) ||
	    !parts_order(&v->parts, "publish", count, &said, e))
		return false;
	json_decref(said);
	video_sleep(SETTLE_S);
	if (!take(v, &a, e))
		return false;
	/* one alone long enough for a piece as `konkurs video` makes them */
	video_sleep(v->exam.quick ? RECORD_QUICK_S : count == 1 ? RECORD_FIRST_S : RECORD_S);
	if (!take(v, &b, e) || !parts_order(&v->parts, "stop", 0, &said, e))
		return false;
	json_decref(said);
	if (b.packets <= a.packets)
		return err_set(e, ERR_SYSTEM, "error.system", "the browsers sent nothing");
	report_record(v, count, &a, &b, before.resident_kib);
	return true;
}

bool measure_record(struct video *v, struct err *e)
{
	static const int counts[] = { 1, 4, 8, PUBLISHERS_MOST };
	for (size_t i = 0; i < COUNT(counts); i++) {
		if (v->exam.quick && counts[i] != 1 && counts[i] != VIDEO_EFFECT_PUBLISHERS)
			continue;
		if (!record_some(v, counts[i], e) || (i == 0 && !measure_film(v, e)))
			return false;
	}
	return true;
}

/* ---- the ceiling: the same packets, and nothing but what has to be done ---------------------- */

enum {
	BURST = 32,
	PACKET_MOST = 1500,
	KEY_SIZE = 16,
	IV_SIZE = 12,
	TAG_SIZE = 16,
	WRITE_BUFFER = 4096
};

struct line {
	int in, out;
	EVP_CIPHER_CTX *cipher;
	FILE *file;
};

static double thread_us(void)
{
	struct timespec t = { 0, 0 };
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Takes one packet off the socket, decrypts it, appends it to the file. */
static bool receive(const struct line *l)
{
	static const unsigned char key[KEY_SIZE] = "bench-bench-benc";
	static const unsigned char iv[IV_SIZE] = "bench-bench";
	unsigned char packet[PACKET_MOST];
	unsigned char plain[PACKET_MOST];
	int size = 0;
	const ssize_t got = recv(l->in, packet, sizeof(packet), 0);
	return got > 0 && EVP_DecryptInit_ex(l->cipher, EVP_aes_128_gcm(), NULL, key, iv) == 1 &&
	       EVP_DecryptUpdate(l->cipher, plain, &size, packet, (int)got) == 1 &&
	       fwrite(plain, 1, (size_t)size, l->file) == (size_t)size;
}

static bool run_line(const struct line *l, size_t size, int bursts, double *ret_us)
{
	static const unsigned char packet[PACKET_MOST];
	double taken = 0;
	for (int i = 0; i < bursts; i++) {
		for (int n = 0; n < BURST; n++) {
			if (send(l->out, packet, size, 0) != (ssize_t)size)
				return false;
		}
		const double before = thread_us();
		for (int n = 0; n < BURST; n++) {
			if (!receive(l))
				return false;
		}
		taken += thread_us() - before;
	}
	*ret_us = taken / bursts / BURST;
	return true;
}

static bool open_line(const struct video *v, struct line *ret)
{
	char path[PROCESS_PATH + 16];
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	const struct timeval most = { 2, 0 };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)snprintf(path, sizeof(path), "%s/ceiling", v->parts.records);
	ret->in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret->out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret->cipher = EVP_CIPHER_CTX_new();
	ret->file = fopen(path, "wb");
	return ret->in >= 0 && ret->out >= 0 && ret->cipher && ret->file &&
	       setvbuf(ret->file, NULL, _IOFBF, WRITE_BUFFER) == 0 &&
	       setsockopt(ret->in, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) == 0 &&
	       bind(ret->in, (struct sockaddr *)&at, size) == 0 &&
	       getsockname(ret->in, (struct sockaddr *)&at, &size) == 0 &&
	       connect(ret->out, (struct sockaddr *)&at, size) == 0;
}

bool measure_media_ceiling(struct video *v, struct err *e)
{
	struct line line = { -1, -1, NULL, NULL };
	double us = 0;
	double size = v->unit.bytes_packet > 0 ? v->unit.bytes_packet : PACKET_MOST / 2.0;
	if (size > PACKET_MOST)
		size = PACKET_MOST;
	const bool ok = open_line(v, &line) &&
			run_line(&line, (size_t)size, v->exam.quick ? 500 : 3000, &us);
	const int code = errno;
	if (line.in >= 0)
		(void)close(line.in);
	if (line.out >= 0)
		(void)close(line.out);
	EVP_CIPHER_CTX_free(line.cipher);
	if (line.file)
		(void)fclose(line.file);
	if (!ok)
		return err_set(e, ERR_SYSTEM, "error.system", "no ceiling: %s", strerror(code));
	report_put(&v->exam.report, "ceilings", "media_packet_us", report_real(us));
	report_note(&v->exam.report, "Janus against bare packets",
		    "The ceiling receives as many bytes, decrypts (AES-128-GCM) and writes them in"
		    " blocks of 4 KiB, never waiting; processor time for one packet.",
		    json_pack("{s:o,s:o,s:o}", "janus_us", report_real(v->unit.janus_packet_us),
			      "ceiling_us", report_real(us), "times",
			      report_real(us > 0 ? v->unit.janus_packet_us / us : 0)));
	return true;
}

/* ---- durable every second: konkurs video follows and syncs ----------------------------------- */

enum { SYNC_FILES = 16, SYNC_BLOCK = 40 * 1024, SYNC_ROUNDS = 10, SYNC_ROUNDS_QUICK = 3 };

static bool sync_each(const int fd[SYNC_FILES])
{
	for (int i = 0; i < SYNC_FILES; i++) {
		if (fdatasync(fd[i]) != 0)
			return false;
	}
	return true;
}

static bool sync_all(const int fd[SYNC_FILES])
{
	return syncfs(fd[0]) == 0;
}

/* Rounds of a second's picture of each, made durable in one of the two ways; milliseconds a round.
 */
static bool sync_rounds(const int fd[SYNC_FILES], int rounds,
			bool (*make)(const int fd[SYNC_FILES]), double *ret_ms)
{
	static const char block[SYNC_BLOCK];
	int64_t sum_ns = 0;
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < SYNC_FILES; i++) {
			if (write(fd[i], block, sizeof(block)) != (ssize_t)sizeof(block))
				return false;
		}
		const int64_t before = load_now_ns();
		if (!make(fd))
			return false;
		sum_ns += load_now_ns() - before;
	}
	*ret_ms = (double)sum_ns / 1e6 / rounds;
	return true;
}

static void report_sync(struct video *v, double each_ms, double all_ms)
{
	v->unit.sync_ms = each_ms / SYNC_FILES;
	report_put(&v->exam.report, "ceilings", "fdatasync_of_a_second_of_picture_ms",
		   report_real(v->unit.sync_ms));
	report_note(&v->exam.report, "a second of 16 files made durable",
		    "40 KiB appended to each, then fdatasync() of one after another, or one"
		    " syncfs() of the disk.",
		    json_pack("{s:o,s:o}", "fdatasync_ms", report_real(each_ms), "syncfs_ms",
			      report_real(all_ms)));
}

bool measure_sync(struct video *v, struct err *e)
{
	int fd[SYNC_FILES];
	double each_ms = 0;
	double all_ms = 0;
	bool ok = true;
	const int rounds = v->exam.quick ? SYNC_ROUNDS_QUICK : SYNC_ROUNDS;
	for (int i = 0; i < SYNC_FILES; i++) {
		char path[PROCESS_PATH + 16];
		(void)snprintf(path, sizeof(path), "%s/sync-%d", v->parts.records, i);
		fd[i] = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		ok = ok && fd[i] >= 0;
	}
	ok = ok && sync_rounds(fd, rounds, sync_each, &each_ms) &&
	     sync_rounds(fd, rounds, sync_all, &all_ms);
	const int code = errno;
	for (int i = 0; i < SYNC_FILES; i++) {
		if (fd[i] >= 0)
			(void)close(fd[i]);
	}
	if (!ok)
		return err_set(e, ERR_SYSTEM, "error.system", "no sync: %s", strerror(code));
	report_sync(v, each_ms, all_ms);
	return true;
}
