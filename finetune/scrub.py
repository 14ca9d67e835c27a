"""Takes personal data out of request texts before anything is learnt from them.

Phone numbers are found by libphonenumber (the ``phonenumbers`` package, in its light build),
the rest by patterns:

================  ============================================================================
e-mail            ``name@host.tld``
card number       13 to 19 digits, in groups or not, whose Luhn checksum (ISO/IEC 7812-1) holds
account number    an IBAN (ISO 13616) whose checksum holds
social security   US ``123-45-6789``
phone number      besides, a local one such as ``555-1234``
street address    a house number and a name that ends in a word for a street ("12 Baker Street"),
                  or, in German, French, Spanish and Italian, one that contains or begins with it
link              ``http(s)://`` and ``www.`` addresses, which may carry tokens
handle            ``@name``
================  ============================================================================

Names of people are left: a request names actors and authors, and no pattern tells them apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from errors import SettingsError

_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@\w{2,}")
_CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
_SOCIAL = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
_LOCAL_PHONE = re.compile(r"(?<![\d-])\d{3}-\d{4}(?![\d-])")
_KIND = "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|terrace|highway|hwy|parkway|pkwy|crescent"
# "3 films about a road" is no address.
_NAME = r"(?!(?:a|an|the|of|for|on|in|to|with|about|from|at|and|or|by|my|than) )[A-Za-z'’.-]+"
_STREETS = (
    re.compile(rf"\b\d{{1,5}}[a-z]?,? (?:{_NAME} ){{1,4}}(?:{_KIND})\b\.?", re.IGNORECASE),
    re.compile(
        r"\b[\wäöüß.-]*(?:straße|strasse|str\.|weg|platz|gasse|allee) \d{1,4}(?: ?[a-z])?\b", re.IGNORECASE
    ),
    re.compile(
        r"\b\d{1,4},? (?:bis |ter )?(?:rue|avenue|boulevard|chemin|impasse|place)"
        r"(?: (?:de|du|des|la|le|les))*(?: [\w'’-]+){1,2}",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:calle|avenida|via|viale|piazza|corso) (?:[\w'’.-]+ ){1,4}\d{1,4}\b", re.IGNORECASE),
)


def scrub(text: str, country: str, found: Counter[str] | None = None) -> str:
    """``text`` with personal data replaced by words such as ``<email>``.

    Args:
        text: what somebody wrote.
        country: ISO 3166 code of the country whose phone numbers come without a prefix.
        found: counts by kind are added here.

    Raises:
        SettingsError: the package that finds phone numbers is not installed.
    """
    counts = Counter[str]() if found is None else found
    text = _replaced(text, _EMAIL, "email", counts)
    text = _replaced(text, _LINK, "link", counts)
    text = _replaced(text, _IBAN, "account", counts, _is_iban)
    text = _replaced(text, _CARD, "card", counts, _is_card)
    text = _replaced(text, _SOCIAL, "social-security", counts)
    text = _without_phones(text, country, counts)
    for pattern in _STREETS:
        text = _replaced(text, pattern, "address", counts)
    return _replaced(text, _HANDLE, "handle", counts)


def _replaced(
    text: str,
    pattern: re.Pattern[str],
    kind: str,
    counts: Counter[str],
    valid: Callable[[str], bool] = lambda match: True,
) -> str:
    def word(match: re.Match[str]) -> str:
        if not valid(match.group()):
            return match.group()
        counts[kind] += 1
        return f"<{kind}>"

    return pattern.sub(word, text)


def _without_phones(text: str, country: str, counts: Counter[str]) -> str:
    try:
        from phonenumbers import Leniency, PhoneNumberMatcher
    except ImportError as error:
        raise SettingsError(
            "personal data cannot be taken out: run 'pip install kairos-recommender[train]' (phonenumberslite)"
        ) from error
    matches = list(PhoneNumberMatcher(text, country, leniency=Leniency.POSSIBLE))
    for match in reversed(matches):
        digits = sum(each.isdigit() for each in match.raw_string)
        # Shorter ones are years, prices, model numbers; a possible number is taken for one rather than kept.
        if digits < 8 and not match.raw_string.startswith("+"):
            continue
        counts["phone"] += 1
        text = f"{text[: match.start]}<phone>{text[match.end :]}"
    return _replaced(text, _LOCAL_PHONE, "phone", counts)


def _is_card(text: str) -> bool:
    digits = [int(each) for each in text if each.isdigit()][::-1]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    plain = "".join(text.split()).upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1
