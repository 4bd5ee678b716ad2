"""Delivery: what arrived, what waits, what came back; nothing is called proved before it is."""

from __future__ import annotations

import gzip
import json
import re

from playwright.sync_api import Page, Route, expect

from server.inspections.review import Review
from tests.e2e.phone import hand
from tests.e2e.serving import Server

PROOF = re.compile("1 条记录、0 张照片已在服务器,逐字节一致")


def test_what_waits_goes_out_when_the_network_returns_and_is_proved(phone: Page) -> None:
    hand.start_daily(phone)
    phone.context.set_offline(True)
    hand.finish_daily(phone)
    expect(phone.get_by_text("等待发送")).to_be_visible()
    phone.get_by_role("button", name="现在同步").click()
    expect(phone.get_by_text("现在没有网络")).to_be_visible()
    expect(phone.get_by_text("逐字节一致")).to_have_count(0)
    phone.context.set_offline(False)
    expect(phone.get_by_text("已送达", exact=True)).to_be_visible()
    expect(phone.get_by_text(PROOF)).to_be_visible()


def test_a_proof_that_does_not_match_is_not_shown_as_one(phone: Page) -> None:
    def lie(route: Route) -> None:
        zero = "0" * 64
        route.fulfill(json={"edits": 1, "edits_digest": zero, "photos": 0, "photos_digest": zero})

    phone.context.route("**/api/v1/sync/proof", lie)
    hand.start_daily(phone)
    with phone.expect_response("**/api/v1/sync/proof"):
        hand.finish_daily(phone)
    expect(phone.get_by_text("逐字节核对尚未完成")).to_be_visible()
    expect(phone.get_by_text("逐字节一致")).to_have_count(0)


def test_a_returned_record_shows_the_question_and_takes_the_answer(
    phone: Page, house: Server
) -> None:
    hand.start_daily(phone)
    record = hand.record_of(phone)
    hand.finish_daily(phone)
    expect(phone.get_by_text("已送达", exact=True)).to_be_visible()
    hand.review(house, record, Review("return", "灭火器看的是哪一具?"))
    phone.get_by_role("button", name="现在同步").click()
    expect(phone.get_by_text("灭火器看的是哪一具?")).to_be_visible()
    phone.get_by_role("button", name="今日").click()
    expect(phone.get_by_text("1 条复核人有疑问,请回答")).to_be_visible()
    phone.get_by_text("1 条复核人有疑问,请回答").click()
    phone.get_by_role("button", name="打开回答").click()
    expect(phone.get_by_text("灭火器看的是哪一具?")).to_be_visible()
    phone.get_by_role("button", name="去完成").click()
    phone.get_by_label("对复核人疑问的回答").fill("驾驶座后那一具")
    hand.saved(phone)
    hand.finish(phone)
    expect(phone.get_by_text("已送达", exact=True)).to_be_visible()
    expect(phone.get_by_text("复核人有疑问")).to_have_count(0)


def test_a_revoked_phone_keeps_everything_and_is_enrolled_again(
    phone: Page, house: Server, name: str
) -> None:
    refusal = {"type": "about:blank", "title": "x", "status": 401, "code": "token_unknown"}
    phone.context.route(
        "**/api/v1/sync",
        lambda route: route.fulfill(
            status=401, json=refusal, content_type="application/problem+json"
        ),
    )
    hand.start_daily(phone)
    hand.finish_daily(phone)
    expect(phone.get_by_text("服务器不认这部手机")).to_be_visible()
    expect(phone.get_by_text("等待发送")).to_be_visible()
    phone.context.unroute("**/api/v1/sync")
    phone.get_by_role("button", name="今日").click()
    phone.get_by_role("button", name="这部手机需要重新登记才能发送").click()
    expect(phone.get_by_text("手机里的记录和照片都还在")).to_be_visible()
    phone.get_by_label("登记码").fill(hand.patiently(lambda: house.enrol_code(name)))
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.get_by_role("button", name="开始检查")).to_be_visible()
    phone.get_by_role("button", name="送达", exact=True).click()
    expect(phone.get_by_text("已送达", exact=True).first).to_be_visible()


def test_a_record_that_the_server_refuses_says_why_and_opens(phone: Page) -> None:
    phone.context.route("**/api/v1/sync", refuse_edits)
    hand.start_daily(phone)
    hand.finish_daily(phone)
    expect(phone.get_by_text("原因:所选的车辆、人员、线路、站点或检查表不在名单里")).to_be_visible()
    phone.context.unroute("**/api/v1/sync")
    phone.get_by_role("button", name="打开修改").click()
    expect(phone.locator("#point-title")).to_be_visible()
    phone.get_by_role("button", name="去完成").click()
    hand.finish(phone)
    expect(phone.get_by_text("已送达", exact=True)).to_be_visible()


def refuse_edits(route: Route) -> None:
    """A server that takes the push and refuses each edit by name."""
    body = route.request.post_data_buffer or b""
    zipped = route.request.headers.get("content-encoding") == "gzip"
    sent = json.loads(gzip.decompress(body) if zipped else body)
    problem = {"code": "reference_unknown", "title": "x", "detail": "vehicle"}
    refused = [
        {"stamp": one["stamp"], "state": "refused", "problem": problem} for one in sent["edits"]
    ]
    reply = {
        "epoch": sent["epoch"],
        "server_time": "2026-11-21T00:00:00.000Z",
        "receipts": refused,
        "records": [],
        "cursor": sent["cursor"],
        "more": False,
        "missing_serials": [],
        "awaited_photos": [],
        "head": {"size": 1, "hash": "0" * 64},
    }
    route.fulfill(json=reply)
