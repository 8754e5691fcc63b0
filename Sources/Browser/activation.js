// What was withheld, put to work once all its categories are granted; nothing twice.

/** Text that stood in the page as a script of the page's own, for pages that trust nothing else (Trusted Types). */
const trust = (() => {
  try {
    const same = (/** @type {string} */ text) => text;
    return window.trustedTypes?.createPolicy("crumbgate", { createScript: same, createScriptURL: same });
  } catch {
    return undefined; // The page's policy names others only.
  }
})();

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
const setAttribute = (element, name, value) => {
  const trusted = element.localName === "script" && name === "src" ? trust?.createScriptURL(value) ?? value : value;
  if (name === "xlink:href") browser.setAttributeNS.call(element, "http://www.w3.org/1999/xlink", name, trusted);
  else browser.setAttribute.call(element, name, trusted);
};

/**
 * Whether an element waits: others have the attribute to be found by us.
 *
 * @param {Element} element
 */
const isWithheld = (element) => [...element.attributes].some(({ name }) => name.startsWith(PREFIX)) || isWithheldScript(element);

/**
 * Whether an element is a script that the server or the parser was kept from running.
 *
 * @param {Element} element
 */
const isWithheldScript = (element) =>
  element.localName === "script" && element.hasAttribute(MARK) && element.getAttribute("type") === "text/plain";

/**
 * Gives an element what waited.
 *
 * @param {Element} element
 */
const release = (element) => {
  const { parentElement } = element;
  if (hasPlaceholder(element)) element.previousElementSibling?.remove();
  element.removeAttribute(MARK);
  for (const { name, value } of [...element.attributes]) {
    if (!name.startsWith(PREFIX)) continue;
    element.removeAttribute(name);
    setAttribute(element, name.slice(PREFIX.length), value);
  }
  // These look only when they come, or when they are told to.
  if (element.localName === "meta") element.replaceWith(element.cloneNode());
  if (element.localName === "source" && parentElement instanceof HTMLMediaElement) parentElement.load();
};

/**
 * Runs a script by putting another in its place: the parser is done with the old one for good.
 *
 * @param {Element} old
 * @returns {Promise<void>} until it has run or failed
 */
const run = (old) => {
  const script = /** @type {HTMLScriptElement} */ (document.createElementNS(old.namespaceURI, "script"));
  for (const { name, value } of old.attributes) {
    if (name === MARK || name === "type") continue;
    setAttribute(script, name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name, value);
  }
  script.nonce = /** @type {HTMLElement} */ (old).nonce;
  script.async = old.hasAttribute("async");
  const text = old.textContent ?? "";
  if (text) script.text = trust?.createScript(text) ?? text;
  const isFetched = ["src", "href", "xlink:href"].some((name) => script.hasAttribute(name));
  if (isFetched) {
    return new Promise((resolve) => {
      for (const type of ["load", "error"]) script.addEventListener(type, () => resolve());
      old.replaceWith(script);
      if (script.async) resolve();
    });
  }
  // The document is complete by now: what it writes would take the document's place.
  const write = (/** @type {string[]} */ ...text) =>
    script.after(document.createRange().createContextualFragment(text.join("")));
  Object.assign(document, { write, writeln: write });
  try {
    old.replaceWith(script);
  } finally {
    Reflect.deleteProperty(document, "write");
    Reflect.deleteProperty(document, "writeln");
  }
  return Promise.resolve();
};

/** @type {WeakSet<Element>} */
const started = new WeakSet();
/** Until the scripts before have run. */
let turn = Promise.resolve();

/**
 * Scripts in the document's order: those with a URL are fetched at the same time, and one without waits for them.
 *
 * @param {Element[]} scripts
 */
const runInOrder = async (scripts) => {
  /** @type {Promise<void>[]} */
  let pending = [];
  for (const script of scripts) {
    if (!script.isConnected) continue;
    // Those with a URL have no text.
    if (script.textContent) {
      await Promise.all(pending);
      pending = [];
    }
    pending.push(run(script));
  }
  await Promise.all(pending);
};

/**
 * Puts to work what is granted, in an element and below.
 *
 * @param {Document | Element} root
 */
const activate = (root) => {
  const elements = [...root.querySelectorAll(`[${MARK}]`)];
  if (root instanceof Element && root.hasAttribute(MARK)) elements.unshift(root);
  for (const node of root === document ? elsewhere : [])
    if (node.isConnected && node.getRootNode() !== document)
      elements.push(.../** @type {any} */ (node.parentNode ?? node).querySelectorAll(`[${MARK}]`));
  /** @type {Element[]} */
  const scripts = [];
  for (const element of elements) {
    const ids = (element.getAttribute(MARK) ?? "").split(" ");
    if (started.has(element) || !ids.every((id) => granted.has(id)) || !isWithheld(element)) continue;
    if (isWithheldScript(element)) {
      started.add(element);
      scripts.push(element);
    } else {
      release(element);
    }
  }
  if (scripts.length) turn = turn.then(() => runInOrder(scripts)).catch(reloadOnce);
};

/** Where the page's policy lets no script of ours run others, the server's next answer has them as they were. */
const reloadOnce = () => {
  if (hasDecidedHere) location.reload();
};
let hasDecidedHere = false;
