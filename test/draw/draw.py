"""A second implementation of the draw, written from docs/draw.md alone, with nothing but
Python's standard library.  It shares no code with src/exam/."""
import hashlib
import struct


def blake(*parts):
    state = hashlib.blake2b(digest_size=32)
    for part in parts:
        state.update(part)
    return state.digest()


def u32(number):
    return struct.pack("<I", number)


def chacha20_block(key, counter):
    """One block of djb's ChaCha20: 64-bit counter, 64-bit nonce of zeros."""
    mask = 0xFFFFFFFF
    state = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key))
    state += [counter & mask, counter >> 32, 0, 0]
    x = state[:]

    def quarter(a, b, c, d):
        for target, other, source, shift in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[target] = (x[target] + x[other]) & mask
            mixed = x[source] ^ x[target]
            x[source] = (mixed << shift | mixed >> (32 - shift)) & mask

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(1, 5, 9, 13), quarter(2, 6, 10, 14), quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15), quarter(1, 6, 11, 12), quarter(2, 7, 8, 13), quarter(3, 4, 9, 14)
    return struct.pack("<16I", *((a + b) & mask for a, b in zip(x, state)))


class Stream:
    def __init__(self, seed, candidate):
        self.key = blake(b"konkurs-draw-2", seed, struct.pack("<q", candidate))
        self.counter, self.numbers = 0, []

    def number(self):
        if not self.numbers:
            self.numbers = list(struct.unpack("<16I", chacha20_block(self.key, self.counter)))
            self.counter += 1
        return self.numbers.pop(0)

    def below(self, n):
        while True:
            x = self.number()
            if x < 2**32 - 2**32 % n:
                return x % n


def commitment(secret):
    return blake(b"konkurs-commit-1", secret)


def bank_hash(items, enemies):
    """items: dicts with hash (bytes), act, options, stratum, rests; in order of their hashes.
    enemies: pairs of places (a < b) in that list, sorted."""
    parts = [b"konkurs-bank-1", u32(len(items))]
    for item in items:
        parts += [item["hash"], bytes((item["act"], item["options"], item["stratum"], item["rests"]))]
    parts.append(u32(len(enemies)))
    for a, b in enemies:
        parts += [items[a]["hash"], items[b]["hash"]]
    return blake(*parts)


def seed(secret, coins, sitting, bank):
    parts = [b"konkurs-seed-1", secret]
    for coin in coins:
        text = coin.encode()
        parts += [u32(len(text)), text]
    return blake(*parts, struct.pack("<q", sitting), bank)


def shares(wanted, sizes, shown):
    """shown: how often the items of each stratum were shown in this sitting."""
    total = sum(sizes)
    share = [wanted * size // total for size in sizes]
    behind = [(sum(shown) + wanted) * size - (times + whole) * total
              for size, times, whole in zip(sizes, shown, share)]
    for k in sorted(range(len(sizes)), key=lambda k: (-behind[k], k))[:wanted - sum(share)]:
        share[k] += 1
    return share


def form(programme, items, enemies, seed_bytes, candidate, seen=(), shown=None):
    """The questions as (place in items, options in the order shown).  shown: forms drawn before
    this one in the sitting, by place in items."""
    shown = shown or {}
    stream = Stream(seed_bytes, candidate)
    hostile = {}
    for a, b in enemies:
        hostile.setdefault(a, set()).add(b)
        hostile.setdefault(b, set()).add(a)
    drawn = []

    def pick(pool, wanted):
        taken = 0
        for i in range(len(pool)):
            if taken == wanted:
                break
            k = i + stream.below(len(pool) - i)
            pool[i], pool[k] = pool[k], pool[i]
            if hostile.get(pool[i], set()).isdisjoint(drawn):
                drawn.append(pool[i])
                taken += 1
        return taken

    def pick_least_shown(pool, wanted):
        taken = 0
        for times in sorted({shown.get(i, 0) for i in pool}):
            taken += pick([i for i in pool if shown.get(i, 0) == times], wanted - taken)
        return taken

    for act, wanted in enumerate(programme):
        free = [i for i, item in enumerate(items)
                if item["act"] == act and not item["rests"] and i not in seen]
        strata = [[i for i in free if items[i]["stratum"] == s] for s in (1, 2, 3)]
        have = 0
        if any(strata):
            times = [sum(shown.get(i, 0) for i in pool) for pool in strata]
            for pool, share in zip(strata, shares(wanted, [len(s) for s in strata], times)):
                have += pick_least_shown(pool, share)
        have += pick_least_shown([i for i in free if i not in drawn], wanted - have)
        if have != wanted:
            raise ValueError(f"act {act} is short of items")
    for i in range(len(drawn) - 1):
        k = i + stream.below(len(drawn) - i)
        drawn[i], drawn[k] = drawn[k], drawn[i]
    questions = []
    for place in drawn:
        shown = list(range(items[place]["options"]))
        for i in range(len(shown) - 1):
            k = i + stream.below(len(shown) - i)
            shown[i], shown[k] = shown[k], shown[i]
        questions.append((place, shown))
    return questions


def forms(programme, items, enemies, seed_bytes, candidates):
    """The forms of a sitting, one after another.  candidates: (number, places seen) in the order
    in which their forms are drawn.  Who wants one form takes it when it comes."""
    shown = {}
    for candidate, seen in candidates:
        questions = form(programme, items, enemies, seed_bytes, candidate, seen, shown)
        for place, _ in questions:
            shown[place] = shown.get(place, 0) + 1
        yield questions


def form_hash(items, questions):
    parts = [b"konkurs-form-1"]
    for place, shown in questions:
        parts += [items[place]["hash"], bytes([len(shown)]), bytes(shown)]
    return blake(*parts)
