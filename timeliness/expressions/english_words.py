"""English words of time."""

from __future__ import annotations

from timeliness.expressions.english_tokens import cut
from timeliness.expressions.words import Lexicon, table

_UNITS = "second minute hour day week fortnight weekend month quarter year decade century".split()
_MONTHS = "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct november|nov december|dec"
_LONG_DAYS = "monday tuesday|tues|tue wednesday|weds thursday|thurs|thur|thu friday|fri saturday sunday"
_DAY_NAMES = {
    "new year's day": "new year's day|new year day|new years day|new year's|new years|new year",
    "new year's eve": "new year's eve|new years eve|new year eve|nye", "groundhog day": "groundhog day",
    "valentine's day": "valentine's day|valentines day|valentine day|valentine's|valentines",
    "women's day": "women's day|womens day|international women's day",
    "saint patrick's day": "saint patrick's day|st patrick's day|st . patrick's day|saint patrick|st patrick|st patricks day",
    "april fools' day": "april fool's day|april fools day|april fools|april fool", "earth day": "earth day",
    "workers' day": "workers day|workers' day|worker's day|international workers' day|international worker's day|may day",
    "cinco de mayo": "cinco de mayo", "star wars day": "star wars day|may the fourth", "children's day": "children's day|childrens day",
    "juneteenth": "juneteenth|freedom day|jubilee day", "canada day": "canada day", "bastille day": "bastille day",
    "independence day": "independence day", "teachers' day": "teacher's day|teachers day|teachers' day",
    "halloween": "halloween|hallowe'en|halloween day", "guy fawkes night": "guy fawkes night|guy fawkes day|bonfire night",
    "veterans day": "veterans day|veteran's day|veterans' day|remembrance day|armistice day",
    "singles' day": "singles day|singles' day|single's day|double eleven|double 11|11.11|11/11", "christmas day": "christmas day|christmas|xmas|xmas day|x-mas",
    "christmas eve": "christmas eve|xmas eve", "boxing day": "boxing day", "martin luther king": "mlk day|martin luther king day|martin luther king jr day",
    "presidents' day": "presidents day|president's day|presidents' day", "mother's day": "mother's day|mothers day|mothers' day",
    "memorial day": "memorial day", "father's day": "father's day|fathers day|fathers' day", "labor day": "labor day|labour day",
    "columbus day": "columbus day", "thanksgiving": "thanksgiving|thanksgiving day|turkey day", "easter": "easter|easter sunday|easter day",
    "black friday": "black friday", "cyber monday": "cyber monday", "mardi gras": "mardi gras|fat tuesday|shrove tuesday",
    "ash wednesday": "ash wednesday", "palm sunday": "palm sunday", "good friday": "good friday", "easter monday": "easter monday",
    "pentecost": "pentecost", "chinese new year": "chinese new year|lunar new year|spring festival",
    "lantern festival": "lantern festival", "dragon boat": "dragon boat festival|dragon boat day",
    "mid-autumn": "mid - autumn|mid - autumn festival|mid autumn festival|moon festival", "double ninth": "double ninth festival",
    "qingming": "qingming|tomb sweeping day", "national day": "national day", "eid al-fitr": "eid|eid al - fitr|eid al fitr",
    "eid al-adha": "eid al - adha|eid al adha", "ramadan": "ramadan", "diwali": "diwali", "hanukkah": "hanukkah|chanukah",
}  # fmt: skip
_FESTIVE = {  # what goes on for days, or is shopped and watched for over weeks
    "christmas day": "christmas", "new year's day": "new_year", "valentine's day": "valentines", "halloween": "halloween",
    "thanksgiving": "thanksgiving", "black friday": "black_friday", "cyber monday": "cyber_monday", "easter": "easter",
    "singles' day": "singles_day", "boxing day": "boxing_day", "chinese new year": "chinese_new_year", "mid-autumn": "mid_autumn",
    "eid al-fitr": "eid", "ramadan": "ramadan", "diwali": "diwali", "hanukkah": "hanukkah",
}  # fmt: skip


def _holidays() -> dict[str, tuple[str, str | None]]:
    """Phrase -> the day, and the season around it where the name leaves open which is meant."""
    found: dict[str, tuple[str, str | None]] = {}
    for name, phrases in _DAY_NAMES.items():
        for phrase in phrases.split("|"):
            exact = phrase.endswith((" day", " sunday", " monday")) and name in {
                "christmas day",
                "easter",
                "halloween",
            }
            found[phrase] = (name, None if exact or phrase == "new year's day" else _FESTIVE.get(name))
    return found


LEXICON = Lexicon(
    {
        "Digit": table("one two three four five six seven eight nine", range(1, 10)),
        "Teen": table("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", range(10, 20)),
        "Tens": table("twenty thirty forty fifty sixty seventy eighty ninety", range(20, 100, 10)),
        "OrdinalWord": table("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth", range(1, 20))
        | {"twentieth": 20, "thirtieth": 30},
        "DecadeWord": {"noughties": 0} | table("twenties thirties forties fifties sixties seventies eighties nineties", range(20, 100, 10)),
        "Few": {"few": 3, "a few": 3, "several": 3, "some": 3, "couple": 2, "a couple": 2, "a couple of": 2, "couple of": 2},
        "Month": table(_MONTHS, range(1, 13)),
        "Weekday": table(_LONG_DAYS, range(7)),
        "ShortWeekday": {"mon": 0, "wed": 2, "sat": 5, "sun": 6},
        "Weekdays": table("mondays tuesdays wednesdays thursdays fridays saturdays sundays", range(7)),
        "Unit": {unit: unit for unit in _UNITS} | {"min": "minute", "hr": "hour", "sec": "second", "h": "hour"},
        "Units": {f"{unit}s": unit for unit in _UNITS if unit != "century"}
        | {"centuries": "century", "mins": "minute", "hrs": "hour", "secs": "second"},
        "Letter": {"m": "minute", "s": "second", "d": "day", "w": "week", "y": "year"},
        "Which": {"this": "this", "current": "this", "next": "next", "last": "last", "previous": "last", "past": "last",
                  "coming": "next", "upcoming": "next", "following": "next"},
        "Nearest": {"coming": "coming", "upcoming": "coming", "this coming": "coming", "this past": "past", "past": "past"},
        "RelativeDay": {"today": 0, "tomorrow": 1, "tmr": 1, "tmrw": 1, "tomorow": 1, "yesterday": -1, "the day after tomorrow": 2,
                        "day after tomorrow": 2, "the day before yesterday": -2, "day before yesterday": -2, "otd": 0},
        "Part": {"morning": "morning", "noontime": "noon", "afternoon": "afternoon", "evening": "evening", "night": "night", "daytime": "daytime", "lunchtime": "lunch", "dinnertime": "dinner", "bedtime": "night"},
        "Parts": {"mornings": "morning", "afternoons": "afternoon", "evenings": "evening", "nights": "night"},
        "Meal": {"breakfast": "breakfast", "lunch": "lunch", "dinner": "dinner"},
        "Early": {"early": "early", "earlier": "early", "late": "late", "later": "late"},
        "Edge": {"early": "early", "late": "late", "mid": "mid", "the middle of": "mid", "middle of": "mid", "the end of": "late",
                 "end of": "late", "the beginning of": "early", "the start of": "early", "beginning of": "early", "start of": "early"},
        "Bound": {"since": "since", "after": "after", "before": "before", "until": "until", "till": "until", "by": "by",
                  "up to": "until", "no later than": "until", "as late as": "until", "prior to": "before",
                  "starting": "since", "starting from": "since", "starting on": "since", "starting in": "since", "beginning": "since",
                  "beginning on": "since", "as early as": "since", "as of": "since", "later than": "after", "earlier than": "before",
                  "any time from": "since", "anytime from": "since", "newer than": "after", "older than": "before"},
        "Afterwards": {"or later": "since", "and later": "since", "and greater": "since", "or greater": "since", "onwards": "since", "onward": "since", "or newer": "since", "and newer": "since", "or earlier": "until",
                       "and earlier": "until", "or older": "until"},
        "~to": dict.fromkeys(("to", "-", "–", "—", "~", "till", "until", "til", "through", "thru"), "to"),
        "Season": {"spring": "spring", "summer": "summer", "autumn": "autumn", "fall": "autumn", "winter": "winter",
                   "summertime": "summer", "wintertime": "winter"},
        "Span": {"back to school": "back_to_school", "back - to - school": "back_to_school", "award season": "award_season",
                 "awards season": "award_season", "christmas season": "christmas", "holiday season": "christmas",
                 "the holidays": "christmas", "christmas time": "christmas", "christmastime": "christmas", "christmas holidays": "christmas",
                 "festive season": "christmas", "black friday weekend": "black_friday", "thanksgiving weekend": "thanksgiving",
                 "easter weekend": "easter", "spooky season": "halloween", "halloween season": "halloween"},
        "Holiday": _holidays(),
        "Now": dict.fromkeys(("right now", "at present", "at the present time", "at this time", "at the moment", "at this moment",
                              "at the minute", "currently", "as soon as possible", "asap", "this minute", "this very moment", "still on", "on now", "now on",
                              "on right now"), "now"),
        "NewnessWord": {"just in": 1.0, "just happened": 1.0, "latest": 0.8, "newest": 0.8, "most recent": 0.8,
                    "up to date": 0.7, "up - to - date": 0.7, "brand new": 0.7, "brand - new": 0.7, "just released": 0.8, "new releases": 0.7, "new release": 0.7,
                    "newly released": 0.7, "just out": 0.8, "recently released": 0.7, "recently": 0.5, "recent": 0.5, "lately": 0.5, "these days": 0.5, "nowadays": 0.4,
                    "current events": 0.8},
        "TrendWord": dict.fromkeys(("trending", "viral", "going viral", "gone viral", "hot right now", "what's hot", "buzzing", "buzz", "hyped", "most talked about",
                                    "most - talked - about", "the talk of the town", "all the rage", "blowing up", "making waves", "hot topics", "hot topic"), "trend"),
        "Everyone": dict.fromkeys(("everyone", "everybody", "the whole world", "the world"), "everyone"),
        "Following": dict.fromkeys(("watching", "bingeing", "binging", "binge - watching", "streaming", "reading", "reading about", "listening to", "talking about", "raving about",
                                    "playing", "buying", "sharing", "obsessed with", "hooked on", "discussing", "into"), "following"),
        "EndingWord": dict.fromkeys(("last chance", "final chance", "last opportunity", "about to expire", "about to end", "about to leave", "about to go away", "about to run out",
                                     "about to disappear", "before it's gone", "before it is gone", "before they're gone", "before they are gone", "before it expires", "before they expire",
                                     "before it leaves", "before it ends", "while it lasts", "while they last", "while stocks last", "while supplies last"), "end"),
        "Ignored": dict.fromkeys(("good morning", "good afternoon", "good evening", "good night", "day after day", "day by day", "day to day", "may or may not",
                                  "second hand", "second-hand", "one to one", "one on one", "the day before", "the other day", "save the date", "happy new year", "merry christmas", "happy holidays", "happy easter",
                                  "happy halloween", "happy thanksgiving", "just in case", "just in time", "easter egg", "easter eggs", "how are you today", "how are you doing today",
                                  "how are you tonight", "how are you this evening", "how are you doing this evening", "how are you", "vampire weekend", "time of day", "state of the art"), "nothing"),
        "BareNow": {"now": "now"},
        "OnSale": dict.fromkeys(("on sale", "still on sale", "currently on sale", "on sale now", "on sale right now", "on offer", "on special", "reduced right now"), "now"),
        "Soon": dict.fromkeys(("soon", "in the near future", "any day now", "shortly"), "soon"),
        "Rhythm": dict.fromkeys(("daily", "weekly", "monthly", "quarterly", "yearly", "annually", "annual", "everyday", "fortnightly", "biweekly"), "rhythm"),
        "Zone": dict.fromkeys(("est", "edt", "et", "pst", "pdt", "pt", "cst", "cdt", "ct", "mst", "mdt", "mt", "gmt", "utc", "bst", "cet", "cest", "ist", "jst", "aest",
                               "aedt", "acdt", "acst", "sgt", "hkt", "eastern", "central", "pacific", "mountain", "eastern time", "central time", "pacific time",
                               "mountain time", "mountain timezone", "time zone", "singapore time", "local time", "beijing time", "utc + 8", "( cet )", "( utc + 8 )", "london time"), "zone"),
    },
    cut,
)  # fmt: skip
