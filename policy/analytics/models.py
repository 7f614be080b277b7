"""Page views without people: by route, day and hour (promise P8)."""

import uuid

from django.db import models


class PageView(models.Model):
    """One answered request. Which page, when to the hour, how long; never who, from where or with what.

    `route` is the name of the route, followed by a public slug where pages share one (`guide/pets`);
    never a path, since paths hold capability tokens. `active_ms` is how long the page was visible and
    focused; None until a beacon says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hour = models.DateTimeField(db_index=True)
    route = models.CharField(max_length=80)
    method = models.CharField(max_length=7)
    status = models.PositiveSmallIntegerField()
    duration_ms = models.PositiveIntegerField()
    referrer_host = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    active_ms = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.route} {self.hour:%Y-%m-%d %H}"


class PageViewDaily(models.Model):
    """All views of a route on one day, by the clock of settings.TIME_ZONE.

    `durations` counts requests in the buckets of `analytics.durations`, as {"50": 12, "more": 1}: up to
    50 ms, longer than the last bound. An empty bucket is left out. `timed_views` have an active time.
    """

    day = models.DateField()
    route = models.CharField(max_length=80)
    views = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # 4xx
    failed = models.PositiveIntegerField(default=0)  # 5xx
    duration_ms = models.PositiveBigIntegerField(default=0)
    durations = models.JSONField(default=dict)
    timed_views = models.PositiveIntegerField(default=0)
    active_ms = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "route"], name="daily_route_once")]

    def __str__(self) -> str:
        return f"{self.route} {self.day}"


class PageSourceDaily(models.Model):
    """Where the views of a route came from on one day: what reports to partners are made of.

    `referrer_host` is blank where nobody said, and `OTHER` for all hosts beyond the most frequent of the day.
    """

    OTHER = "other"

    day = models.DateField()
    route = models.CharField(max_length=80)
    referrer_host = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "route", "referrer_host", "country"], name="daily_source_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.day} {self.referrer_host}"


class DailyFigure(models.Model):
    """A counter of one day: `jobs.done`, `email.opt-in`. Apps add to it through `policy.figures`.

    `views` is set by the rollup: how many page views the other tables of that day stand for.
    """

    day = models.DateField()
    key = models.CharField(max_length=60)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "key"], name="daily_figure_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.day}"
