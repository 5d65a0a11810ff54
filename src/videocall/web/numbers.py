"""What an operator watches besides requests: meetings, queues, the pool, the disk."""

import shutil
from pathlib import Path
from typing import get_args

from videocall.mail.service import Mailer
from videocall.meetings.repository import MeetingRepository
from videocall.pool.model import State
from videocall.pool.repository import PoolRepository
from videocall.push.service import Push
from videocall.web.health import Gauges, Number

_MAILS = ("waiting", "sent", "dead")
_STATES: tuple[State, ...] = get_args(State)


def operating_numbers(
    *, repository: MeetingRepository, mailer: Mailer, push: Push, pool: PoolRepository, data: Path
) -> Gauges:
    """Asks each part for its numbers; states of which there is nothing are told as 0, so that a graph has no gaps."""

    async def now() -> list[Number]:
        mails = await mailer.counts()
        browsers, pushes = await push.counts()
        servers = [server.health.state for server in await pool.servers() if server.enabled]
        return [
            Number("videocall_meetings_live", "Meetings going on.", await repository.count_live()),
            *(
                Number("videocall_mails", "Mail of the last 30 days by state.", mails.get(state, 0), {"state": state})
                for state in _MAILS
            ),
            Number("videocall_push_browsers", "Browsers that get push messages.", browsers),
            Number("videocall_pushes_waiting", "Push messages that wait.", pushes),
            *(
                Number("videocall_pool_servers", "Enabled servers by state.", servers.count(state), {"state": state})
                for state in _STATES
            ),
            Number("videocall_disk_free_bytes", "Room beside the data folder.", shutil.disk_usage(data).free),
        ]

    return now
