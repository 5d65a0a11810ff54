"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.leases import Lease
from videocall.live.bus import Bus
from videocall.mail.service import Mailer
from videocall.meetings.members import Members
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.rates import Rates
from videocall.scheduling.dates import Dates
from videocall.scheduling.feed import Feed
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.invitations import Invitations
from videocall.scheduling.reminders import Reminders
from videocall.scheduling.repository import ScheduleRepository
from videocall.scheduling.series import Series
from videocall.scheduling.service import Scheduling
from videocall.scheduling.tables import Tables
from videocall.settings import Settings
from videocall.store.base import Store


class SchedulingParts(Struct):
    """What the rest of the application uses of this domain."""

    dependencies: Mapping[str, object]
    """What routes ask for, by name."""
    scheduling: Scheduling
    invitations: Invitations
    reminders: Reminders


def scheduling_parts(
    *,
    settings: Settings,
    clock: Clock,
    keys: Keys,
    meetings: Meetings,
    repository: MeetingRepository,
    dates: ScheduleRepository,
    series: Series,
    guest_list: GuestList,
    members: Members,
    mailer: Mailer,
    bus: Bus,
    rates: Rates,
    store: Store,
) -> SchedulingParts:
    """The whole domain over a store."""
    invitations = Invitations(
        settings=settings,
        clock=clock,
        guest_list=guest_list,
        members=members,
        repository=repository,
        dates=dates,
        mailer=mailer,
        rates=rates,
    )
    reminders = Reminders(
        settings=settings,
        clock=clock,
        repository=repository,
        series=series,
        guest_list=guest_list,
        members=members,
        mailer=mailer,
        lease=Lease(store, "reminders"),
    )
    scheduling = Scheduling(
        clock=clock,
        meetings=meetings,
        repository=repository,
        dates=dates,
        series=series,
        invitations=invitations,
        reminders=reminders,
        bus=bus,
    )
    feed = Feed(
        settings=settings,
        clock=clock,
        keys=keys,
        meetings=meetings,
        repository=repository,
        dates=dates,
        guest_list=guest_list,
        members=members,
        rates=rates,
    )
    return SchedulingParts(
        dependencies={
            "scheduling": scheduling,
            "invitations": invitations,
            "dates": Dates(clock=clock, meetings=meetings, repository=dates, series=series),
            "feed": feed,
            "tables": Tables(clock=clock, meetings=meetings, repository=dates),
        },
        scheduling=scheduling,
        invitations=invitations,
        reminders=reminders,
    )
