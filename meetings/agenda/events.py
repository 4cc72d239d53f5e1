"""What happened on the agenda."""

from pydantic import BaseModel

from meetings.agenda.models import AgendaItem, ItemKind, ItemState
from meetings.live.events import Event
from server.core import clock


class ItemView(BaseModel):
    """An agenda item as everybody sees it."""

    id: str
    no: int
    kind: ItemKind
    title: str
    minutes: int
    presenter: str | None
    state: ItemState
    started_at: str | None
    ended_at: str | None


def item_view(row: AgendaItem) -> ItemView:
    """One item; `presenter` is a participant's id."""
    return ItemView(
        id=str(row.pk),
        no=row.no,
        kind=ItemKind(row.kind),
        title=row.title,
        minutes=row.minutes,
        presenter=str(row.presenter_id) if row.presenter_id else None,
        state=ItemState(row.state),
        started_at=row.started_at and clock.iso(row.started_at),
        ended_at=row.ended_at and clock.iso(row.ended_at),
    )


class ItemsSet(Event, type="agenda.items_set"):
    """The whole agenda was laid down anew."""

    items: list[ItemView]


class ItemsChanged(Event, type="agenda.items_changed"):
    """Items moved on: one was begun, finished or skipped."""

    items: list[ItemView]
