#include "web/http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { SLOTS = 16384 };

struct addresses {
	unsigned char key[crypto_shorthash_KEYBYTES];
	unsigned count[SLOTS];
	size_t taken; /* slots that hold any */
};

struct addresses *addresses_open(void)
{
	struct addresses *a = calloc(1, sizeof(*a));
	if (a)
		randombytes_buf(a->key, sizeof(a->key));
	return a;
}

void addresses_close(struct addresses *a)
{
	free(a);
}

size_t address_network(const char *address, unsigned char ret[ADDRESS_NETWORK])
{
	unsigned char bytes[16] = { 0 };
	size_t size = ADDRESS_NETWORK;
	if (inet_pton(AF_INET6, address, bytes) != 1)
		size = inet_pton(AF_INET, address, bytes) == 1 ? sizeof(struct in_addr) : 0;
	/* an address of IPv4 in the other's clothes */
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	if (size == ADDRESS_NETWORK && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		memmove(bytes, bytes + sizeof(mapped), sizeof(struct in_addr));
		size = sizeof(struct in_addr);
	}
	memcpy(ret, bytes, ADDRESS_NETWORK);
	return size;
}

size_t addresses_slot(const struct addresses *a, const char *address)
{
	unsigned char bytes[ADDRESS_NETWORK];
	unsigned char hash[crypto_shorthash_BYTES];
	uint64_t number = 0;
	(void)crypto_shorthash(hash, bytes, address_network(address, bytes), a->key);
	memcpy(&number, hash, sizeof(number));
	return number % SLOTS;
}

void addresses_enter(struct addresses *a, size_t slot)
{
	a->taken += a->count[slot]++ == 0;
}

void addresses_leave(struct addresses *a, size_t slot)
{
	a->taken -= --a->count[slot] == 0;
}

size_t addresses_count(const struct addresses *a, size_t slot)
{
	return a->count[slot];
}

size_t addresses_largest(const struct addresses *a)
{
	size_t best = 0;
	for (size_t i = 1; i < SLOTS; i++) {
		if (a->count[i] > a->count[best])
			best = i;
	}
	return best;
}

size_t addresses_share(const struct addresses *a, size_t count, size_t most)
{
	if (count * 4 < most * 3)
		return most / 2;
	const size_t equal = most / (a->taken + 1);
	return equal > most / 8 ? equal : most / 8;
}

bool address_is_here(const char *address)
{
	return strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0 ||
	       strcmp(address, "::ffff:127.0.0.1") == 0;
}

uint16_t address_port(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
	/* getsockname() has filled it */
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;
	return ntohs(v4->sin_port); /* NOLINT(clang-analyzer-core.CallAndMessage) */
}
