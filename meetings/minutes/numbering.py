"""第几期: the serial number of minutes per organisation, series and year."""

from django.db.models import Max

from meetings.minutes.models import Minutes


def next_number(minutes: Minutes, year: int) -> int:
    """The number after the highest one of the series in that year; only a suggestion, the database decides."""
    rows = Minutes.objects.filter(organization_id=minutes.organization_id, series=minutes.series, issue_year=year)
    return (rows.aggregate(highest=Max("issue_no"))["highest"] or 0) + 1
