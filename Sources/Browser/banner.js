// The banner and the choice. All of it works without this file, as pages of the server's.

/**
 * What few pages need, and none at once, comes when it is asked for: settings.js, which fills this.
 *
 * @type {Later}
 */
const later = /** @type {any} */ ({});
/** @type {Promise<Later> | undefined} */
let coming;
const more = () =>
  (coming ??= import(policy.more).then((module) => {
    module.default(shared());
    return later;
  }));

/** Where the page's policy lets no script of ours run others, the server's next answer has them as they were. */
const reloadOnce = () => {
  if (hasDecidedHere) location.reload();
  return hasDecidedHere;
};
let hasDecidedHere = false;

/** The settings as a page, where there can be no dialog. */
const leaveForSettings = () =>
  location.assign(`${inLanguage("/.crumbgate/settings")}&return=${encodeURIComponent(location.pathname + location.search)}`);

const openSettings = () => {
  const opener = document.activeElement;
  return more()
    .then(({ openDialog }) => openDialog(opener))
    .catch(leaveForSettings);
};

/** @param {Element} frame */
const addPlaceholder = (frame) => {
  // What is edited is going to be kept.
  const isEdited = /** @type {HTMLElement} */ (frame).isContentEditable;
  if (!isEdited && /^(iframe|embed|object)$/.test(frame.localName) && !hasPlaceholder(frame))
    more().then(({ replace }) => replace(frame), () => {});
};

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

/** @param {string} path */
const inLanguage = (path) => {
  const language = document.getElementById("crumbgate")?.lang || document.documentElement.lang;
  return `${path}?lang=${encodeURIComponent(language)}`;
};

/**
 * Puts a decision that the server has taken into effect.
 *
 * @param {string[]} next
 * @param {string} text the key of what is said of it
 */
const take = (next, text) => {
  const isWithdrawal = adoptDecision(next);
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
  if (text) later.announce(text, root());
  announceDecision();
  activate(document);
};

/**
 * Forms that go the plain way after all.
 *
 * @type {WeakSet<HTMLFormElement>}
 */
const plain = new WeakSet();

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
    if (button.value === "settings") {
      openSettings();
      return;
    }
    more()
      .then(({ decide }) => decide(form, button))
      .catch(() => {
        plain.add(form);
        // A refusal may come so soon that the form still takes itself to be submitted.
        setTimeout(() => form.requestSubmit(button));
      });
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
    more()
      .then(({ release }) => {
        if (!release(frame)) openSettings();
        else if (frame instanceof HTMLElement) frame.focus();
      })
      .catch(leaveForSettings);
  },
  true,
);
