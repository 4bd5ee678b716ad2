"""Crew members and their files over the API."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from server.accounts.auth import require_reader
from server.crew import store
from server.crew.schemas import (
    CrewFileSchema,
    CrewMemberSchema,
    CrewPageSchema,
    CrewQuerySchema,
)
from server.db import db
from server.fleet.merges import CREW
from server.inspections.merging import read_survivor_row
from server.inspections.presenting import PageQuerySchema, present_file, present_merges
from server.web import json_reply

blp = Blueprint("crew", __name__, url_prefix="/api/v1", description="Crew")
_MEMBER = CrewMemberSchema()


@blp.route("/crew")
class Crew(MethodView):
    @blp.arguments(CrewQuerySchema, location="query")
    @blp.response(200, CrewPageSchema)
    def get(self, wanted: dict[str, Any]) -> Response:
        """The company's drivers and conductors, in order of staff number."""
        page = store.list_crew(db.session, require_reader(), **_page_words(wanted))
        following = url_for("crew.Crew", **{**wanted, "after": page.after})
        return json_reply(
            {
                "crew": _MEMBER.dump(page.rows, many=True),
                "next": following if page.after else None,
            }
        )


@blp.route("/crew/<uuid:member>/file")
class CrewFile(MethodView):
    @blp.arguments(PageQuerySchema, location="query")
    @blp.response(200, CrewFileSchema)
    def get(self, wanted: dict[str, Any], member: Any) -> Response:
        """One file per person: this person's inspections, newest first. An entry that was merged
        into another is answered with the file of that one.
        """
        user = require_reader()
        asked = store.read_member(db.session, user, str(member))
        row = read_survivor_row(db.session, user.company, CREW, asked)
        file = store.read_crew_file(db.session, user, row, wanted["after"], wanted["limit"])
        following = url_for(
            "crew.CrewFile", member=row.id, after=file.page.after, limit=wanted["limit"]
        )
        body = present_file(db.session, file, following)
        merges = present_merges(db.session, user.company, CREW, asked.id, row.id)
        return json_reply({"member": _MEMBER.dump(row), **merges, **body})


def _page_words(wanted: dict[str, Any]) -> dict[str, Any]:
    return {"text": wanted["text"], "after": wanted["after"], "most": wanted["limit"]}
