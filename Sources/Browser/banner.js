// The banner, the settings and the declaration. All of it works without this file, as pages of the server's.

const SETTINGS = "/.crumbgate/settings";

/** @param {string} id */
const part = (id) => document.getElementById(`crumbgate-${id}`);

/** Shows the banner to those who have something to decide, and to all others the way back to the settings. */
const showState = () => {
  const banner = part("banner");
  const link = part("link");
  const isDecided = decision !== null || isRefusedBySignal();
  if (banner) banner.hidden = isDecided;
  if (link && banner) link.hidden = !isDecided;
};

/** The element that holds everything of ours; pages of those who decided may have none. */
const root = () => {
  const found = document.getElementById("crumbgate");
  if (found) return found;
  const made = document.createElement("div");
  made.id = "crumbgate";
  document.body.append(made);
  return made;
};

/**
 * Says something that assistive technology reads out (WCAG 2.2, 4.1.3).
 *
 * @param {string} text
 * @param {Element} place
 */
const say = (text, place) => {
  let status = part("status");
  if (!status) {
    status = document.createElement("p");
    status.id = "crumbgate-status";
    status.setAttribute("role", "status");
  }
  place.append(status);
  const line = status;
  // A region speaks of what changes in it after it came.
  setTimeout(() => (line.textContent = text), 50);
};

/**
 * A document of the server's, parsed by the browser without ever being text of ours.
 *
 * @param {string} url
 * @returns {Promise<Element>} what the document has in its main part
 */
const fetchMain = (url) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () => {
      const main = request.status === 200 && request.responseXML?.querySelector("main");
      main ? resolve(main) : reject();
    };
    request.onerror = reject;
    request.send();
  });

/** @param {string} path */
const inLanguage = (path) => {
  const language = document.getElementById("crumbgate")?.lang || document.documentElement.lang;
  return `${path}?lang=${encodeURIComponent(language)}`;
};

/**
 * Puts a decision that the server has taken into effect.
 *
 * @param {string[]} next
 * @param {string} text
 */
const take = (next, text) => {
  const { isWithdrawal } = adoptDecision(next);
  hasDecidedHere = true;
  if (isWithdrawal) {
    // What already runs cannot be undone here. The next page comes with the cookies' expiries.
    location.reload();
    return;
  }
  isGuarding &&= !isAllGranted();
  const dialog = part("dialog");
  if (dialog instanceof HTMLDialogElement && dialog.open) dialog.close();
  const hadFocus = part("banner")?.contains(document.activeElement);
  showState();
  if (hadFocus || document.activeElement === document.body) part("link")?.focus({ preventScroll: true });
  if (text) say(text, root());
  announceDecision();
  activate(document);
};

/**
 * Forms that go the plain way after all.
 *
 * @type {WeakSet<HTMLFormElement>}
 */
const plain = new WeakSet();

/** @param {number} milliseconds */
const timeLimit = (milliseconds) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
};

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
const decide = async (form, button) => {
  const fields = new FormData(form);
  // The form says what it asked, in which words and language.
  const body = {
    ...Object.fromEntries(fields),
    choice: button.value,
    categories: fields.getAll("category"),
    source: form.closest("dialog") ? "settings" : "banner",
  };
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: timeLimit(8000),
    });
    if (answer.ok) {
      const { granted } = await answer.json();
      take(granted.filter((/** @type {string} */ id) => optional.includes(id)), words().saved_text);
      return;
    }
  } catch {
    // The plain form has another try.
  }
  if (answer?.status === 503) {
    say(words().retry, form);
    return;
  }
  plain.add(form);
  // A refusal may come so soon that the form still takes itself to be submitted.
  setTimeout(() => form.requestSubmit(button));
};

const openSettings = async () => {
  if (part("dialog")) return;
  const opener = document.activeElement;
  const url = inLanguage(SETTINGS);
  try {
    const main = await fetchMain(url);
    const dialog = document.createElement("dialog");
    dialog.id = "crumbgate-dialog";
    const title = main.querySelector("h1");
    if (title) title.id = "crumbgate-title";
    dialog.setAttribute("aria-labelledby", "crumbgate-title");
    const close = document.createElement("button");
    close.type = "button";
    close.id = "crumbgate-close";
    close.textContent = words().close;
    close.addEventListener("click", () => dialog.close());
    // The way back is to close it; and the banner keeps the ids that software looks for.
    main.querySelector(".crumbgate-back")?.remove();
    if (part("banner"))
      for (const button of main.querySelectorAll("[value=accept], [value=reject]")) button.removeAttribute("id");
    dialog.append(...main.childNodes, close);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    });
    root().append(dialog);
    dialog.showModal();
  } catch {
    location.assign(`${url}&return=${encodeURIComponent(location.pathname + location.search)}`);
  }
};

/** Fills `<div data-crumbgate="declaration">` with the table of all cookies. */
const declare = async () => {
  for (const place of document.querySelectorAll(`[${MARK}="declaration"]`)) {
    try {
      const main = await fetchMain(inLanguage("/.crumbgate/declaration"));
      place.replaceChildren(...main.childNodes);
    } catch {
      // What the shop wrote there stays.
    }
  }
};

// In front of the page's own listeners, which know nothing of these forms.
addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter: button } = event;
    if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return;
    if (form.getAttribute("action") !== "/.crumbgate/consent") return;
    event.stopImmediatePropagation();
    if (plain.has(form)) return;
    event.preventDefault();
    if (button.value === "settings") openSettings();
    else decide(form, button);
  },
  true,
);

addEventListener(
  "click",
  (event) => {
    const { target } = event;
    if (!(target instanceof Element) || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (target.closest(`#crumbgate-link, [${MARK}="settings"]`)) {
      event.preventDefault();
      openSettings();
    }
    const placeholder = target.closest(`[${PREFIX}show]`)?.closest(".crumbgate-placeholder");
    const frame = placeholder?.nextElementSibling;
    if (!frame?.hasAttribute(MARK)) return;
    // This content alone, now: it was asked for. The category stays as the visitor left it, and nothing is stored.
    release(frame);
    if (frame instanceof HTMLElement) frame.focus();
  },
  true,
);
