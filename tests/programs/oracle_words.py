"""Not known in the second reading: the words for it, and Kleene's logic over True, False and None."""

NONE = "(none)"
UNKNOWN = "(unknown)"


def all_of(verdicts):
    verdicts = list(verdicts)
    if any(one is False for one in verdicts):
        return False
    return None if any(one is None for one in verdicts) else True


def any_of(verdicts):
    return opposite(all_of(opposite(one) for one in verdicts))


def opposite(verdict):
    return None if verdict is None else not verdict
