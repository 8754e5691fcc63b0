"""A visitor with a real browser: headless Chromium, driven through WebDriver and the Chrome DevTools Protocol."""

import shutil

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

HOST = "shop.localhost"
BLOCKED = 2

#: How far the layout has moved by itself since the page began (https://web.dev/articles/cls), and what moved.
LAYOUT_SHIFTS = """
const done = arguments[0], shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    shifts.push([entry.value, entry.sources.map((source) => source.node?.id || source.node?.nodeName || "?").join()]);
}).observe({ type: "layout-shift", buffered: true });
requestAnimationFrame(() => setTimeout(() => done(shifts), 200));
"""

#: What has the focus, and how much of its height the banner and the link lie over.
FOCUS = """
const element = document.activeElement, root = document.getElementById("crumbgate");
const area = element.getBoundingClientRect();
let covered = 0;
for (const cover of root?.children ?? []) {
  const box = cover.getBoundingClientRect();
  if (cover.contains(element) || getComputedStyle(cover).position !== "fixed") continue;
  if (Math.min(area.right, box.right) <= Math.max(area.left, box.left)) continue;
  covered = Math.max(covered, Math.min(area.bottom, box.bottom) - Math.max(area.top, box.top));
}
return {
  id: element.id, tag: element.tagName, isOurs: !!root?.contains(element), covered, height: area.height,
  isInView: area.bottom > 0 && area.top < innerHeight,
  text: (element.textContent || element.name || "").trim().slice(0, 40),
};
"""


class Visitor:
    """A browser that finds `localhost` and every `*.localhost` on this machine and no other host at all."""

    def __init__(self, has_javascript=True):
        options = webdriver.ChromeOptions()
        options.binary_location = _program("chromium")
        for switch in (
            "headless=new",
            "no-sandbox",
            "disable-gpu",
            "disable-dev-shm-usage",
            "disable-background-networking",
            "disable-component-update",
            "no-first-run",
            "hide-scrollbars",
            "lang=en",
            "window-size=1280,800",
            "host-resolver-rules=MAP localhost 127.0.0.1, MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND",
        ):
            options.add_argument(f"--{switch}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        preferences = {"intl.accept_languages": "en"}
        if not has_javascript:
            preferences["profile.managed_default_content_settings.javascript"] = BLOCKED
        options.add_experimental_option("prefs", preferences)
        service = webdriver.ChromeService(_program("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(20)
        self.has_javascript = has_javascript
        self.port = None
        self.command("Network.enable")

    def quit(self):
        self.driver.quit()

    def command(self, name, **parameters):
        """A command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def begin(self, port):
        """Forgets everything: the next page is the first one."""
        self.driver.get("about:blank")
        if self.port:
            origin = f"http://{HOST}:{self.port}"
            self.command("Storage.clearDataForOrigin", origin=origin, storageTypes="service_workers,cache_storage")
        self.command("Network.clearBrowserCookies")
        self.command("Network.clearBrowserCache")
        self.command("Network.setExtraHTTPHeaders", headers={})
        self.show()
        self.driver.get_log("browser")
        self.port = port

    def show(self, width=1280, height=800, is_dark=False):
        """The window's size and the scheme that the visitor prefers."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = "dark" if is_dark else "light"
        neutral = {"forced-colors": "none", "prefers-contrast": "no-preference", "prefers-color-scheme": scheme}
        features = [{"name": name, "value": value} for name, value in neutral.items()]
        self.command("Emulation.setEmulatedMedia", features=features)

    # Pages

    def open(self, path="/"):
        self.driver.get(f"http://{HOST}:{self.port}{path}")

    @property
    def path(self):
        return self.driver.current_url.removeprefix(f"http://{HOST}:{self.port}")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def has(self, selector):
        """Whether it can be seen."""
        try:
            return self.find(selector).is_displayed()
        except (NoSuchElementException, StaleElementReferenceException):
            return False

    def text(self, selector="body"):
        return self.find(selector).text

    def leave(self, selector):
        """Clicks on what leads to another document, and waits for that.

        Scrolls there first, as people do: WebDriver itself does not see that the banner lies over what is in view.
        """
        self.command("Runtime.evaluate", expression="window.isLeft = true")
        link = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", link)
        link.click()
        self.until(lambda: self.run("return !window.isLeft && document.readyState === 'complete'"))

    def fill(self, form, **values):
        for name, value in values.items():
            self.find(f"{form} [name={name}]").send_keys(value)

    def tab(self, is_backwards=False):
        """Presses Tab and tells what has the focus then.

        WebDriver's own keys would first bring the focused element into view: these leave scrolling to the browser.
        """
        key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9, "modifiers": 8 if is_backwards else 0}
        self.command("Input.dispatchKeyEvent", type="rawKeyDown", **key)
        return self.run(FOCUS)

    def run(self, script):
        return self.driver.execute_script(script)

    def until(self, condition, timeout=5):
        return WebDriverWait(self.driver, timeout, 0.05).until(lambda _: condition())

    def layout_shifts(self):
        return self.driver.execute_async_script(LAYOUT_SHIFTS)

    def errors(self):
        """What the console has complained of since the visit began."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    # Cookies

    @property
    def jar(self):
        """The names of the shop's cookies, also of those that scripts cannot read."""
        return {cookie["name"] for cookie in self._cookies()}

    @property
    def hidden(self):
        """Those of them that no script can have set."""
        return {cookie["name"] for cookie in self._cookies() if cookie["httpOnly"]}

    def _cookies(self):
        cookies = self.command("Network.getAllCookies")["cookies"]
        return [cookie for cookie in cookies if cookie["domain"].lstrip(".") == HOST]

    # The banner

    @property
    def is_asked(self):
        return self.has("#crumbgate-banner")

    def decide(self, choice):
        """Presses a button of the banner or of the settings, or the settings link, and waits for what comes of it.

        Without scripts that is another document; with them it is the dialog, or the word that the choice holds, or a
        fresh page after a withdrawal.
        """
        if not self.has_javascript:
            return self.leave(f"#crumbgate-{choice}")
        self.run(
            "window.isLeft = true; window.isDone = false;"
            "document.addEventListener('crumbgate:consent', () => { window.isDone = true; }, { once: true })"
        )
        dialog = "#crumbgate-dialog " if self.has("#crumbgate-dialog") and choice != "close" else ""
        button = self.find(f"{dialog}[name=choice][value={choice}], {dialog}#crumbgate-{choice}")
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", button)
        button.click()
        if choice in ("settings", "link"):
            self.until(lambda: self.has("#crumbgate-dialog"))
        elif choice == "close":
            self.until(lambda: not self.has("#crumbgate-dialog"))
        else:
            self.until(lambda: self.run("return window.isDone || !window.isLeft && document.readyState === 'complete'"))

    def picture(self, path):
        self.driver.save_screenshot(str(path))


def _program(name):
    found = shutil.which(name)
    assert found, f"{name} is needed: sh Tests/Tools/install-packages.sh test"
    return found
