"""Personal data is taken out of requests, and what only looks like it is left."""

from __future__ import annotations

from collections import Counter

import pytest

from finetune.scrub import scrub


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        ("mail it to john.doe+x@example.co.uk please", "email", "doe"),
        ("call me on +30 210 1234567", "phone", "1234567"),
        ("or (212) 555-0199", "phone", "0199"),
        ("ring 555-1234 tomorrow", "phone", "1234"),
        ("my card 4111 1111 1111 1111 expires", "card", "4111"),
        ("4111111111111111", "card", "4111"),
        ("pay from DE89 3704 0044 0532 0130 00", "account", "3704"),
        ("ssn 078-05-1120", "social-security", "1120"),
        ("to 221b Baker Street, London", "address", "Baker"),
        ("i live at 5 elm st", "address", "elm"),
        ("Musterstraße 12 in Berlin", "address", "12"),
        ("12 rue de la Paix, Paris", "address", "Paix"),
        ("calle de Alcalá 48", "address", "Alcal"),
        ("see https://example.org/?token=abc", "link", "abc"),
        ("ask @maria_k", "handle", "maria"),
    ],
)
def test_personal_data_is_replaced(text: str, kind: str, secret: str) -> None:
    found = Counter[str]()
    scrubbed = scrub(text, "US", found)
    assert f"<{kind}>" in scrubbed
    assert secret not in scrubbed
    assert found[kind] == 1


@pytest.mark.parametrize(
    "text",
    [
        "a film from 1990 to 1999 under 100 minutes",
        "Sony WH-1000XM5 under $300",
        "12 angry men",
        "tonight at 20:00 on 2026-11-27",
        "iPhone 15 Pro Max 256 GB",
        "3 films about a road",
        "10 cheap things to do on the way home",
        "an order number 1234567890123456",
        "resolution 3840 x 2160",
        "",
        "适合今晚看的电影",
    ],
)
def test_plain_requests_stay_as_they_are(text: str) -> None:
    assert scrub(text, "US") == text


def test_local_phone_numbers_are_those_of_the_country() -> None:
    assert scrub("ring 020 7946 0958", "GB") == "ring <phone>"
