import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schema import Demand, Domain, Event, Feedback, Interest, Item, TimeDemand
from timeliness.events import EventLog
from timeliness.signals.computer import SignalComputer
from timeliness.signals.freshness import Freshness
from timeliness.signals.popularity import Popularity
from timeliness.signals.season import Season
from timeliness.signals.taste import LASTING, Taste
from timeliness.signals.urgency import Urgency
from timeliness.signals.weights import Weights, load_weights

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PLAIN = Demand(text="something")
CHINESE = Demand(text="推荐", language="zh")


def thing(domain: str = "news", **fields: Any) -> Item:
    return Item.model_validate({"id": "x", "domain": domain, "title": "X", **fields})


def wanting(recency: float) -> Demand:
    return Demand(text="t", times=(TimeDemand(phrase="latest", role="publication", recency=recency),))


def event(at: datetime, user: str, kind: str = "view", item: str = "x") -> Event:
    return Event.model_validate({"item_id": item, "kind": kind, "user": user, "at": at})


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights()


class TestFreshness:
    def test_halves_with_each_half_life(self, weights: Weights, now: datetime) -> None:
        signal, half_life = Freshness(weights), weights.of("news").half_life.freshness
        values = [signal.value(thing(published_at=now - n * half_life), PLAIN, now) for n in range(3)]
        assert values == [1.0, 0.5, 0.25]

    def test_is_silent_where_the_date_is_unknown(self, weights: Weights, now: datetime) -> None:
        assert Freshness(weights).value(thing(), PLAIN, now) == 0.0
        assert Freshness(weights).evidence(thing(), PLAIN, now) is None

    def test_fades_in_hours_for_news_and_years_for_films(self, weights: Weights, now: datetime) -> None:
        week_old = {"published_at": now - 7 * DAY}
        signal = Freshness(weights)
        assert signal.value(thing("news", **week_old), PLAIN, now) < 0.05
        assert signal.value(thing("video", **week_old), PLAIN, now) > 0.95

    def test_demanded_recency_makes_it_fade_faster(self, weights: Weights, now: datetime) -> None:
        item, signal = thing(published_at=now - DAY), Freshness(weights)
        values = [signal.value(item, wanting(recency), now) for recency in (0.0, 0.5, 1.0)]
        assert values == sorted(values, reverse=True)
        assert values[0] > 2 * values[2]

    @pytest.mark.parametrize(
        ("domain", "age", "words"),
        [
            ("news", 2 * HOUR, "published 2 hours ago"),
            ("news", timedelta(seconds=20), "published 1 minute ago"),
            ("video", 21 * DAY, "released 3 weeks ago"),
            ("shopping", 61 * DAY, "launched 2 months ago"),
            ("music", -3 * DAY, "comes out in 3 days"),
        ],
    )
    def test_says_how_long_ago(
        self, weights: Weights, now: datetime, domain: str, age: timedelta, words: str
    ) -> None:
        said = Freshness(weights).evidence(thing(domain, published_at=now - age), PLAIN, now)
        assert said is not None
        assert (said.kind, said.name, said.value) == ("signal", "freshness", words)

    def test_speaks_chinese_to_a_chinese_demand(self, weights: Weights, now: datetime) -> None:
        said = Freshness(weights).evidence(thing(published_at=now - 2 * HOUR), CHINESE, now)
        assert said is not None
        assert said.value == "2小时前发布"

    def test_says_nothing_of_what_is_old(self, weights: Weights, now: datetime) -> None:
        assert Freshness(weights).evidence(thing(published_at=now - 30 * DAY), PLAIN, now) is None


class TestUrgency:
    def test_grows_towards_the_end_and_is_none_without_one(self, weights: Weights, now: datetime) -> None:
        signal = Urgency(weights)
        values = [signal.value(thing(valid_until=now + left), PLAIN, now) for left in (30 * DAY, DAY, HOUR)]
        assert 0 < values[0] < values[1] < values[2] < 1
        assert signal.value(thing(), PLAIN, now) == 0.0
        assert signal.value(thing(valid_from=now + HOUR, valid_until=now + DAY), PLAIN, now) == 0.0
        assert signal.value(thing(valid_until=now), PLAIN, now) == 0.0

    @pytest.mark.parametrize(
        ("end", "words"),
        [
            (datetime(2026, 11, 25, 23, 59), "ends tonight at 23:59"),  # noqa: DTZ001
            (datetime(2026, 11, 26), "ends tonight at 23:59"),  # noqa: DTZ001
            (datetime(2026, 11, 25, 17, 30), "ends today at 17:30"),  # noqa: DTZ001
            (datetime(2026, 11, 26, 12), "ends tomorrow at 12:00"),  # noqa: DTZ001
            (datetime(2026, 11, 28), "ends on Friday, 27 Nov"),  # noqa: DTZ001
        ],
    )
    def test_says_the_end_in_the_readers_zone(self, weights: Weights, end: datetime, words: str) -> None:
        tokyo = ZoneInfo("Asia/Tokyo")
        now = datetime(2026, 11, 25, 15, tzinfo=tokyo).astimezone(UTC)
        item = thing("shopping", valid_until=end.replace(tzinfo=tokyo).astimezone(UTC))
        said = Urgency(weights, tokyo).evidence(item, PLAIN, now)
        assert said is not None
        assert said.value == words

    def test_says_nothing_of_an_end_far_off(self, weights: Weights, now: datetime) -> None:
        assert Urgency(weights).evidence(thing(valid_until=now + 60 * DAY), PLAIN, now) is None


class TestSeason:
    def test_is_the_items_own_recurring_window(self) -> None:
        item = thing(
            valid_from=datetime(2020, 11, 10, tzinfo=UTC),
            valid_until=datetime(2020, 11, 13, tzinfo=UTC),
            recurrence="FREQ=YEARLY",
        )
        signal, inside = Season(), datetime(2026, 11, 11, 9, tzinfo=UTC)
        said = signal.evidence(item, PLAIN, inside)
        assert signal.value(item, PLAIN, inside) == 1.0
        assert said is not None
        assert said.value == "in its season, 10 to 12 Nov"
        assert signal.value(item, PLAIN, inside + 5 * DAY) == 0.0

    def test_is_judged_at_the_demanded_moment(self) -> None:
        item, signal = thing("video", attributes={"seasons": ("halloween",)}), Season()
        september = datetime(2026, 9, 1, tzinfo=UTC)
        halloween = TimeDemand(
            phrase="Halloween",
            role="use",
            start=datetime(2026, 10, 31, tzinfo=UTC),
            end=datetime(2026, 11, 1, tzinfo=UTC),
        )
        assert signal.value(item, PLAIN, september) == 0.0
        assert signal.value(item, Demand(text="t", times=(halloween,)), september) == 1.0

    def test_names_the_sale_and_its_days(self) -> None:
        item = thing("shopping", attributes={"seasons": "black_friday"})
        said = Season().evidence(item, PLAIN, datetime(2026, 11, 28, 12, tzinfo=UTC))
        assert said is not None
        assert said.value.startswith("Black Friday weekend (")
        assert said.value.endswith("to 30 Nov)")

    def test_a_season_that_no_calendar_knows_is_silent(self, now: datetime) -> None:
        assert Season().value(thing(attributes={"seasons": ("mating",)}), PLAIN, now) == 0.0
        ramadan, far = thing(attributes={"seasons": ("ramadan",)}), datetime(2200, 1, 1, tzinfo=UTC)
        assert Season().value(ramadan, PLAIN, far) == 0.0

    def test_follows_the_hemisphere_of_the_country(self) -> None:
        fan, january = (
            thing("shopping", attributes={"seasons": ("summer",)}),
            datetime(2027, 1, 15, tzinfo=UTC),
        )
        assert Season(country="AU").value(fan, PLAIN, january) == 1.0
        assert Season(country="US").value(fan, PLAIN, january) == 0.0


class TestPopularity:
    def test_takes_the_sources_figure_where_it_is_one(self, now: datetime) -> None:
        signal = Popularity()
        given: list[tuple[Any, float]] = [
            (0.4, 0.4),
            (1, 1.0),
            (7.0, 1.0),
            (-1.0, 0.0),
            ("high", 0.0),
            (True, 0.0),
        ]
        for stated, value in given:
            assert signal.value(thing(attributes={"popularity": stated}), PLAIN, now) == value

    def test_counts_users_once_by_their_logarithm_and_none_of_the_future(self, now: datetime) -> None:
        signal = Popularity()
        for n in range(100):
            signal.observe(event(now + n * HOUR / 100, "same"))
        one = signal.value(thing(), PLAIN, now)
        for n in range(99):
            signal.observe(event(now + n * HOUR / 100, f"u{n}"))
        hundred = signal.value(thing(), PLAIN, now + HOUR)
        assert 0 < one < hundred < 1
        assert signal.value(thing(), PLAIN, now - HOUR) == 0.0
        said = signal.evidence(thing(), PLAIN, now + HOUR)
        assert said is not None
        assert said.value == "100 people have turned to it"

    def test_users_of_long_ago_count_less_in_news_sooner_than_in_films(
        self, weights: Weights, now: datetime
    ) -> None:
        signal = Popularity(weights)
        for n in range(100):
            signal.observe(event(now, f"u{n}"))
        half_life = weights.of("news").half_life.popularity
        values = [signal.value(thing(), PLAIN, now + n * half_life) for n in range(3)]
        assert values == pytest.approx([math.log1p(100 / 2**n) / math.log1p(1000) for n in range(3)])
        assert signal.value(thing("video"), PLAIN, now + half_life) > values[1]

    def test_a_dislike_is_no_popularity(self, now: datetime) -> None:
        signal = Popularity()
        signal.observe(event(now, "u", "dislike"))
        assert signal.value(thing(), PLAIN, now) == 0.0


class TestTaste:
    HEAT = thing("video", id="heat", title="Heat", categories=("crime", "drama"), creators=("Michael Mann",))
    COLLATERAL = thing("video", id="collateral", categories=("crime",), creators=("Michael Mann",))
    UP = thing("video", id="up", categories=("animation", "family"), creators=("Pete Docter",))

    def taste(self, weights: Weights, now: datetime, verdict: str, age: timedelta = HOUR) -> Taste:
        feedback = {"session": "s", "item_id": "heat", "verdict": verdict, "at": now - age}
        return Taste(weights, [(self.HEAT, Feedback.model_validate(feedback))])

    def test_relatives_of_a_liked_item_rise_and_strangers_stay(self, weights: Weights, now: datetime) -> None:
        liked = self.taste(weights, now, "like")
        assert 0 < liked.value(self.COLLATERAL, PLAIN, now) <= weights.of("video").relatives
        assert liked.value(self.UP, PLAIN, now) == 0.0
        said = liked.evidence(self.COLLATERAL, PLAIN, now)
        assert said is not None
        assert said.value == "close to Heat, which you liked"

    def test_relatives_of_a_disliked_item_sink_and_it_sinks_far_more(
        self, weights: Weights, now: datetime
    ) -> None:
        disliked = self.taste(weights, now, "dislike")
        assert -weights.of("video").relatives <= disliked.value(self.COLLATERAL, PLAIN, now) < 0
        assert disliked.value(self.HEAT, PLAIN, now) < -0.99
        said = disliked.evidence(self.COLLATERAL, PLAIN, now)
        assert said is not None
        assert said.value == "close to Heat, which you disliked"

    def test_a_verdict_fades_but_a_disliked_item_stays_down(self, weights: Weights, now: datetime) -> None:
        fresh, old = self.taste(weights, now, "dislike"), self.taste(weights, now, "dislike", 3650 * DAY)
        assert (
            abs(old.value(self.COLLATERAL, PLAIN, now)) < abs(fresh.value(self.COLLATERAL, PLAIN, now)) / 100
        )
        assert old.value(self.HEAT, PLAIN, now) == -LASTING

    def test_shared_moods_count(self, weights: Weights, now: datetime) -> None:
        calm = thing("music", id="calm", attributes={"mood": "calm"})
        calmer = thing("music", id="calmer", attributes={"mood": ("Calm", "warm")})
        feedback = Feedback(session="s", item_id="calm", verdict="like", at=now)
        assert Taste(weights, [(calm, feedback)]).value(calmer, PLAIN, now) > 0

    def test_the_latest_of_two_verdicts_counts(self, weights: Weights, now: datetime) -> None:
        both = [
            (self.HEAT, Feedback(session="s", item_id="heat", verdict="like", at=now)),
            (self.HEAT, Feedback(session="s", item_id="heat", verdict="dislike", at=now - DAY)),
        ]
        assert Taste(weights, both).value(self.COLLATERAL, PLAIN, now) > 0

    def test_a_verdict_of_the_future_is_not_known_yet(self, weights: Weights, now: datetime) -> None:
        assert self.taste(weights, now, "dislike", -HOUR).value(self.HEAT, PLAIN, now) == 0.0


class TestComputer:
    @pytest.fixture
    def log(self, tmp_path: Path) -> EventLog:
        return EventLog(tmp_path / "events.sqlite")

    def test_follows_the_log_and_what_other_processes_write_to_it(
        self, log: EventLog, tmp_path: Path, now: datetime
    ) -> None:
        signals = SignalComputer(log=log)
        EventLog(tmp_path / "events.sqlite").record_all(event(now, f"u{n}") for n in range(30))
        assert signals.compute(thing(), PLAIN, now).trend == 0.0
        signals.refresh()
        assert signals.compute(thing(), PLAIN, now).trend > 0.5
        assert signals.compute(thing(), PLAIN, now).popularity > 0.4
        assert signals.trending({"x": "news"}, now)[0][0] == "x"
        assert signals.trending({"y": "news"}, now) == []

    def test_the_strongest_bursts_of_a_domain_are_found_without_a_list_of_items(
        self, log: EventLog, now: datetime
    ) -> None:
        items = {"x": thing("news", id="x"), "y": thing("news", id="y"), "z": thing("video", id="z")}
        crowds = {"x": 30, "y": 12, "z": 60}
        log.record_all(
            event(now - HOUR / 2, f"{name}{n}", item=name) for name in crowds for n in range(crowds[name])
        )
        log.record_all(event(now + HOUR, f"later{n}", item="y") for n in range(90))
        signals = SignalComputer(log=log)
        signals.refresh()

        def found(*domains: Domain, k: int = 9) -> list[str]:
            return signals.bursting(lambda ids: [items[each] for each in ids], domains, now, k)

        assert found("news") == ["x", "y"]
        assert found("news", k=1) == ["x"]
        assert set(found()) == {"x", "y", "z"}
        assert found("music") == []
        assert SignalComputer().bursting(lambda ids: [], (), now, 9) == []

    def test_what_is_forgotten_leaves_the_signals(self, log: EventLog, now: datetime) -> None:
        signals = SignalComputer(log=log)
        view = signals.for_user(())
        log.record_all(event(now, f"u{n}") for n in range(30))
        view.refresh()
        assert signals.compute(thing(), PLAIN, now).popularity > 0
        log.forget()
        view.refresh()
        assert signals.compute(thing(), PLAIN, now).popularity == 0.0

    def test_users_do_not_share_a_taste(self, now: datetime) -> None:
        signals = SignalComputer()
        user = signals.for_user([(thing(), Feedback(session="s", item_id="x", verdict="dislike", at=now))])
        assert user.compute(thing(), PLAIN, now).taste == -1.0
        assert signals.compute(thing(), PLAIN, now).taste == 0.0

    def test_evidence_is_offered_only_by_signals_that_have_something_to_say(self, now: datetime) -> None:
        item = thing("news", published_at=now - HOUR, valid_until=now + 2 * HOUR)
        said = SignalComputer().evidence(item, PLAIN, now)
        assert {each.name for each in said} == {"freshness", "urgency"}
        assert (
            SignalComputer().evidence(thing(), Demand(text="t", interests=(Interest(text="a"),)), now) == []
        )
