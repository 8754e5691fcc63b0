"""The report as one file, made of visits that went through the gate, as whoever opens it on a Monday sees it."""

import base64
import datetime
import importlib.resources
import random
import subprocess

import pytest

from harness.process import binary

AXE = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text()
DAY = datetime.date(2025, 10, 13)
#: Weird but possible, and what somebody would try.
PATHS = [
    "/", "/", "/shop", "/shop/cups", "/product/harbour-mug", "/cart", "/checkout", "/journal/how-we-pack-a-teapot-so-that-it-arrives-whole",
    "/%3Cscript%3Ealert(1)%3C/script%3E", "/%22onload=%22alert(1)", "/%E8%8C%B6%E5%A3%BA", "/%E2%80%AEgpj.exe",
]  # fmt: skip
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
]
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """Makes a report of a week, compared with the one before."""
    directory = tmp_path_factory.mktemp("report")
    chance = random.Random(7)
    lines = []
    for day in range(14):
        date = DAY + datetime.timedelta(days=day)
        for visitor in range(60 + day):
            hour, agent = chance.choice([9, 12, 18, 20]), chance.choice(AGENTS)
            for step in range(chance.randint(1, 5)):
                path = chance.choice(PATHS)
                lines.append(
                    f'203.0.{visitor}.9 - - [{date:%d/%b/%Y}:{hour:02}:{step * 3:02}:00 +0000] "GET {path} HTTP/1.1" 200 9 '
                    f'"https://{chance.choice(["www.google.com", "blog.example"])}/" "{agent}"\n'
                )
    (directory / "access.log").write_text("".join(sorted(lines, key=lambda line: line.split("[")[1][:20])))
    rules = directory / "shop.yaml"
    rules.write_text(
        f"origin: http://127.0.0.1:9\nhosts: [shop.example]\nstate_directory: {directory / 'state'}\n"
        "measurement: { profile: exempt, threshold: 5 }\n"
    )

    def run(*arguments):
        command = [binary("crumbgate", "CRUMBGATE_BIN"), arguments[0], "--rules", rules, *arguments[1:]]
        ended = subprocess.run(command, capture_output=True, timeout=60)
        assert ended.returncode == 0, ended.stderr.decode()
        return ended.stdout

    run("import", "--quiet", directory / "access.log")
    path = directory / "report.html"
    path.write_bytes(run("report", "--from", "2025-10-20", "--to", "2025-10-26", "--format", "html"))
    return path


@pytest.fixture(params=["scripted_browser", "plain_browser"], ids=["scripts", "no-scripts"])
def reader(request, report):
    browser = request.getfixturevalue(request.param)
    browser.show()
    browser.driver.get(report.as_uri())
    return browser


def violations(visitor):
    visitor.command("Runtime.evaluate", expression=AXE)
    return visitor.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', "
        "'wcag22aa', 'best-practice'] }).then((r) => done(r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)])), "
        "(e) => done(String(e)))"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_axe_finds_nothing_and_nothing_is_cut_off(scripted_browser, report, artefacts, width, scheme):
    scripted_browser.show(width, is_dark=scheme == "dark")
    scripted_browser.driver.get(report.as_uri())
    assert scripted_browser.run(OVERFLOW) == 0
    assert violations(scripted_browser) == []
    height = scripted_browser.run("return document.documentElement.scrollHeight")
    scripted_browser.show(width, height, is_dark=scheme == "dark")
    scripted_browser.picture(artefacts / f"report-{width}-{scheme}.png")
    scripted_browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert violations(scripted_browser) == []
    assert scripted_browser.run(OVERFLOW) == 0


def test_nothing_is_asked_for_and_nothing_runs(reader):
    reader.driver.get_log("browser")
    reader.driver.get(reader.driver.current_url)
    assert reader.errors() == []
    assert "script>alert(1)" in reader.text("main")
    assert reader.run("return document.scripts.length") == 0
    asked = reader.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert asked == []


def test_definitions_are_one_key_away(reader):
    summary = reader.find("details:has(dl) > summary")
    reader.driver.execute_script("arguments[0].focus()", summary)
    for kind in ("rawKeyDown", "char", "keyUp"):
        reader.command("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    assert "Visits of one page view without a conversion" in reader.text("details[open]")


def test_the_sentence_on_privacy_leads_to_its_derivation(reader):
    reader.find("a[href$='-privacy']").click()
    assert "No address, no browser string and no row per visit" in reader.text("details[open]")


def test_every_chart_has_a_name_and_a_table_beside_it(reader):
    charts = reader.driver.find_elements("css selector", "svg[role=img]")
    assert len(charts) >= 3
    for chart in charts:
        assert chart.accessible_name
        near = "return arguments[0].closest('.part').querySelector('table') || arguments[0].closest('.parts').nextElementSibling.querySelector('table')"
        assert reader.driver.execute_script(near, chart)


def test_it_is_printed_in_full_on_paper(scripted_browser, report, artefacts):
    scripted_browser.show()
    scripted_browser.driver.get(report.as_uri())
    printed = scripted_browser.command("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)
    document = base64.b64decode(printed["data"])
    (artefacts / "report.pdf").write_bytes(document)
    assert document.startswith(b"%PDF") and document.count(b"/Type /Page\n") + document.count(b"/Type /Page ") >= 2
    scripted_browser.command("Emulation.setEmulatedMedia", media="print")
    assert scripted_browser.run(OVERFLOW) == 0
    assert not scripted_browser.has("details:not([open])")
    assert scripted_browser.has("svg[role=img]")
    scripted_browser.command("Emulation.setEmulatedMedia", media="")
