"""Many people in one list, in the second reading: each compared with each of the others."""

from datetime import date

from tests.programs.oracle_words import NONE, UNKNOWN, all_of


class Lists:
    """The part of the oracle that walks queues."""

    def judge_list(self, people):
        """Everybody in one list, each limit's queue walked one after the other."""
        judged = [self.judge(person) for person in people]
        limits = self.policy.get("limit", [])
        assert len(limits) <= 1, "the oracle walks one queue"
        for one in judged:
            one["limits"] = {}
        for limit in limits:
            self.walk(limit, people, judged)
        for one in judged:
            one["verdict"] = all_of([*one["needs"].values(), *one["limits"].values()])
        for word, judge in (("places", self.placed), ("ceiling_yuan", self.reached)):
            if word in self.policy:
                answers = [judge(at, people, judged) for at in range(len(people))]
                for one, answer in zip(judged, answers, strict=True):
                    one["needs"][word.removesuffix("_yuan")] = answer
                    one["verdict"] = all_of([one["verdict"], answer])
        return judged

    def placed(self, at, people, judged):
        """Whether a place is left for this one, compared with each of the others."""
        sure, maybe, shared, may_share = 0, 0, 0, 0
        for other, stands in self.others(at, people, judged):
            counts = judged[other]["verdict"]
            sure += stands == "ahead" and counts is True
            maybe += stands in ("ahead", "anywhere")
            shared += stands == "level" and counts is True
            may_share += stands == "level"
        given = people[at]["places_given"]
        left = self.policy["places"] - (given or 0)
        if self.policy["ties"] == "none":
            sure, maybe = sure + shared, maybe + may_share
        if sure >= left:
            return False
        return True if maybe < left and given is not None else None

    def reached(self, at, people, judged):
        """Whether the money reaches this one when all who may be before, or level, are paid in full."""
        given, own = people[at]["yuan_given"], judged[at]["most"]
        before = [judged[o]["most"] for o, stands in self.others(at, people, judged) if stands != "behind"]
        if given is None or own is None or None in before:
            return None
        return True if given + sum(before) + own <= self.policy["ceiling_yuan"] else None

    def others(self, at, people, judged):
        """Everybody else who stands in the list and may count, and where they stand to this one."""
        for other, person in enumerate(people):
            if other == at or not person["queued"] or judged[other]["verdict"] is False:
                continue
            days = judged[other]["day"], judged[at]["day"]
            if None not in days and days[0].year != days[1].year:
                continue
            keys = self.keys(person, judged[other]), self.keys(people[at], judged[at])
            if None in days or None in keys:
                yield other, "anywhere"
            else:
                yield other, "level" if keys[0] == keys[1] else "ahead" if keys[0] < keys[1] else "behind"

    def keys(self, person, one):
        """What sorts the list, a known absence last; None where one is not known."""
        found = []
        for order in self.policy["order_by"]:
            ((first, name),) = order.items()
            value = self.fact(name, person["facts"], one["day"], own=True) if name != "applied_on" else None
            if name == "applied_on":
                value = person["applied_on"] or UNKNOWN
            if value == UNKNOWN:
                return None
            number = value.toordinal() if isinstance(value, date) else value
            found.append((1, 0) if value == NONE else (0, -number if first == "highest" else number))
        return found

    def walk(self, limit, people, judged):
        places = [self.place(limit, person, one) for person, one in zip(people, judged, strict=False)]
        order = sorted(range(len(people)), key=lambda at: (judged[at]["day"] or date.min, at))
        waiting = {at for at in order if places[at] is None}
        verdicts = {}
        while True:  # those without a place see everybody, so go round until nothing changes
            before = dict(verdicts)
            for at in order:
                verdicts[at] = self.limited(limit, at, order, people, judged, places, waiting, verdicts)
            if before == verdicts:
                break
        for at in order:
            judged[at]["limits"][limit["name"]] = verdicts[at]

    def place(self, limit, person, one):
        """What rows must share to see each other; None where that is not known."""
        if one["day"] is None:
            return None

        def look(name):
            return self.fact(name, person["facts"], one["day"], own=True)

        same = [look(name) for name in limit.get("same", [])]
        if UNKNOWN in same:
            return None
        return (person["holder"], one["day"].year if limit["in"] == "year" else 0, *same)

    def limited(self, limit, at, order, people, judged, places, waiting, verdicts):
        held = people[at].get("claims", {}).get(limit["name"], 0)

        def final(other):
            return all_of([*judged[other]["needs"].values(), verdicts.get(other, True)])

        mine = [other for other in order if other != at and people[other]["holder"] == people[at]["holder"]]
        sure = maybe = held or 0
        if held is None:
            maybe = limit["times"]
        if places[at] is None:
            maybe += sum(final(other) is not False for other in mine)
        else:
            ahead = [o for o in mine if places[o] == places[at] and order.index(o) < order.index(at)]
            sure += sum(final(other) is True for other in ahead)
            maybe += sum(final(other) is not False for other in ahead)
            maybe += sum(final(other) is not False for other in mine if other in waiting)
        if sure >= limit["times"]:
            return False
        return None if maybe >= limit["times"] else True
