"""Whether a time is when something ends: "leaving before Friday", "deals that expire this week", 本周下架."""

from __future__ import annotations

import re

from schema import Span
from timeliness.expressions.find import Found

_SERVICES = (
    r"netflix|amazon(?: prime)?|prime(?: video)?|disney ?(?:\+|plus)?|hulu|hbo(?: max)?|max|paramount ?\+?"
    r"|peacock|apple tv ?\+?|mubi|spotify|youtube|the (?:service|platform|catalogue|catalog|app|site|library)"
)
_VERB = re.compile(
    r"(?:\b(?:that|which)\s+(?:are\s+|is\s+|will\s+(?:be\s+)?)?)?"
    rf"\b(?:(?:leav(?:es?|ing)|disappear(?:s|ing)?|left(?=\s+(?:{_SERVICES})\b)"
    r"|expir(?:e[sd]?|ing)|(?P<ends>end(?:s|ing)?|finish(?:es|ing)?)|(?P<ended>ended|finished)|run(?:s|ning)? out|go(?:es|ing)? away"
    rf"|being (?:removed|taken down)|getting removed)(?:\s+(?:(?:from|off)\s+)?(?:{_SERVICES}))?)"
    r"(?:\s+(?:on|in|at|by|over|during))?\s*$",
    re.IGNORECASE,
)
# "I'm leaving on Friday", "before the train leaves at six", "a happy ending", "autumn leaves"
_ANOTHER = re.compile(
    r"(?:\b(?:i|we|you|he|she|(?:my|our|his|her) \w+(?: \w+)?|trains?|flights?|plane|bus|ferry|kids?|guests?|\w*sitter"
    r"|school|work|office|term|semester|holidays?|vacation|trip|break|weekend|party|match|shift|meeting|class|exams?)"
    r"(?:['’](?:m|re|s|ll|d|ve))?(?:\s+(?:am|is|are|was|were|will|be|have|has|had|need|must|to|going|should|gonna|both|all|just|probably)){0,4}"
    r"|\b(?:before|after|since|until|till|when|while|without|for|a|an|the|its|no|happy|sad|tragic|twist|surprise|shock(?:ing)?|good|great|bad"
    r"|open|big|alternat(?:iv)?e|year|week|month|high|low|dead|autumn|fall|falling|green|red|tea|golden))[\s-]*$",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(?:deals?|sales?|offers?|discounts?|bargains?|promo\w*|coupons?|vouchers?)\b", re.IGNORECASE
)
_HOUR = re.compile(r"\d|\b(?:midnight|noon)\b", re.IGNORECASE)
_AFTER = re.compile(r"^(?:['’]s|s['’])\s+(?:departures|(?:expiring|ending|departing)\b)", re.IGNORECASE)
_CHINESE_VERB = r"(?:下架|到期|截止|结束|下线|过期|失效|停售)"
_CHINESE_BEFORE = re.compile(rf"{_CHINESE_VERB}(?:时间|日期)?(?:在|于|是)?$")
_CHINESE_AFTER = re.compile(rf"^(?:就|要|将|会|内|快)*{_CHINESE_VERB}(?!之?前|以前|之?后|以后)")


def ending_of(text: str, found: Found) -> Span | None:
    """The span of ``found`` together with the words that say that something ends then; None where none do."""
    start, end = found.start, found.end
    before = text[max(0, start - 60) : start]
    verb = _VERB.search(before)
    if verb is not None and _is_of_things(text, found, verb, before):
        return start - len(before) + verb.start(), end
    if after := _AFTER.match(text[end:]) or _CHINESE_AFTER.match(text[end:]):
        return start, end + after.end()
    if chinese := _CHINESE_BEFORE.search(before):
        return start - len(before) + chinese.start(), end
    return None


def _is_of_things(text: str, found: Found, verb: re.Match[str], before: str) -> bool:
    if _ANOTHER.search(before[: verb.start()]):
        return False
    if verb["ended"]:  # a series that ended last year came out until then
        return bool(_OFFERED.search(text))
    # "A film that ends before ten" is to be over by then; a sale that does is off.
    over_by = verb["ends"] is not None and getattr(found.meaning, "clocked", True)
    return not over_by or bool(_OFFERED.search(text)) or not _HOUR.search(text[found.start : found.end])
