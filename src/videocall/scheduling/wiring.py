"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.live.bus import Bus
from videocall.meetings.members import Members
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.rates import Rates
from videocall.scheduling.dates import Dates
from videocall.scheduling.feed import Feed
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.invitations import Invitations
from videocall.scheduling.repository import ScheduleRepository
from videocall.scheduling.series import Series
from videocall.scheduling.service import Scheduling
from videocall.scheduling.tables import Tables
from videocall.settings import Settings


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
    bus: Bus,
    rates: Rates,
) -> Mapping[str, object]:
    """What routes ask for, by name."""
    invitations = Invitations(
        settings=settings,
        clock=clock,
        guest_list=guest_list,
        members=members,
        repository=repository,
        rates=rates,
    )
    scheduling = Scheduling(
        clock=clock,
        keys=keys,
        meetings=meetings,
        repository=repository,
        dates=dates,
        series=series,
        invitations=invitations,
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
    return {
        "scheduling": scheduling,
        "invitations": invitations,
        "dates": Dates(clock=clock, meetings=meetings, repository=dates, series=series),
        "feed": feed,
        "tables": Tables(clock=clock, meetings=meetings, repository=dates),
    }
