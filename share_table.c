#include "view/share.h"

__asm__(".section .rodata\n.balign 16\nshare_0:\n.incbin \"/work/wt-int/share.d/assets/icons.svg\"\n.byte 0\n.previous"); /* 7b3bba3ed45b3afc */
extern const unsigned char share_0[];
__asm__(".section .rodata\n.balign 16\nshare_1:\n.incbin \"/work/wt-int/share.d/locale/en.json\"\n.byte 0\n.previous"); /* 44136fa355b3678a */
extern const unsigned char share_1[];
__asm__(".section .rodata\n.balign 16\nshare_2:\n.incbin \"/work/wt-int/share.d/locale/kk.json\"\n.byte 0\n.previous"); /* 44136fa355b3678a */
extern const unsigned char share_2[];
__asm__(".section .rodata\n.balign 16\nshare_3:\n.incbin \"/work/wt-int/share.d/locale/ru.json\"\n.byte 0\n.previous"); /* 44136fa355b3678a */
extern const unsigned char share_3[];

static const struct share_item items[] = {
	{ "assets/icons.svg", share_0, 47, NULL, 0,
	  "7b3bba3ed45b3afc89d0fd38e5076b1158d7747369a8517ed2b561eb4c19b077" },
	{ "locale/en.json", share_1, 2, NULL, 0,
	  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" },
	{ "locale/kk.json", share_2, 2, NULL, 0,
	  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" },
	{ "locale/ru.json", share_3, 2, NULL, 0,
	  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" },
};

const struct share share_built_in = { items, COUNT(items) };
