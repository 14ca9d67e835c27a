"""Which language a message is in: Chinese by script, English by its commonest words.

Kairos reads English and Chinese. Anything else is read as English, with a note, because
titles, brands and numbers survive that while a refusal would help nobody.
"""

from __future__ import annotations

import re

from agent.understand.utterance import Utterance

_CJK = re.compile(r"[\u3400-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[a-zA-ZÀ-ɏ]")
# Commonest words of the languages that a user is likeliest to try. What two share ("a",
# "no") stands in neither list.
_ENGLISH = frozenset(
    "the and is of to for with what that this it i you me my any some find show want like under not about"
    " in on at from by be can do have good best new more please tonight today something anything cheaper why"
    " who how which are was but or film films movie movies music news songs song one ones".split()
)
_OTHERS = frozenset(
    "el los las una para por con que quiero busco una película música noticias hoy noche algo barato sin muy"
    " le les des une pour avec je cherche veux film ce soir moins cher sur est qui dans pas du"
    " der die das und ich suche einen eine für mit heute abend nicht etwas ist ein zum auf möchte günstig"
    " il gli della per voglio cerco stasera qualcosa meno che di sono"
    " um uma procuro quero hoje noite filme mais não com"
    " een het ik zoek voor vanavond niet goedkoop van".split()
)


def detect_language(utterance: Utterance) -> tuple[str, bool]:
    """The code that ``Demand.language`` takes ("en" or "zh"), and whether that is only a makeshift.

    A message is Chinese when it has Chinese characters and they are not outnumbered
    three to one by other words ("有没有 Miles Davis 的爵士乐" is Chinese; "films by 王家卫" is not).
    """
    text = utterance.view
    letters = len(_LETTER.findall(text))
    if not letters:
        return "en", False
    chinese = len(_CJK.findall(text))
    if _KANA_OR_HANGUL.search(text) and len(_KANA_OR_HANGUL.findall(text)) * 2 >= chinese:
        return "en", True
    words = [token.word for token in utterance.tokens if not _CJK.match(token.word)]
    if chinese and chinese >= len(words):
        return "zh", False
    if len(_LATIN.findall(text)) * 2 < letters:
        return "en", True
    english = sum(word.split("'")[0] in _ENGLISH for word in words)
    foreign = sum(word in _OTHERS for word in words)
    return "en", foreign >= 2 and foreign > english
