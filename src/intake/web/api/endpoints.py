"""Every endpoint once: the routes are made of this table, and so is ``/api/openapi.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from intake.web.api import people, shapes, work
from intake.web.api.call import Call, Render

READ, WRITE = "read", "write"
PAGE = (("after", "where the page before ended"), ("limit", "rows, at most 200 (50)"))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``shows`` answers a read; ``does`` a write, whose answer ``render`` makes of the id that it gives."""

    method: str
    path: str
    scope: str
    summary: str
    answer: type[BaseModel]
    shows: Callable[[Call], BaseModel] | None = None
    does: Callable[[Call], tuple[int, int]] | None = None
    render: Render | None = None
    body: type[BaseModel] | None = None
    query: tuple[tuple[str, str], ...] = ()
    creates: bool = False


ENDPOINTS = (
    Endpoint("GET", "/seekers", "seekers:read", "The register, page by page", shapes.Seekers, people.seekers,
             query=PAGE),
    Endpoint("POST", "/seekers", "seekers:write", "Put a seeker", shapes.SeekerShown, does=people.post_seeker,
             render=people.render_seeker, body=shapes.SeekerPost, creates=True),
    Endpoint("GET", "/seekers/{member_id}", "seekers:read", "One seeker", shapes.SeekerShown, people.seeker),
    Endpoint("PUT", "/seekers/{member_id}", "seekers:write", "Put a seeker", shapes.SeekerShown,
             does=people.put_seeker, render=people.render_seeker, body=shapes.SeekerFields, creates=True),
    Endpoint("GET", "/seekers/{member_id}/applications", "seekers:read", "Applications of a seeker",
             shapes.Applications, people.applications),
    Endpoint("PUT", "/seekers/{member_id}/applications", "seekers:write", "Put an application, named by its company",
             shapes.ApplicationShown, does=people.put_application, render=people.render_application,
             body=shapes.ApplicationFields, creates=True),
    Endpoint("POST", "/applications", "seekers:write", "Put an application", shapes.ApplicationShown,
             does=people.post_application, render=people.render_application, body=shapes.ApplicationPost,
             creates=True),
    Endpoint("GET", "/cases", "cases:read", "Cases, oldest first", shapes.Cases, work.cases,
             query=(("state", "states, by comma"), ("request", "one request"), ("member_id", "of this member"),
                    *PAGE)),
    Endpoint("GET", "/cases/{number}", "cases:read", "One case", shapes.CaseShown, work.case),
    Endpoint("GET", "/tasks", "tasks:read", "Open work for people, the nearest day first", shapes.Tasks, work.tasks,
             query=(("assignee", "of this person"), ("limit", "rows, at most 200 (50)"))),
    Endpoint("POST", "/tasks/{id}/done", "tasks:write", "Say that a piece of work is done", shapes.TaskShown,
             does=work.finish_task, render=work.render_task),
    Endpoint("GET", "/events", "events:read", "What happened, oldest first", shapes.Events, work.events,
             query=(("after", "the cursor of the call before (0)"), ("type", "types, by comma"),
                    ("limit", "rows, at most 200 (50)"))),
)  # fmt: skip
