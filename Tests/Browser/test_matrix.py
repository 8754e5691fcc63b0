"""Every answer, with scripts and without, under the page's own policies: what is asked for, what is kept, what has the focus.

One page has a third party of each kind, in its markup and by a tag manager, and cookies from its server and from scripts.
"""

import pytest

CHOICES = {
    "undecided": set(),
    "reject": set(),
    "custom": {"analytics"},
    "accept": {"personalisation", "analytics", "remarketing", "social"},
}
POLICIES = {
    "no-policy": None,
    "nonce": "script-src 'nonce-abc' http://*.localhost:*; object-src 'none'",
    "strict-dynamic": "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'",
}
#: What needs which category: the host and the name that is asked for, and whether a script has to run for it.
THIRD_PARTIES = {
    ("tracker", "tag"): ("analytics", True),
    ("tracker", "managed"): ("analytics", True),
    ("tracker", "pixel"): ("analytics", False),
    ("ads", "ad"): ("remarketing", False),
    ("video", "film"): ("social", False),
}
COOKIES = {"_ga": ("analytics", False), "theme": ("personalisation", False), "_fbp": ("remarketing", True)}
PAGE = (
    "<script nonce=abc>window.ran ??= []; const s = document.createElement('script'); s.src = '{tracker}/managed.js';"
    "document.head.append(s); document.cookie = '_fbp=1'; addEventListener('pageshow', (e) => { window.isKept = e.persisted; });"
    "</script><script nonce=abc src='{tracker}/tag.js'></script><h1>Shop</h1><p><a href=/next>Next</a><img src='{tracker}/pixel.gif' alt='' width=1 height=1>"
    "<img src='{ads}/ad.gif' alt='' width=1 height=1></p><iframe src='{video}/embed/film.html' title=Film width=300 height=150></iframe>"
)


def expected(granted, has_scripts):
    def of(table):
        return {name for name, (category, by_script) in table.items() if category in granted and has_scripts >= by_script}

    return of(THIRD_PARTIES), {"sid"} | of(COOKIES)


def shifts(visitor):
    """What of ours has moved: a page's own text may, while it comes."""
    return [shift for shift in visitor.layout_shifts() if "crumbgate" in shift[1] or "?" in shift[1]]


def asked(stage):
    return {(host, path.split("?")[0].rsplit("/", 1)[-1].split(".")[0]) for host, path in list(stage.third.asked)}


@pytest.fixture
def matrix_stage(request, stage):
    def of(has_scripts):
        if not has_scripts:
            stage.visitor = request.getfixturevalue("plain_browser")
            stage.visitor.begin(stage.gate.port)
        return stage

    return of


#: Without scripts one policy for them is like the other.
WORLDS = [(True, "no-policy"), (True, "nonce"), (True, "strict-dynamic"), (False, "strict-dynamic")]


@pytest.mark.parametrize("has_scripts, policy", WORLDS, ids=[f"{'' if has else 'no-'}scripts-{policy}" for has, policy in WORLDS])
@pytest.mark.parametrize("choice", CHOICES)
def test_every_answer(matrix_stage, artefacts, choice, has_scripts, policy):
    stage, granted = matrix_stage(has_scripts), CHOICES[choice]
    visitor = stage.visitor
    fields = ["Set-Cookie: sid=1", "Set-Cookie: _ga=1", "Set-Cookie: theme=1"]
    fields += [f"Content-Security-Policy: {POLICIES[policy]}"] if POLICIES[policy] else []
    stage.add("/", PAGE, fields=fields)
    stage.add("/next", "<p>next</p>")

    # The first visit.
    visitor.open("/")
    stage.settle()
    assert stage.third.asked == [] and visitor.jar == {"sid"} and visitor.is_asked
    assert [visitor.tab()["id"] for _ in range(3)] == ["crumbgate-accept", "crumbgate-reject", "crumbgate-settings"]
    if choice == "custom":
        visitor.decide("settings")
        visitor.find("label[for=crumbgate-category-analytics]").click()
        visitor.decide("save")
    elif choice != "undecided":
        visitor.decide(choice)
    requests, cookies = expected(granted, has_scripts)
    visitor.until(lambda: requests <= asked(stage))
    if has_scripts:
        assert shifts(visitor) == []

    # The second.
    stage.third.asked.clear()
    visitor.open("/")
    visitor.until(lambda: requests <= asked(stage))
    stage.settle()
    assert asked(stage) == requests and len(stage.third.asked) == len(requests), "each once"
    own = {"crumbgate"} if choice != "undecided" else set()
    assert visitor.jar == cookies | own and visitor.is_asked == (choice == "undecided")
    if choice != "undecided":
        assert visitor.tab()["id"] == "crumbgate-link"
    visitor.picture(artefacts / f"matrix-{choice}-{'scripts' if has_scripts else 'plain'}-{policy}.png")

    # Away and back, to a page that was kept in memory.
    stage.third.asked.clear()
    visitor.leave("a[href='/next']")
    visitor.driver.back()
    visitor.until(lambda: visitor.path == "/")
    stage.settle()
    if has_scripts:
        assert visitor.run("return window.isKept"), "this was no test"
        assert stage.third.asked == [] and shifts(visitor) == []
    assert visitor.is_asked == (choice == "undecided") and visitor.jar == cookies | own

    # Taking it back.
    if choice == "undecided":
        return
    visitor.decide("link")
    visitor.decide("reject")
    stage.third.asked.clear()
    visitor.open("/")
    stage.settle()
    assert stage.third.asked == [] and visitor.jar == {"sid", "crumbgate"} and not visitor.is_asked
    if has_scripts:
        assert stage.ran == [] and shifts(visitor) == []
