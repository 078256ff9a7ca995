"""Changes to a recording that a program made at random, each by a seeded chance."""

import random
from collections.abc import Callable, Sequence
from typing import Final

Mutate = Callable[[bytearray, random.Random, Sequence[bytes]], None]

MOST_BYTES: Final = 4 * 2**20
EXTREMES: Final = (0, 1, 7, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)
BOX_NAMES: Final = (
    b"moov trak mdia minf stbl stsd stsz stts stsc stco ctts elst tkhd mdhd mvhd moof traf trun "
    b"tfhd avcC hvcC esds udta meta ilst sinf uuid free mdat strh strf indx idx1 movi LIST JUNK"
).split()


def flip_bits(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    for _flip in range(chance.choice((1, 4, 40, 400))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def overwrite(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Put random bytes somewhere."""
    at = chance.randrange(len(content))
    new = chance.randbytes(chance.randrange(1, 64))
    content[at : at + len(new)] = new


def set_number(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Put an extreme number somewhere, in 1 to 8 bytes of either order."""
    size = chance.choice((1, 2, 4, 8))
    value = chance.choice(EXTREMES) & ((1 << 8 * size) - 1)
    at = chance.randrange(len(content))
    content[at : at + size] = value.to_bytes(size, chance.choice(("big", "little")))


def change_length(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Change the size in front of a box, or behind the name of a chunk."""
    places = [at for name in BOX_NAMES if (at := content.find(name)) >= 4]
    if not places:
        return set_number(content, chance, ())
    at = chance.choice(places) + chance.choice((-4, 4))
    value = chance.choice((*EXTREMES[:3], *EXTREMES[-3:], chance.randrange(len(content))))
    content[at : at + 4] = value.to_bytes(4, chance.choice(("big", "little")))
    return None


def rename(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Give one box the name of another."""
    places = [at for name in BOX_NAMES if (at := content.find(name)) >= 0]
    if places:
        at = chance.choice(places)
        content[at : at + 4] = chance.choice(BOX_NAMES)


def cut(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    del content[chance.randrange(1, len(content) + 1) :]


def remove(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Take a piece out."""
    at = chance.randrange(len(content))
    del content[at : at + chance.choice((1, 2, 16, 300))]
    content.extend(b"" if content else b"\0")


def repeat(content: bytearray, chance: random.Random, _: Sequence[bytes]) -> None:
    """Put a piece in again, many times."""
    at = chance.randrange(len(content))
    piece = bytes(content[at : at + chance.choice((4, 16, 200, 2000))])
    content[at:at] = piece * chance.choice((1, 3, 100))


def splice(content: bytearray, chance: random.Random, others: Sequence[bytes]) -> None:
    """Put a piece of another recording in."""
    other = chance.choice(others) or b"\0"
    start = chance.randrange(len(other))
    piece = other[start : start + chance.choice((8, 100, 3000))]
    at = chance.randrange(len(content))
    content[at : at + chance.choice((0, len(piece)))] = piece


MUTATIONS: Final[tuple[Mutate, ...]] = (
    flip_bits, overwrite, set_number, change_length, rename, cut, remove, repeat, splice,
)  # fmt: skip


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Return one of the recordings after one to five changes."""
    content = bytearray(chance.choice(seeds) or b"\0")
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        chance.choice(MUTATIONS)(content, chance, seeds)
        if not content:
            content.append(0)
    return bytes(content[:MOST_BYTES])
