/* loopback.c - lets Janus offer the machine's own loopback, for demonstrations and tests.
 *
 * Janus leaves loopback interfaces out whatever ice_enforce_list says, and libnice, told of no
 * address, then offers every other one of the machine.  Media of a demonstration stay on the
 * machine: `script/janus` puts this before the C library's getifaddrs() when the address is
 * 127.0.0.1, and it says that no interface is a loopback.  Real networks run without it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <ifaddrs.h>
#include <net/if.h>

int getifaddrs(struct ifaddrs **ret)
{
	int (*real)(struct ifaddrs **) = (int (*)(struct ifaddrs **))dlsym(RTLD_NEXT, "getifaddrs");
	if (!real || real(ret) != 0)
		return -1;
	for (struct ifaddrs *i = *ret; i; i = i->ifa_next)
		i->ifa_flags &= ~(unsigned)IFF_LOOPBACK;
	return 0;
}
