"""Counting without consent, and what becomes of somebody who objects to it (measurement.md, "Legal profiles")."""

import html
import re

import pytest

from harness.client import DOCUMENT, Client, fetch
from test_measurement import AGENT, NAVIGATE, figures, measuring_gate, report, visitor

PATH = "/.crumbgate/objection"
SETTINGS = "/.crumbgate/settings"


@pytest.fixture
def exempt(make_gate, make_origin):
    """Makes a gate that counts without consent."""
    return lambda: measuring_gate(make_gate, make_origin, more="profile: exempt, ")


def post(gate, body, *more):
    fields = ["Content-Type: application/x-www-form-urlencoded", *(more or ("Origin: http://shop.test", "Sec-Fetch-Site: same-origin"))]
    return fetch(gate.port, PATH, fields, method="POST", body=body.encode())


def objection(gate):
    """The cookie of somebody who objects, as the settings page's form makes it."""
    page = fetch(gate.port, SETTINGS).body.decode()
    assert f'action="{PATH}?lang=en"' in page and "Do not count my visits" in page
    answer = post(gate, "count=no&return=%2Fshop%2Fcups")
    assert answer.status == 303 and "return=%2Fshop%2Fcups" in answer.one("location").decode().replace("/", "%2F")
    line = answer.one("set-cookie").decode()
    assert line == "crumbgate-objection=1; Path=/; Max-Age=34214400; HttpOnly; SameSite=Lax"
    return "Cookie: " + line.split(";")[0]


def traffic(gate, cookie=None):
    """Twenty visitors who see pages; with a cookie, a crowd who does everything else there is to do."""
    for number in range(20):
        browse(gate, number, ["/", "/shop/cups"])
    if cookie is None:
        return
    for number in range(100, 130):
        browse(gate, number, ["/", "/objected", "/shop/cups", "/?utm_campaign=may", "/?q=kettle"], cookie)
        with Client(gate.port) as client:
            client.request("/x", [visitor(number), AGENT, *NAVIGATE, cookie + "; _ga=1; unheard_of=2"])
            client.request("/bot", [visitor(number), "User-Agent: Googlebot/2.1", *NAVIGATE, cookie])


def browse(gate, number, paths, *cookies):
    with Client(gate.port) as client:
        for path in paths:
            assert client.request(path, [visitor(number), AGENT, *NAVIGATE, *cookies]).status == 200


def comparable(seen):
    """What a report says, without the day and the site's name, which is the port's."""
    return {part: rows for part, rows in seen.items() if part not in ("site", "from", "to", "days", "today", "notes", "weekdays", "week")}


def test_afterwards_nothing_at_all_changes_for_them(exempt):
    """The report with a crowd of objectors in it is that without them, to the last figure."""
    control, gate = exempt(), exempt()
    traffic(control)
    cookie = objection(gate)
    traffic(gate, cookie)
    expected, seen = report(control), report(gate)
    # Making the consent cookie, which is not used here, was a visit of one page.
    assert expected["summary"]["visits"] == 21 and expected["summary"]["pageViews"] == 41
    seen, expected = comparable(seen), comparable(expected)
    assert seen == expected
    assert "objected" not in str(seen) and "kettle" not in str(seen) and "Googlebot" not in str(seen)


def test_without_the_objection_all_of_it_is_counted(exempt):
    """The same crowd, so that the test above can fail."""
    gate = exempt()
    traffic(gate, "Cookie: other=1")
    seen = report(gate)
    assert seen["summary"]["visits"] == 51
    assert "/objected" in str(seen["pages"]) and "Googlebot" in str(seen["bots"])


def test_those_who_did_not_agree_have_no_hour(exempt):
    gate = exempt()
    traffic(gate)
    seen = report(gate)
    assert seen["hours"] == [] and seen["week"] == []
    assert seen["summary"]["pagesPerVisit"] == round(41 / 21, 4)


def test_the_settings_page_says_what_is_counted_and_has_the_switch(exempt):
    gate = exempt()
    for language, title in (("en", "Visit statistics"), ("de", "Besuchsstatistik"), ("ar", "إحصاءات الزيارات")):
        assert title in fetch(gate.port, f"{SETTINGS}?lang={language}").body.decode()
    cookie = objection(gate)
    page = html.unescape(fetch(gate.port, SETTINGS, [cookie]).body.decode())
    assert "Your visits are not counted." in page and 'name="count" value="yes"' in page
    assert re.search(r"crumbgate-objection</code>, 396 days", page)
    answer = post(gate, "count=yes")
    assert answer.status == 303 and answer.one("set-cookie").decode().startswith("crumbgate-objection=; Path=/; Max-Age=0")


def test_every_page_leads_to_the_switch(exempt):
    """The banner by its button, a page after the decision by its link; both are the settings, which have it."""
    gate = exempt()
    banner = fetch(gate.port, "/", DOCUMENT).body.decode()
    assert re.search(r'<button[^>]*name="choice"[^>]*value="settings"', banner)
    form = ["Content-Type: application/x-www-form-urlencoded", "Origin: http://shop.test", "Sec-Fetch-Site: same-origin"]
    answer = fetch(gate.port, "/.crumbgate/consent", form, method="POST", body=b"choice=settings&return=%2F")
    places = [answer.one("location").decode()]
    decided = fetch(gate.port, "/", [*DOCUMENT, gate.cookie]).body.decode()
    assert "crumbgate-banner" not in decided
    places.append(html.unescape(re.search(r'id="crumbgate-link"[^>]*href="([^"]+)"', decided)[1]))
    for place in places:
        assert place.startswith(SETTINGS) and 'name="count" value="no"' in fetch(gate.port, place).body.decode()


def test_nothing_of_it_is_there_where_nobody_is_counted_without_consent(make_gate, make_origin):
    gate = measuring_gate(make_gate, make_origin)
    assert PATH not in fetch(gate.port, SETTINGS).body.decode()


@pytest.mark.parametrize(
    "fields", [["Origin: https://other.example"], ["Sec-Fetch-Site: cross-site"], ["Origin: null"]]
)
def test_no_other_site_can_object_or_take_back_for_somebody(exempt, fields):
    gate = exempt()
    for body in ("count=no", "count=yes"):
        answer = post(gate, body, *fields)
        assert answer.status == 403 and not answer.all("set-cookie")


def test_what_is_no_form_of_ours_is_refused(exempt):
    gate = exempt()
    assert post(gate, "count=maybe").status == 422 and post(gate, "").status == 422
    answer = fetch(gate.port, PATH)
    assert answer.status == 405 and answer.one("allow") == b"POST"


def test_the_shop_neither_sees_nor_sets_the_cookie(exempt):
    gate = exempt()
    fetch(gate.port, "/", [*DOCUMENT, "Cookie: crumbgate-objection=1; __Host-crumbgate-objection=1; sid=1"])
    assert not [name for name in gate.origin.requests[-1].cookie_names if "crumbgate" in name]
