"""Enrolling a phone: each way in which it can fail says what to do, and the code is not wasted."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.phone import hand
from tests.e2e.phone.conftest import OpenPhone
from tests.e2e.serving import Server

NO_WORKER = "delete Navigator.prototype.serviceWorker;"
NO_DATABASE = """IDBFactory.prototype.open = () => {
  throw new DOMException("private window", "UnknownError");
};"""


def press(page: Page) -> None:
    page.get_by_role("button", name="登记", exact=True).click()


def test_a_wrong_code_is_said_and_a_right_one_goes_on(
    house: Server, open_phone: OpenPhone, code: str
) -> None:
    page = open_phone()
    page.goto(f"{house.url}/app/#enrol=NOSUCHCODE")
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("登记码不对、已用过或已过期")
    page.get_by_label("登记码").fill(code)
    press(page)
    expect(page.get_by_role("button", name="开始检查")).to_be_visible()


def test_a_used_code_does_not_enrol_a_second_phone(
    house: Server, open_phone: OpenPhone, code: str
) -> None:
    first, second = open_phone(), open_phone()
    first.goto(f"{house.url}/app/#enrol={code}")
    press(first)
    expect(first.get_by_role("button", name="开始检查")).to_be_visible()
    second.goto(f"{house.url}/app/#enrol={code}")
    press(second)
    expect(second.get_by_role("alert")).to_contain_text("登记码不对、已用过或已过期")


def test_a_link_on_an_enrolled_phone_leaves_the_choice(
    phone: Page, house: Server, name: str
) -> None:
    link = f"{house.url}/app/#enrol={hand.patiently(lambda: house.enrol_code(name))}"
    phone.goto(link)
    expect(phone.get_by_role("heading", name=f"这部手机已登记为 {name} 显示名")).to_be_visible()
    expect(phone.get_by_text("需要重新登记才能")).to_have_count(0)
    phone.get_by_role("button", name="继续使用").click()
    expect(phone.get_by_role("button", name="开始检查")).to_be_visible()
    before = hand.device_of(phone)
    phone.goto(link)
    phone.get_by_role("button", name="重新登记").click()
    expect(phone.get_by_text("手机里的记录和照片都还在")).to_be_visible()
    press(phone)
    expect(phone.get_by_role("button", name="开始检查")).to_be_visible()
    assert hand.device_of(phone) != before


def test_no_network_keeps_the_code_for_later(
    house: Server, open_phone: OpenPhone, code: str
) -> None:
    page = open_phone()
    page.goto(f"{house.url}/app/#enrol={code}")
    expect(page.get_by_label("登记码")).to_be_visible()
    page.context.set_offline(True)
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("现在连不上服务器")
    page.context.set_offline(False)
    press(page)
    expect(page.get_by_role("button", name="开始检查")).to_be_visible()


def test_the_first_language_is_the_browsers_until_another_is_chosen(
    house: Server, open_phone: OpenPhone
) -> None:
    page = open_phone(locale="en-GB")
    page.goto(f"{house.url}/app/")
    expect(page.get_by_role("heading", name="Enrol this phone")).to_be_visible()
    page.get_by_role("radio", name="中文").check()
    expect(page.get_by_role("heading", name="登记这部手机")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="登记这部手机")).to_be_visible()


def test_an_empty_code_is_asked_for(house: Server, open_phone: OpenPhone) -> None:
    page = open_phone()
    page.goto(f"{house.url}/app/")
    press(page)
    expect(page.get_by_role("alert")).to_contain_text("请先填写登记码")


def test_a_browser_inside_a_chat_app_is_told_where_to_go(
    house: Server, open_phone: OpenPhone
) -> None:
    page = open_phone(NO_WORKER)
    page.goto(f"{house.url}/app/#enrol=ABCD1234")
    expect(page.get_by_role("heading", name="这个浏览器不能用来检查")).to_be_visible()
    expect(page.get_by_text("在浏览器打开")).to_be_visible()
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_text("Open in browser")).to_be_visible()


def test_a_database_that_does_not_open_is_said(house: Server, open_phone: OpenPhone) -> None:
    page = open_phone(NO_DATABASE)
    page.goto(f"{house.url}/app/")
    expect(page.get_by_role("alert")).to_contain_text("手机里的数据库打不开")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
