// What is only needed at times: the dialog, the declaration, what is said, and which cookies are shipped. The server
// puts `details` before it, and hands it the functions of the page's script that it uses.

/** Rules for cookies that are shipped. */
const knownCookies = makeRules(details.categories);

/** What the interface says, in the language of the banner, else of the page. */
const words = () => {
  const asked = document.getElementById("crumbgate")?.lang || document.documentElement.lang || navigator.language;
  const tag = asked.toLowerCase();
  return details.texts[tag] ?? details.texts[tag.split("-")[0]] ?? Object.values(details.texts)[0];
};

/**
 * Puts in front of a frame that a script added what the server puts in front of those in its pages: a title, a way to
 * the content where it comes from, if it comes from anywhere, and a button that shows it.
 *
 * @param {Element} frame
 */
const replace = (frame) => {
  const url = frame.getAttribute(`${PREFIX}src`) ?? frame.getAttribute(`${PREFIX}data`);
  if (!(url || frame.hasAttribute(waitingName("srcdoc"))) || !frame.isConnected || hasPlaceholder(frame)) return;
  const { placeholder_title, placeholder_text, placeholder_show, placeholder_link } = words();
  const make = (/** @type {string} */ name, /** @type {string} */ text, attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const id = frame.getAttribute(MARK) ?? "";
  const { host, href } = url ? new URL(url, document.baseURI) : { host: id, href: "" };
  const placeholder = make("span", "", { class: "crumbgate-placeholder", [`${PREFIX}for`]: id });
  const content = make("span", "");
  content.append(
    make("strong", placeholder_title.replace("{vendor}", host)),
    make("span", placeholder_text),
    href ? make("a", placeholder_link.replace("{host}", host), { href, rel: "noreferrer noopener", target: "_blank" }) : "",
    make("button", placeholder_show, { type: "button", [`${PREFIX}show`]: id }),
  );
  // An empty canvas keeps the frame's room.
  const side = (/** @type {string} */ name, /** @type {number} */ usual) => Number(frame.getAttribute(name)) || usual;
  const room = { "aria-hidden": true, width: side("width", 300), height: side("height", 150) };
  placeholder.append(make("canvas", "", room), content);
  frame.before(placeholder);
};

/**
 * Says something that assistive technology reads out (WCAG 2.2, 4.1.3).
 *
 * @param {string} key
 * @param {Element} place
 */
const announce = async (key, place) => {
  await styled();
  let status = part("status");
  if (!status) {
    status = document.createElement("p");
    status.id = "crumbgate-status";
    status.setAttribute("role", "status");
  }
  place.append(status);
  const line = status;
  // A region speaks of what changes in it after it came.
  setTimeout(() => (line.textContent = words()[key]), 50);
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

/** @type {Promise<unknown> | undefined} */
let styling;
/** The look of the dialog, before it is shown. */
const styled = () =>
  (styling ??= new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.onload = link.onerror = resolve;
    link.href = details.style;
    document.head.append(link);
  }));

/**
 * @param {Element | null} opener what gets the focus back
 */
const openDialog = async (opener) => {
  if (part("dialog")) return;
  const [main] = await Promise.all([fetchMain(inLanguage("/.crumbgate/settings")), styled()]);
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
};

/** Fills `<div data-crumbgate="declaration">` with the table of all cookies. */
const declare = async () => {
  for (const place of document.querySelectorAll(`[${MARK}="declaration"]`)) {
    try {
      const main = await fetchMain(inLanguage("/.crumbgate/declaration"));
      const { lang, dir } = main.ownerDocument.documentElement;
      if (place instanceof HTMLElement) Object.assign(place, { lang, dir });
      place.replaceChildren(...main.childNodes);
    } catch {
      // What the shop wrote there stays.
    }
  }
};

/** @param {number} milliseconds */
const timeLimit = (milliseconds) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
};

/**
 * Takes a decision to the server; throws where the plain form has to do that.
 *
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
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: timeLimit(8000),
  });
  if (answer.status === 503) {
    announce("retry", form);
    return;
  }
  if (!answer.ok) throw answer;
  const { granted } = await answer.json();
  take(granted.filter((/** @type {string} */ id) => optional.includes(id)), "saved_text");
};

Object.assign(later, { announce, decide, declare, openDialog, release, replace, start, ofCookie: knownCookies.ofCookie });
