#include "web/http/tls.h"

#include "base/log.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { DEPTH_MOST = 2, DRAIN_MOST = 32, LOG_PAUSE_S = 1 };

/* Of TLS 1.2; those of 1.3 are all good. */
#define CIPHERS                                                                                    \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                               \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                               \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"

struct tls {
	const struct tls_options *options;
	SSL_CTX *context;
	time_t logged;
	unsigned silent; /* failures since then that have no line */
};

/* ---- failures ------------------------------------------------------------------------------ */

/* The first entry of OpenSSL's queue; the others say the same in other words. */
static const char *reason(void)
{
	const unsigned long code = ERR_peek_error();
	const char *text = code ? ERR_reason_error_string(code) : NULL;
	return text ? text : "unknown";
}

static bool failed(const char *file, struct err *e)
{
	(void)err_set(e, ERR_SYSTEM, "error.system", "%s: %s", file ? file : "TLS", reason());
	ERR_clear_error();
	return false;
}

/* Somebody who knocks without end does not fill the log. */
static void note(struct tls *t, const char *why)
{
	struct timespec now = { 0 };
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (t->logged && now.tv_sec - t->logged < LOG_PAUSE_S) {
		t->silent++;
		return;
	}
	log_warn("a TLS handshake failed: %s (%u more without a line)", why, t->silent);
	t->logged = now.tv_sec;
	t->silent = 0;
}

/* What has come and is not read would turn the end of the connection into a reset, which takes the
 * answer with it. */
static void answer_plain(int fd, const char *text)
{
	char ignored[4096];
	if (fd < 0 || !text || send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
	(void)shutdown(fd, SHUT_WR);
	for (int i = 0; i < DRAIN_MOST && recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) > 0; i++)
		;
}

/* Called at each step of a handshake; a failed one has left its reason in the queue. */
static void on_step(const SSL *ssl, int where, int result)
{
	struct tls *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	const unsigned long code = ERR_peek_error();
	if ((where & SSL_CB_ACCEPT_EXIT) != SSL_CB_ACCEPT_EXIT || result > 0 || code == 0)
		return;
	const int why = ERR_GET_REASON(code);
	note(t, reason());
	if (why == SSL_R_HTTP_REQUEST || why == SSL_R_HTTPS_PROXY_REQUEST)
		answer_plain(SSL_get_fd(ssl), t->options->plain);
}

/* ---- files --------------------------------------------------------------------------------- */

static bool take_authority(SSL_CTX *c, const struct tls_options *o, struct err *e)
{
	if (!o->client_ca)
		return true;
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(o->client_ca);
	if (!names || SSL_CTX_load_verify_file(c, o->client_ca) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return failed(o->client_ca, e);
	}
	SSL_CTX_set_client_CA_list(c, names);
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_verify_depth(c, DEPTH_MOST);
	if (!o->client_crl)
		return true;
	X509_STORE *store = SSL_CTX_get_cert_store(c);
	X509_LOOKUP *files = X509_STORE_add_lookup(store, X509_LOOKUP_file());
	if (!files || X509_load_crl_file(files, o->client_crl, X509_FILETYPE_PEM) <= 0 ||
	    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) != 1)
		return failed(o->client_crl, e);
	return true;
}

/* A browser that offers more gets HTTP/1.1, which is what evhttp speaks. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_size,
			   const unsigned char *in, unsigned in_size, void *user)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen = NULL;
	(void)ssl;
	(void)user;
	if (SSL_select_next_proto(&chosen, out_size, ours, sizeof(ours) - 1, in, in_size) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool set_strength(SSL_CTX *c)
{
	(void)SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
					     SSL_OP_NO_COMPRESSION |
					     SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(c, choose_protocol, NULL);
	return SSL_CTX_set_num_tickets(c, 0) == 1 &&
	       SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(c, CIPHERS) == 1 &&
	       SSL_CTX_set1_groups_list(c, "X25519:P-256:P-384") == 1;
}

static SSL_CTX *read_context(struct tls *t, struct err *e)
{
	const struct tls_options *o = t->options;
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());
	ERR_clear_error();
	if (!c || !set_strength(c)) {
		(void)failed(NULL, e);
	} else if (SSL_CTX_use_certificate_chain_file(c, o->certificate) != 1) {
		(void)failed(o->certificate, e);
	} else if (SSL_CTX_use_PrivateKey_file(c, o->key, SSL_FILETYPE_PEM) != 1 ||
		   SSL_CTX_check_private_key(c) != 1) {
		(void)failed(o->key, e);
	} else if (take_authority(c, o, e)) {
		SSL_CTX_set_app_data(c, t);
		SSL_CTX_set_info_callback(c, on_step);
		return c;
	}
	SSL_CTX_free(c);
	return NULL;
}

bool tls_open(const struct tls_options *options, struct tls **ret, struct err *e)
{
	struct tls *t = calloc(1, sizeof(*t));
	if (!t)
		return err_set(e, ERR_SYSTEM, "error.system", "out of memory");
	t->options = options;
	t->context = read_context(t, e);
	if (!t->context) {
		free(t);
		return false;
	}
	*ret = t;
	return true;
}

void tls_close(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->context);
	free(t);
}

bool tls_reload(struct tls *t, struct err *e)
{
	SSL_CTX *next = read_context(t, e);
	if (!next)
		return false;
	SSL_CTX_free(t->context); /* connections of it keep it */
	t->context = next;
	return true;
}

/* ---- connections --------------------------------------------------------------------------- */

struct bufferevent *tls_accept(struct tls *t, struct event_base *base)
{
	SSL *ssl = SSL_new(t->context);
	struct bufferevent *b =
		ssl ? bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
						     BEV_OPT_CLOSE_ON_FREE)
		    : NULL;
	if (!b) {
		SSL_free(ssl);
		return NULL;
	}
	/* who just goes away has not attacked: lengths are in HTTP */
	bufferevent_openssl_set_allow_dirty_shutdown(b, 1);
	return b;
}

const char *tls_certificate(struct arena *a, struct bufferevent *connection)
{
	SSL *ssl = bufferevent_openssl_get_ssl(connection);
	X509 *shown = ssl ? SSL_get0_peer_certificate(ssl) : NULL;
	const char *pem = "";
	char *bytes = NULL;
	if (!shown || SSL_get_verify_result(ssl) != X509_V_OK)
		return pem;
	BIO *memory = BIO_new(BIO_s_mem());
	if (memory && PEM_write_bio_X509(memory, shown) == 1) {
		const long size = BIO_get_mem_data(memory, &bytes);
		pem = arena_copy_n(a, bytes, (size_t)size);
	}
	(void)BIO_free(memory);
	return pem;
}

void tls_say(struct bufferevent *connection, const void *bytes, size_t size)
{
	SSL *ssl = bufferevent_openssl_get_ssl(connection);
	if (ssl && SSL_is_init_finished(ssl)) {
		(void)SSL_write(ssl, bytes, (int)size);
		ERR_clear_error();
	}
}
