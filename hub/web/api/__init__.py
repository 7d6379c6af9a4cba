"""The programming interface, one small module per thing it serves."""

from . import (
    agencies,
    answers,
    codes,
    disputes,
    docs,
    documents,
    events,
    health,
    inbox,
    limits,
    policy,
    proposals,
    schemas,
    statistics,
    submissions,
    views,
)

ROUTERS = (
    submissions.router,
    answers.router,
    disputes.router,
    documents.router,
    limits.router,
    views.router,
    agencies.router,
    statistics.router,
    policy.router,
    proposals.router,
    inbox.router,
    events.router,
    health.router,
    codes.router,
    docs.router,
    schemas.router,
)
