"""What the user does with a turn: precise cues where a word decides, the intent head elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from agent.understand.cues import Cues, load_cues
from schema import Intent

LONGEST_THANKS = 12
SHORT = 8
# A mood is small talk where the head is this sure; elsewhere it asks to be cheered up.
CLEARLY = 0.5


@dataclass(frozen=True)
class Situation:
    """What the intent depends on beside the words: what stands, and what this message brings.

    ``named_domain``: words name its domain; ``about_domain``: it probably has one.
    ``limited``: it names a price, a length, a number or an offer; ``timed``: a time;
    ``lifted``: it takes a condition back.
    ``bare_pointer``: the message is nothing but a pointer ("the second one"). ``told``: it is
    beyond doubt an opinion or a tale. ``mood``: the one that the speaker claims.
    """

    standing: bool = False
    shown: bool = False
    points: bool = False
    content: bool = False
    new_domain: bool = False
    named_domain: bool = False
    about_domain: bool = False
    limited: bool = False
    timed: bool = False
    lifted: bool = False
    bare_pointer: bool = False
    told: bool = False
    mood: str | None = None


@dataclass(frozen=True)
class IntentReader:
    """The cues of ``cues/intents.toml`` and the order in which they count."""

    cues: Cues

    @classmethod
    def load(cls) -> IntentReader:
        """Read the committed cues."""
        return cls(load_cues("intents"))

    def decide(self, view: str, situation: Situation, head: Mapping[str, float] | None) -> Intent:
        """The intent of a message; ``head`` holds the intent head's probabilities, None where it does not apply."""
        said = view.strip()
        if self._has("privacy", said):
            return "privacy"
        if self._has("reset", said) and not situation.named_domain:
            return "reset"
        found = self._social(said, situation)
        if found is None and situation.lifted and situation.limited and situation.standing:
            found = "refine"
        if found is None and situation.bare_pointer and situation.shown:
            found = None if self._has("compare", said) else "ask_fact" if "?" in said else "accept"
        if found is None and situation.told and not (situation.shown or self._has("request", said)):
            found = "chat"
        found = found or self._about_shown(said, situation)
        if found:
            return found
        if situation.standing and not situation.new_domain and self._refines(said, situation, head):
            return "refine"
        if situation.new_domain and self._goes_on(said):
            return "recommend"
        if situation.mood and not situation.content:
            told = head is not None and head["chat"] > CLEARLY and situation.mood != "bored"
            if situation.standing and self._has("cheers", said):
                return "refine"
            return "chat" if situation.standing or told else "recommend"
        if situation.limited and not situation.standing:
            return "recommend"
        if self._has("request", said) and (situation.content or situation.named_domain or not head):
            return "recommend"
        return _by_head(situation, head)

    def judges(self, view: str) -> bool:
        """Whether the message passes a verdict on something, whatever else it asks."""
        return any(self._has(name, view) for name in ("reject", "accept", "criticise"))

    def _has(self, name: str, view: str) -> bool:
        return bool(self.cues[name].search(view))

    def _social(self, view: str, situation: Situation) -> Intent | None:
        rest = self.cues["greet"].sub("", view).strip(" ,.!-")
        if self._has("small_talk", view) and not situation.named_domain:
            return "chat"
        goes_on = situation.named_domain or (situation.standing and situation.content)
        if self._has("takes_back", view) and not goes_on:
            return "chat"
        if not rest and view:
            return "chat"
        if not self._has("thank", view) or self._has("reject", view):
            return None
        unthanked = self.cues["thank"].sub(" ", rest).strip(" ,.!")
        asks = self._has("request", self.cues["praise"].sub(" ", view)) or self._goes_on(unthanked)
        words = len(re.findall(r"\w+", unthanked))
        return None if words > LONGEST_THANKS or (asks and (situation.content or words > 3)) else "thank"

    def _goes_on(self, view: str) -> bool:
        """Whether the message changes or continues the standing request by its words."""
        opening = self.cues["refine_opening"].match(view, self._filler_end(view))
        return bool(opening) or self._has("refine", view) or self._has("comparative", view)

    def _filler_end(self, view: str) -> int:
        at = len(view) - len(view.lstrip(" \"'([,.-"))
        while filler := self.cues["filler"].match(view, at):
            if self.cues["refine_opening"].match(view, at) and not self.cues["refine_opening"].match(
                view, filler.end()
            ):
                break
            at = filler.end()
        return at

    def _about_shown(self, view: str, situation: Situation) -> Intent | None:
        fresh = situation.named_domain and self._has("request", view) and not situation.points
        if self._has("explain", view):
            return "explain"
        if self._has("ask_kairos", view):
            return "ask_fact"
        if self._has("compare", view) and not fresh:
            return "compare"
        if self._has("ask_fact", view) and not fresh and (situation.shown or not situation.named_domain):
            return "ask_fact"
        if situation.points and self._has("question", view) and not fresh:
            return "ask_fact"
        if situation.points and self._has("had", view) and not self._has("liked", view):
            return "reject"
        if situation.standing and self.judges(view) and self._has("asks_on", view):
            return "refine"
        if fresh:
            return None
        if self._has("criticise", view) and (situation.shown or not situation.named_domain):
            return "criticise"
        if not (situation.shown or situation.standing) and self._has("request", view):
            return None
        rejects, accepts = self.cues["reject"].search(view), self.cues["accept"].search(view)
        if rejects and not (accepts and accepts.start() > rejects.start() and situation.points):
            return "reject"
        return "accept" if accepts else None

    def _refines(self, view: str, situation: Situation, head: Mapping[str, float] | None) -> bool:
        if situation.content and self._has("stands_alone", view) and not self._has("comparative", view):
            return False
        if self._goes_on(view) or situation.lifted or (situation.points and self._has("likens", view)):
            return True
        asks = self._has("request", view)
        if asks and situation.named_domain:
            return False
        vague = re.match(r"\W*(?:something|anything|some)\b", view) or (asks and self._has("pronoun", view))
        if situation.content and vague:
            # With conditions of its own it is a request that stands alone, not a change of the last one.
            return not (situation.timed and situation.limited)
        if situation.content and not asks and len(view.split()) <= SHORT:
            likely = not head or head.get("refine", 0.0) + head.get("recommend", 0.0) >= 0.2
            return likely or situation.limited
        return bool(head) and max(head or {}, key=lambda name: (head or {})[name]) == "refine"


def _by_head(situation: Situation, head: Mapping[str, float] | None) -> Intent:
    """The head's favourite, what cannot be in this situation held back."""
    if not head:
        return "recommend" if situation.content or situation.about_domain else "chat"
    weights = dict(head)
    if not situation.standing or situation.new_domain:
        weights["recommend"] += weights.pop("refine")
    if not situation.shown and not situation.points:
        for name in ("criticise", "explain", "compare", "accept", "reject", "ask_fact"):
            weights[name] *= 0.5
    for name in ("reset", "privacy"):
        weights[name] *= weights[name]  # what is lost by these is lost for good
    if situation.about_domain:
        weights["recommend"] *= 2.0 if situation.named_domain else 1.5
        if not situation.points:  # "a film" asks for one, whatever was shown before
            weights["ask_fact"] *= 0.2
    if situation.content:
        weights["recommend"] *= 2.0
    return cast("Intent", max(weights, key=lambda name: weights[name]))
