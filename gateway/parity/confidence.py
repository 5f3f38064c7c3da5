"""How much some observations say about a rate of mismatches: two answers, for two readers.

`e_value` decides. It is the wealth of a gambler who bets against "at least `limit` of the requests differ", with three
stakes: that none, a tenth of the limit, or half of it differ. While the hypothesis is true the wealth is a
supermartingale, so the chance that it *ever* reaches 1/alpha is at most alpha (Ville 1939): one may look after every
request, which a p-value or an interval does not allow.

`wilson_lower` is shown. It is the lower end of Wilson's score interval (Wilson 1927) for the share that agrees.
"""

from __future__ import annotations

import math
from statistics import NormalDist

_STAKES = ((0.0, 0.35), (0.1, 0.35), (0.5, 0.30))
"""(share of the limit that the stake says differs, weight)."""
_LARGEST_EXPONENT = 700.0


def e_value(shapes: int, differing: int, limit: float) -> float:
    """Evidence against "at least `limit` differ", from `differing` of `shapes`. 1 is none, 20 is alpha 5 %.

    `limit` is in (0, 1). For `differing` = 0 and a limit of 0.1 %, 3,421 shapes are needed to reach 20.
    """
    agreeing = shapes - differing
    wealth = 0.0
    for share, weight in _STAKES:
        if share == 0.0 and differing:
            continue
        won = agreeing * (math.log1p(-share * limit) - math.log1p(-limit))
        lost = differing * math.log(share) if differing else 0.0
        wealth += weight * math.exp(min(won + lost, _LARGEST_EXPONENT))
    return wealth


def shapes_needed(differing: int, limit: float, alpha: float) -> int:
    """The least number of shapes that decides, if no further one differs."""
    low, high = differing, max(16, differing + 1)
    while e_value(high, differing, limit) < 1 / alpha:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if e_value(middle, differing, limit) < 1 / alpha:
            low = middle
        else:
            high = middle
    return high


def wilson_lower(successes: int, trials: int, confidence: float) -> float:
    """The lower bound of the two-sided score interval; 0 without trials."""
    if not trials:
        return 0.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, (centre - spread) / (1 + z * z / trials))
