/* tls.h - TLS spoken by the server itself (F35, F14): OpenSSL below libevent's connections.
 *
 * TLS 1.3, and 1.2 with forward secrecy and authenticated ciphers only.  No tickets and no session
 * is resumed: each connection shows its certificate anew, and a withdrawn one is seen at once.
 *
 * The certificate of a hall's computer is asked for, not demanded: people elsewhere have none.  One
 * that the authority has not signed, or that its list has withdrawn, ends the handshake. */
#pragma once
#include "base/arena.h"

#include <event2/bufferevent.h>

/* Files in PEM; NULL what there is none of. */
struct tls_options {
	const char *certificate; /* with the chain behind it */
	const char *key;
	const char *client_ca;  /* signs the computers of the halls              */
	const char *client_crl; /* what that authority has withdrawn              */
	const char *plain;      /* said to whoever speaks HTTP without TLS here   */
};

struct tls;

/* The options are borrowed.  ERR_SYSTEM "error.system" with the file's name and OpenSSL's reason.
 */
bool tls_open(const struct tls_options *options, struct tls **ret, struct err *e) MUST_USE;
void tls_close(struct tls *t);

/* Reads the files again; connections that are open keep what they have.  On failure nothing
 * changes. */
bool tls_reload(struct tls *t, struct err *e) MUST_USE;

/* A new connection without a socket yet, as evhttp wants it; NULL: no memory. */
struct bufferevent *tls_accept(struct tls *t, struct event_base *base);

/* The certificate that the other side has shown and the authority has signed, as PEM; "": none. */
const char *tls_certificate(struct arena *a, struct bufferevent *connection);

/* Says these bytes at once, past what waits, if the handshake is over; to a connection that is to
 * be closed next. */
void tls_say(struct bufferevent *connection, const void *bytes, size_t size);
