"""Which parts of a message speak for a thing and which against: negation with its scope, must and may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schema import Span

# Said with a negative word, meant otherwise: nothing after them is refused.
_HARMLESS = re.compile(
    r"\b(?:not (?:only|just|necessarily|sure|bad|yet|really sure|to mention|much of)|no (?:matter|problem|idea|one|need|worries|doubt|longer than"
    r"|more than|less than|later than|earlier than|rush|preference)|nothing (?:else|specific|in particular|against)|why not|if not|or not|whether or not|can't (?:wait|decide|think"
    r"|sleep|find|remember|afford)|cannot (?:wait|decide|sleep)|(?:don't|do not) (?:know|mind|care(?! for)|have (?:to|much|any|a lot)|worry|forget|you|we|they|remember)|doesn't (?:matter"
    r"|have to)|wouldn't mind|(?:haven't|hasn't|have not|never|not) (?:seen|heard|watched|read|tried|listened|been)|couldn't agree|not (?:until|before|after|later|earlier|more than|less than|over|under))\b"
    r"|不错|不管|不知道|不介意|没关系|没看过|没听过|不超过|不到|要不|好不好|是不是|能不能|可不可以|有没有|还不错|不仅|不只|不用(?!太)|不会吧"
)
# An answer to what was said before ("no, something darker"), not the refusal of what follows.
_ANSWER = re.compile(
    r"^\s*(?:no|nope|nah)\s*(?:,|\.|!|;|:|-|\bthanks?\b|\bthank you\b)+|^\s*(?:不|不是|不要了)[，,。！]"
)

_HATE = (
    r"(?:hate|hates|dislike|dislikes|detest|loathe|despise|(?:can't|cannot|can not) (?:stand|bear)|(?:tired|sick|bored|weary) (?:of|with)|fed up with"
    r"|(?:had|seen|heard) enough(?: of)?|(?:not|n't|never)(?: really| much| exactly| been)?(?: a| much of a| a big| a huge| such a)? (?:fan of|into|in the mood for|interested in|keen on|fond of)|allergic to"
    r"|(?:don't|do not|doesn't|does not|didn't|won't|wouldn't|would not)(?: really| particularly| even| ever)? (?:want|like|need|care for|enjoy|feel like|fancy|show|give|recommend|include|suggest|play|listen to|watch|love)(?: me| us| to (?:watch|see|hear|read|buy|listen to))?(?: any(?: more)?| another)?)"
)
_REFUSE = (
    r"(?:no(?: more)?|without(?: any)?|avoid(?:ing)?|except(?:ing| for)?|excluding|exclude|leave out|(?:anything|everything|all|whatever) (?:but|except)|other than|apart from"
    r"|besides|instead of|rather than|as opposed to|skip(?: the)?|nor|neither|nothing|none of|zero|free of|minus|enough with the|stop with the"
    r"|(?:not|n't|never|isn't|aren't|wasn't|don't be|ain't)(?: any(?:thing)?| another| be| contain| have| include| involve)?)"
)
_MILD = (
    r"(?:(?:not|n't|isn't|aren't|nothing|nor)(?: be| anything| something)? (?:too|so|very|overly|that|super|quite|as|particularly|all that|terribly)(?: much)?|less(?! than)|(?:not|without) too much"
    r"|(?:i'd |i would |we'd )?rather not|preferably (?:not|no)|ideally (?:not|no)|avoid if possible|too)"
)
_CUE = re.compile(
    rf"(?<![\w'])(?:(?P<mild>{_MILD})|(?P<hate>{_HATE})|(?P<refuse>{_REFUSE}))(?![\w'])"
    r"|(?P<zh_mild>不要太|别太|不太|不用太|不那么|少一点|没那么)|(?P<zh>(?:除了)|不想(?:看|听|要|买)?|不喜欢|不爱|讨厌|受不了|看腻了?|听腻了?|腻了|不要(?:看|听|有)?|别(?:给我|推荐|放)?|没有|无(?=血|暴|字|广)|不含|不带|不是)"
)
_CLAUSE_END = re.compile(
    r"[.;:!?\n。；！？()]|,|，|、|\b(?:but|just|though|although|however|instead|please|because|since|so(?= )|while|something|anything|i|i'm|i'd|i've|i'll|we|we're|with|which|that's|it's|only|preferably|ideally|maybe|also|then|for|under|over|if|to watch|to listen|to read)\b"
    r"|\band (?=(?:a|an|some|i|we|something|anything|preferably|maybe|make|it|with|for|under|also|ideally|please|then|must|not|no|nothing|definitely)\b)|但|而是|最好|想|要(?!素)|以外|之外"
)
_GOES_ON = re.compile(
    r"[,，]\s*(?:(?:or|nor|and) )?(?:[\w'&-]+\s?){1,3}(?=[,，]|\s*\b(?:or|nor)\b)|[,，]\s*(?:or|nor) |、"
)
_NEW_CLAUSE = re.compile(
    r"[,，]\s*(?:something|anything|i|i'm|just|preferably|maybe|please|ideally|but|under|not|no|nothing|with|for|more|a|an|some|and (?:under|preferably|with))\b"
)

_HARD = re.compile(
    r"\b(?:must(?: have| be| work| support)?|(?:has|have|needs?|got) to (?:be|have|work|support|include|run|fit)|(?:absolutely|definitely|strictly) (?!not)|only(?! for)|essential|required?|make sure|as long as"
    r"|works? with|working with|compatible with|supports?|certified|it should(?: be| have)?|needs? to)\b|必须|一定要|只要|只看|只听|支持|兼容"
)
_SOFT = re.compile(
    r"\b(?:preferably|ideally|if possible|would be (?:nice|good|great|lovely)|nice to have|maybe|perhaps|a (?:plus|bonus)|bonus (?:if|points)|i'd prefer|i prefer|we prefer|possibly|a (?:bit|little)|kind of|sort of)\b|最好|尽量|可能的话|稍微|一点"
)
_BREAK = re.compile(r"[.;:!?\n。；！？，,]|\bbut\b|但")


@dataclass(frozen=True)
class Scope:
    """A stretch ``span`` that is spoken against, by the words at ``cue``."""

    cue: Span
    span: Span
    polarity: float
    hard: bool

    def holds(self, place: Span) -> bool:
        """Whether the words at ``place`` begin inside the stretch."""
        return self.span[0] <= place[0] < self.span[1]


def find_scopes(view: str) -> list[Scope]:
    """The stretches of ``view`` that are spoken against, left to right."""
    return list(_scopes(view))


def _scopes(view: str) -> Iterator[Scope]:
    harmless = [found.span() for found in _HARMLESS.finditer(view)]
    answer = _ANSWER.match(view)
    at = answer.end() if answer else 0
    while found := _CUE.search(view, at):
        at = found.end()
        if any(start <= found.start() < end for start, end in harmless):
            at = next(end for start, end in harmless if start <= found.start() < end)
            continue
        end = _scope_end(view, found.end())
        mild = bool(found["mild"] or found["zh_mild"])
        if found.group() == "除了" and (outside := re.search(r"以外|之外|都", view[found.end() :])):
            end = found.end() + outside.start()
        if view[found.end() : end].strip(" ,"):
            yield Scope(found.span(), (found.end(), end), -0.5 if mild else -1.0, not mild)
            at = max(found.end(), end) if not mild else found.end()


def _scope_end(view: str, start: int) -> int:
    at = start
    leading = re.compile(r"\s*(?:for|with|to watch|to|that|it|be)\s+").match(view, start)
    if leading:
        at = leading.end()
    while end := _CLAUSE_END.search(view, at):
        if (
            end.group() in ",，、"
            and _GOES_ON.match(view, end.start())
            and not _NEW_CLAUSE.match(view, end.start())
        ):
            at = end.end()
            continue
        return end.start()
    return len(view)


def strength(view: str, place: Span) -> tuple[bool, float]:
    """(hard, weight) of a wish at ``place``, from the words of its clause before it."""
    breaks = [found.end() for found in _BREAK.finditer(view, 0, place[0])]
    end = _BREAK.search(view, place[1])
    before = view[breaks[-1] if breaks else 0 : place[0]]
    after = view[place[1] : end.start() if end else len(view)]
    if _SOFT.search(before) or re.search(
        r"\b(?:would be (?:nice|good|great|lovely)|if possible|a (?:plus|bonus)|preferred)\b|最好", after
    ):
        return False, 0.6
    hard = _HARD.search(before)
    return bool(hard) and len(before) - (hard.end() if hard else 0) <= 25, 1.0
