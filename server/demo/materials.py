"""The documents on the demo meeting's table. The PDFs lie in `documents/`, with the text they were set from."""

from pathlib import Path

from meetings.documents import storage
from meetings.documents.commands import Add, Upload
from meetings.live.models import Participant
from server.core import ids
from server.demo.city import DocumentFacts

FOLDER = Path(__file__).with_name("documents")


def laid_out(document: DocumentFacts, *, by: Participant) -> Add:
    """Store the file as an upload would, and give the command that puts it on the table."""
    content = (FOLDER / f"{document.id}.pdf").read_bytes()
    number = ids.new()
    upload = Upload(
        document=number,
        meeting=by.meeting_id,
        participant=by.pk,
        filename=f"{document.name}.pdf",
        sha256=storage.keep(number, [content]),
        bytes=len(content),
    )
    return Add(upload=upload.token(), title=document.name)
