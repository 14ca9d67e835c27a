"""The types that every part of Kairos speaks. Imports nothing of ours.

All are frozen pydantic models: a part takes values in and gives new values back.
Times are zone-aware; windows are half-open ``[start, end)``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Domain = Literal["shopping", "news", "music", "video", "smart_home"]
Intent = Literal[
    "recommend",
    "refine",
    "criticise",
    "compare",
    "explain",
    "accept",
    "reject",
    "ask_fact",
    "thank",
    "chat",
    "reset",
    "privacy",
]
InterestKind = Literal["topic", "genre", "entity", "brand", "attribute", "item"]
TimeRole = Literal["use", "publication", "offer", "end", "trend"]
Verdict = Literal["like", "dislike"]
AttributeValue = str | int | float | bool | tuple[str, ...]

Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Span = tuple[int, int]


class Frozen(BaseModel):
    """Base of all types: immutable, and an unknown field is an error, not a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class Item(Frozen):
    """One thing that can be recommended, of any domain.

    ``valid_from`` and ``valid_until`` bound when it may be recommended at all (a sale,
    a season, an event); None leaves that side open. With ``recurrence``, an RFC 5545
    RRULE (RFC 7529's ``RSCALE=CHINESE`` included), the two bound the first window and
    the rule repeats it. ``published_at`` is when it came out; ``added_at`` when this
    catalogue learned of it. ``price`` is in ``currency`` (ISO 4217).
    """

    id: Identifier
    domain: Domain
    title: Line
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)] = ""
    categories: tuple[Line, ...] = ()
    attributes: Mapping[str, AttributeValue] = Field(default_factory=dict)
    creators: tuple[Line, ...] = ()
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en"
    price: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    duration_minutes: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    url: str | None = Field(default=None, max_length=2000)
    image: str | None = Field(default=None, max_length=2000)
    published_at: AwareDatetime | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    recurrence: Annotated[str, StringConstraints(max_length=1000)] | None = None
    added_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _windows_make_sense(self) -> "Item":
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError(
                f"valid_until ({self.valid_until.isoformat()}) must be after "
                f"valid_from ({self.valid_from.isoformat()})"
            )
        if self.recurrence and not (self.valid_from and self.valid_until):
            raise ValueError("recurrence needs valid_from and valid_until: the window that it repeats")
        if self.price is not None and self.currency is None:
            raise ValueError("price needs currency, an ISO 4217 code such as USD")
        return self

    @property
    def published_window(self) -> tuple[datetime, datetime] | None:
        """When it came out, as precisely as is known: an instant, a year, or None.

        The window is half-open; an instant has its start alone within. A year is
        ``attributes["year"]``, taken in UTC.
        """
        if self.published_at is not None:
            return self.published_at, self.published_at + timedelta(microseconds=1)
        year = self.attributes.get("year")
        if isinstance(year, int) and 1 <= year < 9999:
            return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        return None

    @property
    def passage(self) -> str:
        """The text that models read: title, makers, categories, then the description."""
        makers = f" by {', '.join(self.creators[:4])}" if self.creators else ""
        kinds = f" ({', '.join(self.categories[:6])})" if self.categories else ""
        return f"{self.title}{makers}{kinds}. {self.text}".strip()


class Interest(Frozen):
    """Something that the user wants (polarity > 0) or does not want (polarity < 0).

    ``hard`` marks a demand ("no horror") against a wish ("preferably short"); ``known``, that
    what is like it is wanted and not it ("like Heat", "I loved Heat");
    ``span`` is the half-open character range in ``Demand.text``, None when carried over
    from an earlier turn.
    """

    text: Line
    kind: InterestKind = "topic"
    polarity: float = Field(default=1.0, ge=-1, le=1)
    weight: float = Field(default=1.0, ge=0, le=1)
    hard: bool = False
    known: bool = False
    span: Span | None = None


class TimeDemand(Frozen):
    """A window of time that the user means, and what it is about.

    ``role``: when the thing is to be used, when it was published or made, when its offer
    holds, when it or its offer ends ("leaving before Friday"), or when it draws attention
    ("what is everybody watching right now"). ``start`` or ``end`` None leaves that side
    open. ``recency`` says how much newer is better, 0 (not at all) to 1 (breaking).
    """

    phrase: str
    role: TimeRole
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    recency: float = Field(default=0.0, ge=0, le=1)
    span: Span | None = None


class Sentiment(Frozen):
    """How the user feels: ``score`` −1..1, its label, and a mood word where one was heard."""

    label: Literal["negative", "neutral", "positive"] = "neutral"
    score: float = Field(default=0.0, ge=-1, le=1)
    mood: str | None = None


class Limits(Frozen):
    """Conditions that an item meets or is not recommended. None or empty: no such condition.

    An item whose field is unknown fails a condition on that field. ``exclude_ids`` were refused,
    ``shown_ids`` were shown already where others are asked for.
    """

    max_price: float | None = Field(default=None, ge=0)
    min_price: float | None = Field(default=None, ge=0)
    currency: str | None = None
    max_minutes: float | None = Field(default=None, gt=0)
    min_minutes: float | None = Field(default=None, gt=0)
    languages: tuple[str, ...] = ()
    on_offer: bool = False
    exclude_ids: tuple[str, ...] = ()
    shown_ids: tuple[str, ...] = ()


class Reference(Frozen):
    """A pointer into what was shown ("the second one"), resolved to an item where possible."""

    text: str
    item_id: str | None = None
    span: Span | None = None


class Demand(Frozen):
    """What a request asks for, together with what still stands from the conversation.

    ``query`` is the standing wish in words, for dense and lexical search; for a follow-up
    ("cheaper") it holds the earlier wish too. ``parsed_by`` names the parser, and ``notes``
    say, for the user to read, what it could not do.
    """

    text: str
    language: str = "en"
    intent: Intent = "recommend"
    domains: tuple[Domain, ...] = ()
    query: str = ""
    interests: tuple[Interest, ...] = ()
    sentiment: Sentiment = Sentiment()
    times: tuple[TimeDemand, ...] = ()
    limits: Limits = Limits()
    references: tuple[Reference, ...] = ()
    count: int | None = Field(default=None, ge=1, le=50)
    parsed_by: str = "local"
    notes: tuple[str, ...] = ()


class Turn(Frozen):
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    text: str
    at: AwareDatetime


class Conversation(Frozen):
    """What a conversation holds before the turn that is being understood.

    ``demand`` is the standing one, ``earlier`` those that were answered before, oldest first;
    ``shown`` are the items of the latest answer that had any, in their order, ``seen`` the ids of all
    that were shown; ``liked`` and ``disliked`` hold ids of this session.
    """

    session: str
    turns: tuple[Turn, ...] = ()
    demand: Demand | None = None
    earlier: tuple[Demand, ...] = ()
    shown: tuple[Item, ...] = ()
    seen: tuple[str, ...] = ()
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()


class Candidate(Frozen):
    """An item that retrieval found: cosine ``dense``, BM25 ``lexical`` (0 where not found so),
    and its ``rank`` (from 1) after both were joined."""

    item: Item
    dense: float = 0.0
    lexical: float = 0.0
    rank: int = Field(ge=1)


class Signals(Frozen):
    """What speaks for an item now, each 0..1 (taste −1..1).

    relevance: the classifier's probability; match: the wishes that its fields bear out; freshness: how new; trend: how much above its
    usual attention; urgency: how soon its offer ends; taste: the user's past verdicts; affinity: how
    much those who turned to what the user names or liked turned to it too;
    popularity: long-run attention; season: inside its recurring window.
    """

    relevance: float = Field(default=0.0, ge=0, le=1)
    match: float = Field(default=0.0, ge=0, le=1)
    freshness: float = Field(default=0.0, ge=0, le=1)
    trend: float = Field(default=0.0, ge=0, le=1)
    urgency: float = Field(default=0.0, ge=0, le=1)
    taste: float = Field(default=0.0, ge=-1, le=1)
    affinity: float = Field(default=0.0, ge=0, le=1)
    popularity: float = Field(default=0.0, ge=0, le=1)
    season: float = Field(default=0.0, ge=0, le=1)


class Evidence(Frozen):
    """A fact that backs a reason: a field of the item, a part of the demand, or a signal."""

    kind: Literal["item", "demand", "signal"]
    name: str
    value: str


class ScoredItem(Frozen):
    """An item with its score; ``contributions`` (by signal) add up to it, and ``evidence``
    is what the signals can say for themselves."""

    item: Item
    score: float
    signals: Signals
    contributions: Mapping[str, float]
    evidence: tuple[Evidence, ...] = ()


class Reason(Frozen):
    """Why an item is recommended, in words, and the facts that make it true."""

    text: str
    evidence: tuple[Evidence, ...] = Field(min_length=1)


class Recommendation(Frozen):
    """One recommended item with one to three reasons."""

    item: Item
    score: float
    signals: Signals
    contributions: Mapping[str, float]
    reasons: tuple[Reason, ...]


class Degradation(Frozen):
    """A part that failed in this turn and what the answer had to do without."""

    part: str
    message: str


class Reply(Frozen):
    """The answer to one turn. ``timings`` are milliseconds by stage; ``question`` is set
    when Kairos asks back instead of recommending."""

    session: str
    now: AwareDatetime
    text: str
    recommendations: tuple[Recommendation, ...] = ()
    demand: Demand | None = None
    question: str | None = None
    degraded: tuple[Degradation, ...] = ()
    timings: Mapping[str, float] = Field(default_factory=dict)


class Step(Frozen):
    """A stage of the turn that has begun, for a live view ("Searching 640 items")."""

    stage: str
    message: str


class TextDelta(Frozen):
    """The next piece of the answer's text."""

    text: str


class Event(Frozen):
    """Something that happened to an item: view, click, like, dislike, purchase, mention.

    A mention is a feed's: ``user`` is the address of the feed that carries the item.
    """

    item_id: Identifier
    kind: Literal["view", "click", "like", "dislike", "purchase", "mention"]
    user: Identifier
    at: AwareDatetime
    weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)


class Feedback(Frozen):
    """A user's verdict on an item."""

    session: Identifier
    item_id: Identifier
    verdict: Verdict
    at: AwareDatetime


class SessionSummary(Frozen):
    """One line of the list of conversations: its first words and when it last moved."""

    session: str
    title: str
    updated_at: datetime
    turns: int
