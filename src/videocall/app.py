"""The composition root: settings → store → services → routes. The only place that knows every part."""

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, WebSocket, websocket
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from videocall.accounts.me_routes import ME_ROUTES
from videocall.accounts.passkey_routes import PASSKEY_ROUTES
from videocall.accounts.routes import AUTH_ROUTES
from videocall.accounts.single_sign_on_routes import SINGLE_SIGN_ON_ROUTES
from videocall.accounts.wiring import account_parts
from videocall.admin.routes import ADMIN_ROUTES
from videocall.admin.wiring import admin_parts
from videocall.clock import Clock, SystemClock
from videocall.keys import Keys
from videocall.leases import Lease
from videocall.legal.pages import LEGAL_PAGES
from videocall.legal.rights_routes import RIGHTS_ROUTES
from videocall.legal.routes import LEGAL_ROUTES
from videocall.legal.wiring import legal_parts
from videocall.live.bus import Bus, InProcessBus, LoadRoom
from videocall.live.hub import CLOSE_RESTART, Hub
from videocall.live.socket import LiveServices, LiveSocket
from videocall.logs import configure_logs
from videocall.mail.repository import MailRepository
from videocall.mail.sending import Delivery
from videocall.mail.service import Mailer
from videocall.meetings.admission import AdmissionService
from videocall.meetings.breakouts import BreakoutRooms
from videocall.meetings.carried import CarriedMeetings
from videocall.meetings.guest_record import GuestRecords
from videocall.meetings.guest_routes import GUEST_ROUTES
from videocall.meetings.history import History
from videocall.meetings.hosting import Hosting
from videocall.meetings.letters import host_link_letter
from videocall.meetings.moves import Moves
from videocall.meetings.my_routes import MY_MEETING_ROUTES
from videocall.meetings.places import Places
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.rooms import RoomLoader
from videocall.meetings.routes import MEETING_ROUTES
from videocall.meetings.service import Meetings
from videocall.meetings.tokens import MeetingTokens
from videocall.meetings.upkeep import Presence, Upkeep
from videocall.mobile.routes import MOBILE_ROUTES
from videocall.mobile.wiring import mobile_parts
from videocall.pool.frames import Frames
from videocall.pool.routes import POOL_ROUTES
from videocall.pool.wiring import pool_parts
from videocall.push.routes import PUSH_ROUTES
from videocall.push.wiring import push_parts
from videocall.queue_loop import QueueLoop
from videocall.rates import Rates
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.repository import ScheduleRepository
from videocall.scheduling.routes import SCHEDULING_ROUTES
from videocall.scheduling.series import Series
from videocall.scheduling.wiring import scheduling_parts
from videocall.settings import Settings, load_settings
from videocall.store.base import Store
from videocall.store.migrations import migrate
from videocall.store.opening import open_store
from videocall.web.access import AccessGuard, access, address_of
from videocall.web.connection_test import ConnectionTests, connection_test
from videocall.web.errors import EXCEPTION_HANDLERS
from videocall.web.health import HEALTH_ROUTES, Metrics
from videocall.web.numbers import operating_numbers
from videocall.web.openapi import CONFIG, OPENAPI_ROUTES
from videocall.web.pages import browser_files
from videocall.web.requests import NumberedRequests, answered
from videocall.web.security import security_headers

MOST_BODY_BYTES = 64 * 1024


def from_environment() -> Litestar:
    """The application as the environment describes it; uvicorn's factory."""
    return create_app(load_settings(os.environ))


def create_app(settings: Settings, *, clock: Clock | None = None, store: Store | None = None) -> Litestar:
    """Put the application together. A test may hand in its clock and its store."""
    configure_logs(settings.log_level)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = clock or SystemClock()
    store = store or open_store(settings.store_url, settings.data)
    keys = Keys.open(settings.data)
    rates = Rates(clock, settings.redis_url)
    tokens = MeetingTokens(keys, clock)
    repository, carried = MeetingRepository(store), CarriedMeetings(store)
    hub = Hub()
    servers = pool_parts(settings=settings, clock=clock, store=store, loads=carried)
    places = Places(settings=settings, keys=keys, pool=servers.pool)
    bus = _bus(settings, RoomLoader(repository, places, clock).load)
    bus.listen(hub.on_event, hub.on_message, hub.on_reset)
    mails = MailRepository(store)
    mailer = Mailer(settings=settings, clock=clock, keys=keys, repository=mails, delivery=Delivery(settings))
    letters = QueueLoop(mailer, Lease(store, "mail"), settings.mail_poll_seconds)
    dates = ScheduleRepository(store)
    guest_list = GuestList(clock=clock, keys=keys, repository=dates)
    history = History(clock=clock, repository=repository, dates=dates, guest_list=guest_list, settings=settings)
    people = account_parts(
        settings=settings,
        clock=clock,
        store=store,
        keys=keys,
        rates=rates,
        mailer=mailer,
        meetings=repository,
        history=history,
    )
    series = Series(dates)
    meetings = Meetings(
        settings=settings,
        clock=clock,
        keys=keys,
        tokens=tokens,
        repository=repository,
        bus=bus,
        rates=rates,
        members=people.accounts,
        series=series,
        guest_list=guest_list,
        places=places,
        pool=servers.pool,
        mail_host_link=host_link_letter(mailer, people.accounts),
    )
    moves = Moves(
        settings=settings,
        clock=clock,
        repository=repository,
        carried=carried,
        places=places,
        pool=servers.pool,
        bus=bus,
        rates=rates,
        lease=Lease(store, "moves"),
    )
    admission = AdmissionService(
        settings=settings,
        clock=clock,
        keys=keys,
        tokens=tokens,
        members=people.accounts,
        meetings=meetings,
        moves=moves,
        repository=repository,
        bus=bus,
        rates=rates,
    )
    schedule = scheduling_parts(
        settings=settings,
        clock=clock,
        keys=keys,
        meetings=meetings,
        repository=repository,
        dates=dates,
        series=series,
        guest_list=guest_list,
        members=people.accounts,
        mailer=mailer,
        bus=bus,
        rates=rates,
        store=store,
    )
    push = push_parts(
        settings=settings,
        clock=clock,
        keys=keys,
        store=store,
        meetings=repository,
        people=people,
        rates=rates,
    )
    people.deletions.let_go.append(schedule.scheduling.let_go)
    admission.on_wait.append(push.occasions.waits)
    schedule.reminders.on_remind.append(push.occasions.starts)
    hosting = Hosting(
        keys=keys,
        bus=bus,
        repository=repository,
        meetings=meetings,
        admission=admission,
        breakouts=(breakouts := BreakoutRooms(clock=clock, repository=repository, bus=bus, rates=rates)),
        rates=rates,
        extend=schedule.scheduling.extend,
    )
    upkeep = Upkeep(
        settings=settings,
        clock=clock,
        repository=repository,
        meetings=meetings,
        admission=admission,
        presence=Presence(repository, clock),
        bus=bus,
        lease=Lease(store, "sweep"),
    )
    administration = admin_parts(
        settings=settings,
        clock=clock,
        store=store,
        keys=keys,
        rates=rates,
        people=people,
        meetings=meetings,
        rooms=repository,
        history=history,
        mailer=mailer,
        pool=servers.repository,
        move=moves.move,
    )
    mobile, legal = (
        mobile_parts(settings=settings, clock=clock, store=store, pictures=people.pictures),
        legal_parts(
            settings=settings,
            clock=clock,
            store=store,
            people=people,
            admins=administration.repository,
            meetings=repository,
            dates=dates,
            mailer=mailer,
            rates=rates,
        ),
    )
    metrics = Metrics(
        hub,
        operating_numbers(
            repository=repository, mailer=mailer, push=push.push, pool=servers.repository, data=settings.data
        ),
    )
    live = LiveServices(
        settings=settings,
        clock=clock,
        bus=bus,
        hub=hub,
        meetings=meetings,
        admission=admission,
        hosting=hosting,
        breakouts=breakouts,
        moves=moves,
        upkeep=upkeep,
    )

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        await store.open()
        try:
            await migrate(store)
            for kept in (
                repository,
                dates,
                people.repository,
                people.credentials,
                mails,
                servers.repository,
                push.repository,
                administration,
                mobile.repository,
            ):
                await kept.prepare()
            await bus.open()
            async with (
                letters.running(),
                push.loop.running(),
                people.running(),
                legal.running(),
                schedule.reminders.running(),
                upkeep.running(),
                moves.running(),
                breakouts.running(),
                servers.watch.running(),
            ):
                yield
            hub.close_all(CLOSE_RESTART)
        finally:
            await bus.close()
            await rates.close()
            await store.close()

    return NumberedRequests(
        route_handlers=[
            *MEETING_ROUTES,
            *MY_MEETING_ROUTES,
            *GUEST_ROUTES,
            *ADMIN_ROUTES,
            *POOL_ROUTES,
            *SCHEDULING_ROUTES,
            *AUTH_ROUTES,
            *ME_ROUTES,
            *PASSKEY_ROUTES,
            *SINGLE_SIGN_ON_ROUTES,
            *LEGAL_ROUTES,
            *LEGAL_PAGES,
            *PUSH_ROUTES,
            *RIGHTS_ROUTES,
            *MOBILE_ROUTES,
            *HEALTH_ROUTES,
            *OPENAPI_ROUTES,
            live_socket,
            connection_test,
            *browser_files(Frames(servers.pool, repository.meeting).of),
        ],
        dependencies={
            "meetings": _given(meetings),
            "admission": _given(admission),
            "upkeep": _given(upkeep),
            "live": _given(live),
            "history": _given(history),
            "records": _given(
                GuestRecords(clock=clock, repository=repository, meetings=meetings, mailer=mailer, bus=bus, rates=rates)
            ),
            "settings": _given(settings),
            "tests": _given(ConnectionTests(settings, clock, rates)),
            **{
                name: _given(part)
                for parts in (people, schedule, administration, servers, legal, push, mobile)
                for name, part in parts.dependencies.items()
            },
        },
        state=State({"metrics": metrics, "store": store}),
        guards=[AccessGuard(settings, rates, people.accounts, admission, administration.admins)],
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[security_headers(https=settings.public_url.startswith("https:")), answered(metrics.observe)],
        lifespan=[running],
        openapi_config=CONFIG,
        request_max_body_size=MOST_BODY_BYTES,
        on_app_init=[_plain],
    )


def _bus(settings: Settings, load: LoadRoom) -> Bus:
    if not settings.redis_url:
        return InProcessBus(load)
    # Only who runs several processes pays for the import.
    from videocall.live.redis_bus import RedisBus  # noqa: PLC0415

    return RedisBus(settings.redis_url, load, process=secrets.token_hex(8))


@websocket("/api/meetings/{code:str}/live", opt=access("anyone"))
async def live_socket(
    socket: WebSocket[Any, Any, Any], code: FromPath[str], live: NamedDependency[LiveServices]
) -> None:
    """Signalling, lobby, roles; who one is comes in the first message, never in the address."""
    await LiveSocket(socket, code, address_of(socket), live).run()


def _given(value: object) -> Provide:
    provide: Callable[[], object] = lambda: value  # noqa: E731 -- a dependency is a callable
    return Provide(provide, sync_to_thread=False)


def _plain(config: AppConfig) -> AppConfig:
    """Leave logging to `videocall.logs`, and never show a debug page."""
    config.logging_config = None
    config.debug = False
    return config
