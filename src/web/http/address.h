/* address.h - how many connections each address holds, and what its share is.
 *
 * An address of IPv6 is its network of 64 bits: whoever has one has all of them.  Addresses are
 * kept as slots of a keyed hash, so that nobody can choose to meet another's. */
#pragma once
#include "base/err.h"

struct addresses;

struct addresses *addresses_open(void); /* NULL: no memory */
void addresses_close(struct addresses *a);

size_t addresses_slot(const struct addresses *a, const char *address);
void addresses_enter(struct addresses *a, size_t slot);
void addresses_leave(struct addresses *a, size_t slot);
size_t addresses_count(const struct addresses *a, size_t slot);

/* The slot with most connections. */
size_t addresses_largest(const struct addresses *a);

/* What one address may hold when `count` of `most` are taken: half of all while a quarter is free;
 * then an eighth, or an equal part among those that are there if that is more. */
size_t addresses_share(const struct addresses *a, size_t count, size_t most);

/* What stands for an address: of IPv4 all of it, of IPv6 its network, of what is no address
 * nothing. Returns its size. */
enum { ADDRESS_NETWORK = 8 };
size_t address_network(const char *address, unsigned char ret[ADDRESS_NETWORK]);

/* This machine. */
bool address_is_here(const char *address);

/* The port that a socket is bound to; 0 if it is none. */
uint16_t address_port(int fd);
