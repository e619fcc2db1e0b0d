"""EA11: MISTY1 with eight rounds (RFC 2994), 64-bit blocks, 128-bit keys (IEC 62055-41, 6.4.5).

The names FI, FO, FL, S7, S9 and the numbering of the expanded key are those of RFC 2994. FI is four look-ups: the
parts of its S-boxes that do not meet a key bit are joined into the tables below when the module is loaded.
"""

from krn_engine.sts.errors import InvalidKey

# fmt: off
_S7_HEX = (
    "1b32335a3b1017545b1a72736b2c66491f24136c372e3f4a5d0f405625511c04"
    "0b46200d7b3544422b1e41144b79156f0e550936740c6753280a7e3802076029"
    "1912652f303908685f782a4c6445753d594803577c4f623c1d215e276a704d3a"
    "016d6e6318772305267600312d7a7f61502211064716524e713e6943345c587d"
)
_S9_HEX = (
    "1c30cb15319f1e30e90fb0351810b91171eb13300902d0d30c714a03707e0eb1641931d80a311e05502c01d1a2163118"
    "14b1521d200f02b03013a0e511113818e0630e30c81f401b00109d0f81a016d1f301c14607d0d10821ea18312d0f419e"
    "1d30dd1e21281e00ec05909101112f0260dc0b018c10f1f70e716c0b60f90d815110114c1030b815412b1ae01707100c"
    "04705807f1a413412908415d19d1b21a304807c0511ca02313d1a716503b0420da1920ce0c106b09f1f112c1840fa196"
    "1e116917d03118010a0941da18613e11c0601751cf06711906506809915000800717c0b70240190de1270db0e41a9052"
    "10909019c1c10281b313516a1760df1e51880c516e1de1b10c31df0360ee1ee0f009304909a1b606908112500b05e0b4"
    "1491c717403e13b1b708e1c60ae0100951ef04e0f21fd0850fd0f60a016f08308a15609b13c1071670981d01e90031fe"
    "0bd1220890d218f01203306a1420ed17011b0e214f15813114705d1131cd0791611a517909e1b40cc02213201a0e8004"
    "1871ed1970391bf1d702718b0c609c0d014e06c0341f206e0ca0250ba1910fe01310602f1ad1721db0c010b1d60f51ec"
    "10d0761141ab07510c1e415905411f04b0c41be0f70290a400e1f007704d17a08608b0b31710bf10e10409715b160168"
    "0d70bb0661ce0fc0921c506f01604a0a11390af0f119000a1aa14317b05618d1660d41fb14d19419a0871f81230a71b8"
    "14103c1f914002a15511a1a11980d51261af06112e1571dc07218a0aa0961150ef04507b08d14505305f1780b202e020"
    "1d503f1c91e71ac0440380140b116b0ab0b505a1821c81d40181770640cf06d10019913015a0051201bb1bd0e004f0d6"
    "13f1c412a0150060ff19b0a604308805015f1e812107317e0bc0c20c91731891f50741cc1e61a819501f04100d1ba032"
    "03d1d10800a80571b91621480d910506207a0211ff1121081c00a911d1b01a60cd0f305c10205b1d91441f60ad0a503a"
    "1cb13617f0460e101e1dd0e61371fa18508c08f0401b50be0780000ac11015e1240021bc0a20ea0701fc11615c04c1c2"
)
# fmt: on

S7 = tuple(bytes.fromhex(_S7_HEX))
"""The 7-bit S-box (RFC 2994, 2.3)."""
S9 = tuple(int(_S9_HEX[place : place + 3], 16) for place in range(0, len(_S9_HEX), 3))
"""The 9-bit S-box (RFC 2994, 2.3)."""

# First half of FI: what the upper 9 and the lower 7 bits of the input add to (d7 << 9 | d9).
_UPPER = tuple((s & 0x7F) << 9 | s for s in S9)
_LOWER = tuple((s ^ low) << 9 | low for low, s in enumerate(S7))
# Second half: the keyed d7 stays on top and is added to S9 of the keyed d9.
_TOP = tuple(d7 << 9 | d7 for d7 in range(128))


def _fi(value: int, key: int) -> int:
    mixed = _UPPER[value >> 7] ^ _LOWER[value & 127] ^ key
    return _TOP[mixed >> 9] ^ S9[mixed & 511]


class Ea11:
    """The cipher under one key of 16 bytes. Raises InvalidKey for another length."""

    __slots__ = ("_fl", "_fo")

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise InvalidKey("an EA11 key has 16 bytes")
        k = [key[place] << 8 | key[place + 1] for place in range(0, 16, 2)]
        x = [_fi(k[i], k[(i + 1) % 8]) for i in range(8)]
        self._fo = tuple(
            (
                k[i],
                x[(i + 5) % 8],
                k[(i + 2) % 8],
                x[(i + 1) % 8],
                k[(i + 7) % 8],
                x[(i + 3) % 8],
                k[(i + 4) % 8],
            )
            for i in range(8)
        )
        """The seven subkeys of each FO, in the order in which it uses them."""
        even = [(k[i], x[(i + 6) % 8]) for i in range(5)]
        odd = [(x[(i + 2) % 8], k[(i + 4) % 8]) for i in range(5)]
        self._fl = tuple(pair for both in zip(even, odd, strict=True) for pair in both)
        """(AND key, OR key) of each of the ten FLs."""

    def encrypt(self, block: int) -> int:
        """The 64-bit ciphertext of a 64-bit block."""
        fl, fo = self._fl, self._fo
        d0, d1 = block >> 32, block & 0xFFFFFFFF
        for i in range(0, 8, 2):
            d0, d1 = _do_fl(d0, fl[i]), _do_fl(d1, fl[i + 1])
            d1 ^= _do_fo(d0, fo[i])
            d0 ^= _do_fo(d1, fo[i + 1])
        return _do_fl(d1, fl[9]) << 32 | _do_fl(d0, fl[8])

    def decrypt(self, block: int) -> int:
        """The 64-bit block of a 64-bit ciphertext."""
        fl, fo = self._fl, self._fo
        d0, d1 = _undo_fl(block & 0xFFFFFFFF, fl[8]), _undo_fl(block >> 32, fl[9])
        for i in range(6, -1, -2):
            d0 ^= _do_fo(d1, fo[i + 1])
            d1 ^= _do_fo(d0, fo[i])
            d0, d1 = _undo_fl(d0, fl[i]), _undo_fl(d1, fl[i + 1])
        return d0 << 32 | d1


def _do_fo(value: int, keys: tuple[int, int, int, int, int, int, int]) -> int:
    ko1, ki1, ko2, ki2, ko3, ki3, ko4 = keys
    right = value & 0xFFFF
    left = _fi(value >> 16 ^ ko1, ki1) ^ right
    right = _fi(right ^ ko2, ki2) ^ left
    left = _fi(left ^ ko3, ki3) ^ right
    return (right ^ ko4) << 16 | left


def _do_fl(value: int, keys: tuple[int, int]) -> int:
    left, right = value >> 16, value & 0xFFFF
    right ^= left & keys[0]
    left ^= right | keys[1]
    return left << 16 | right


def _undo_fl(value: int, keys: tuple[int, int]) -> int:
    left, right = value >> 16, value & 0xFFFF
    left ^= right | keys[1]
    right ^= left & keys[0]
    return left << 16 | right
