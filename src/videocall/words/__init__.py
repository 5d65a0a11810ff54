"""What the server itself writes to people, in their language: mails, push messages, names that it puts in.

The texts lie beside this file, one file a language, by the key under which code and templates ask for them. One that
counts something has a form for each kind of number that its language knows (CLDR's plural rules). Dates, times and
lists are written by Babel. Pages have their own texts (web/messages).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list

DEFAULT = "en"
LANGUAGES = frozenset({DEFAULT, "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ar", "hi", "ja", "zh"})
"""What pages and texts are written in (web/project.inlang/settings.json; tests compare them)."""
DELETED_USER, DELETED_GUEST = "Deleted user", "Deleted guest"
"""Names that are kept in place of those that were erased. Whoever shows one says it in the reader's language."""

Text = str | dict[str, str]
_ERASED = {DELETED_USER: "deleted_user", DELETED_GUEST: "deleted_guest"}
_FORMATS = {"en": "en_GB"}
"""English dates in the order of most of the world, as pages write them where a browser does not say."""


class Words:
    """The words of one language; any tag will do (BCP 47), and English is spoken where we have no other."""

    def __init__(self, tag: str) -> None:
        primary = tag.partition("-")[0].lower()
        self.language = primary if primary in LANGUAGES else DEFAULT
        self._texts = texts(self.language)
        self._locale = Locale.parse(_FORMATS.get(self.language, self.language))
        self.direction = self._locale.text_direction

    def say(self, key: str, count: int | None = None, **values: object) -> str:
        """A text with its gaps filled; `count` chooses the form of one that counts something."""
        text = self._texts[key]
        if isinstance(text, dict):
            text = text[self._locale.plural_form(count or 0)]
        return text.format(count=count, **{name: self.apart(value) for name, value in values.items()})

    def apart(self, value: object) -> object:
        """What stands in a text from right to left, so that it pulls nothing beside it along (isolates, UAX 9).

        Not what is put together of such already: it is in our own words.
        """
        ours = self.direction == "ltr" or "\u2068" in str(value)
        return value if ours else f"\u2068{value}\u2069"

    def name(self, name: str) -> str:
        """Somebody's name, or the word for one that was erased."""
        return self.say(_ERASED[name]) if name in _ERASED else name

    def day(self, day: date) -> str:
        """For example “1 July 2027”."""
        return format_date(day, "long", locale=self._locale)

    def weekday(self, number: int) -> str:
        """The name of a day of the week, 0 for Monday."""
        name: str = self._locale.days["format"]["wide"][number]
        return name

    def all_of(self, names: Iterable[str]) -> str:
        """For example “Monday, Tuesday and Friday”."""
        return format_list(list(names), locale=self._locale)

    def span(self, starts_at: datetime, minutes: int, zone: str) -> str:
        """For example “Monday, 22 June 2026, 14:00 to 15:00 (Europe/Berlin, UTC+02:00)”."""
        begin = starts_at.astimezone(ZoneInfo(zone))
        end = (starts_at + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
        offset = f"{begin:%z}"
        return self.say(
            "span" if begin.date() == end.date() else "span_days",
            day=format_date(begin, "full", locale=self._locale),
            begin=format_time(begin.time(), "short", locale=self._locale),
            last_day=format_date(end, "full", locale=self._locale),
            end=format_time(end.time(), "short", locale=self._locale),
            zone="(UTC)" if zone == "UTC" else f"({zone}, UTC{offset[:3]}:{offset[3:5]})",
        )

    def soon(self, starts_at: datetime, now: datetime) -> str:
        """How soon something begins, seen from now: “in 10 minutes”."""
        minutes = round((starts_at - now).total_seconds() / 60)
        left = timedelta(minutes=minutes) or starts_at - now
        return format_timedelta(left, threshold=1, add_direction=True, locale=self._locale)


@cache
def texts(language: str) -> dict[str, Text]:
    """Every text of one of `LANGUAGES`, by its key."""
    return msgspec.json.decode((files(__name__) / f"{language}.json").read_bytes(), type=dict[str, Text])
