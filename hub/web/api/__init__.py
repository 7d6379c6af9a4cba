"""The programming interface, one small module per thing it serves."""

from . import answers, codes, disputes, docs, health, inbox, schemas, submissions, views

ROUTERS = (
    submissions.router,
    answers.router,
    disputes.router,
    views.router,
    inbox.router,
    health.router,
    codes.router,
    docs.router,
    schemas.router,
)
