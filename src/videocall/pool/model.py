"""What is kept of the servers of the pool."""

import re
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

State = Literal["unknown", "up", "down"]
Level = Literal["address", "web", "config", "framing", "xmpp", "conference"]
"""How far a probe came, in the order in which it looks."""
Carrier = Literal["direct", "jitsi"]
MoveReason = Literal["outgrown", "start", "reports", "down", "returned", "admin", "removed"]
"""Why media moved: more people than fit; the server chosen long ago was away at the start; people inside could not go
on; the server was seen to be down; a server is back; an administrator wanted it; somebody was removed who knew the
room there and its password."""
Refusal = Literal["login", "lobby", "password", "embedding"]
"""How a server that answers keeps people out by itself: it wants a login, lets them wait in a lobby or asks for a
password of its own, or does not let other sites show its meetings."""
EventKind = Literal["up", "down", "reported"]

_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"^(?=.{{1,253}}$){_NAME}(?:\.{_NAME})*(?::[1-9][0-9]{{0,4}})?$")
COUNTRY = re.compile(r"^[A-Z]{2}$")

Domain = Annotated[str, Meta(max_length=300)]
Operator = Annotated[str, Meta(max_length=120)]
Country = Annotated[str, Meta(max_length=2)]
Region = Annotated[str, Meta(max_length=40)]
ServerNotes = Annotated[str, Meta(max_length=2000)]
Weight = Annotated[int, Meta(ge=1, le=1000)]
MostMeetings = Annotated[int, Meta(ge=1, le=100_000)]


# --- kept in the store ------------------------------------------------------------------------------------------------


class Health(Struct, kw_only=True):
    """What is known of a server's health. `passes` and `failures` are probes in a row, `reason` is the last failure's.

    `refusal` is how it kept the last probe out by itself. `falls` are the times of the last falls: a server that flaps
    is kept out for longer each time. `kept_out_until` is also set by a failure that people met inside and a probe saw,
    too. What only people saw are `doubts`: others are chosen first until `doubted_until`. `latency_ms` is a moving
    mean.
    """

    state: State = "unknown"
    since: datetime | None = None
    checked_at: datetime | None = None
    due_at: datetime | None = None
    asked_at: datetime | None = None
    passes: int = 0
    failures: int = 0
    reason: str = ""
    refusal: Refusal | None = None
    latency_ms: float | None = None
    falls: list[datetime] = []
    reports: list[datetime] = []
    kept_out_until: datetime | None = None
    doubts: list[datetime] = []
    doubted_until: datetime | None = None


class PoolServer(Struct, kw_only=True):
    """One Jitsi server: its domain with the port, who operates it, and where.

    It takes new meetings while it is `enabled` and not `draining`; a draining one keeps those that it has. `weight` is
    its share beside the others, `most_meetings` what its operator agreed to.
    """

    domain: str = msgspec.field(name="_id")
    operator: str
    country: str
    added_at: datetime
    region: str = ""
    weight: int = 10
    most_meetings: int = 20
    enabled: bool = True
    draining: bool = False
    notes: str = ""
    version: int = 0
    health: Health = msgspec.field(default_factory=Health)

    @property
    def serves(self) -> bool:
        """Whether meetings that are on it can stay there, as far as we know."""
        return self.enabled and self.health.state != "down"


class PoolHour(Struct, kw_only=True):
    """The probes of one server in one hour, added up: a month of them stays small."""

    id: str = msgspec.field(name="_id")
    server: str
    hour: datetime
    passes: int = 0
    failures: int = 0
    measured: int = 0
    latency_sum_ms: float = 0
    latency_most_ms: float = 0
    reason: str = ""


class PoolEvent(Struct, kw_only=True):
    """A server came up, went down, or failed a meeting that was on it."""

    id: str = msgspec.field(name="_id")
    server: str
    at: datetime
    kind: EventKind
    reason: str = ""


# --- taken and said by the API ----------------------------------------------------------------------------------------

SortServers = Literal["domain", "-meetings", "-people", "latency_ms", "-weight", "state"]


class NewServer(Struct, forbid_unknown_fields=True):
    """Body of POST /api/admin/servers. `country` is the code of two letters; `most_meetings` what was agreed on."""

    domain: Domain
    operator: Operator
    country: Country
    region: Region = ""
    weight: Weight = 10
    most_meetings: MostMeetings = 20
    notes: ServerNotes = ""


class ServerChange(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Body of PATCH /api/admin/servers/{domain}; what is left out stays."""

    operator: Operator | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    region: Region | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    most_meetings: MostMeetings | UnsetType = UNSET
    notes: ServerNotes | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    draining: bool | UnsetType = UNSET


class Allowance(Struct, frozen=True):
    """What a server lets us do, as far as a probe came: None is not known."""

    embedding: bool | None = None
    login_needed: bool | None = None
    iframe_api: bool | None = None
    conference: Literal["ready", "login needed", "not offered"] | None = None
    features: tuple[str, ...] = ()


class HourView(Struct):
    """Probes of one hour: how many passed and failed, and the mean and the longest time of an answer."""

    hour: datetime
    passes: int
    failures: int
    latency_ms: float | None
    latency_most_ms: float | None
    reason: str


class ServerLine(Struct):
    """A server as administrators see it, with what is on it now.

    `takes_meetings` says whether it would be given one more; `kept_out_until` why not, where it flaps or failed inside.
    Until `doubted_until` others are chosen first, since people could not go on there.
    """

    domain: str
    operator: str
    country: str
    region: str
    weight: int
    most_meetings: int
    notes: str
    enabled: bool
    draining: bool
    added_at: datetime
    state: State
    since: datetime | None
    checked_at: datetime | None
    reason: str
    latency_ms: float | None
    kept_out_until: datetime | None
    doubted_until: datetime | None
    takes_meetings: bool
    meetings: int
    people: int


class AdminServerView(ServerLine):
    """The same with the last day's probes."""

    hours: list[HourView]


class ServerPage(Struct):
    """Some of the servers."""

    items: list[AdminServerView]
    next_cursor: str | None


class CheckBody(Struct, forbid_unknown_fields=True):
    """Body of POST /api/admin/servers/check."""

    domain: Domain


class CheckView(Struct):
    """What was found at a server, in the pool or not: whether it can carry meetings, why not, and what it allows."""

    domain: str
    ok: bool
    level: Level
    reason: str
    latency_ms: float | None
    allows: Allowance


class EventView(Struct):
    """Something that happened to a server."""

    at: datetime
    kind: EventKind
    reason: str


class ServerHistory(Struct):
    """The last 30 days of a server: every hour with a probe, and the latest events first."""

    hours: list[HourView]
    events: list[EventView]


class Move(Struct, kw_only=True):
    """The media of a meeting went over to the epoch.

    `origin` and `to` are domains of servers, `direct`, or None for no server at all, when everybody waits for one.
    `refusal` says how the server at `origin` kept people out, where that is why.
    """

    at: datetime
    epoch: int
    origin: str | None = msgspec.field(name="from")
    to: str | None
    reason: MoveReason
    refusal: Refusal | None = None


# --- between the parts ------------------------------------------------------------------------------------------------


class Load(Struct, frozen=True):
    """What is on a server now, as we count it."""

    meetings: int = 0
    people: int = 0


class Finding(Struct, frozen=True):
    """What a probe found. `level` is how far it came; when not `ok`, `reason` is a sentence about what stopped it.

    `permanent`: not a failure of the moment, but what the server does not allow. `latency_ms` is what a small request
    takes on an open connection.
    """

    ok: bool
    level: Level
    reason: str = ""
    latency_ms: float | None = None
    permanent: bool = False
    allows: Allowance = Allowance()
