// What was withheld, put to work once all its categories are granted; nothing twice.
//
// Anybody whose markup the page shows may have written our marks. So nothing comes back that a rule would not have
// withheld, and no script that the page's policy keeps from running; a frame's document, of which that cannot be told,
// has a mark that nobody may write but who may write scripts. A part of settings.js.

/** URLs that stood in the page, for pages that trust nothing else (Trusted Types). */
const trust = (() => {
  try {
    const same = (/** @type {string} */ text) => text;
    return window.trustedTypes?.createPolicy("crumbgate", { createScriptURL: same });
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
 * What comes back: that, and what only the server withholds.
 *
 * @type {Record<string, string[]>}
 */
const returning = {
  ...loading,
  image: ["src", "srcset", ...loading.image],
  feImage: loading.image,
  frame: ["src"],
  meta: ["content"],
  ...Object.fromEntries(
    ["body", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup"].map((name) => [name, ["background"]]),
  ),
  animate: ["to", "from", "by", "values"],
  set: ["to"],
};

/**
 * The attributes of an element that wait for one of its categories by the rules, and not by the markup's word alone.
 *
 * @param {Element} element
 */
const waitingIn = (element) =>
  (Object.hasOwn(returning, element.localName) ? returning[element.localName] : []).filter((name) => {
    const value = element.getAttribute(waitingName(name));
    if (value === null) return false;
    // What is in a document only the server knows.
    if (name === "srcdoc") return idsOf(element).some((id) => optional.includes(id)) && mayFill();
    // A refresh has its seconds first.
    const url = value.replace(/^[\d.\s]*[;,]\s*(?:url\s*=\s*)?["']?/i, "");
    const urls = /srcset$|^values$/.test(name) ? value.split(/[\s,;]+/) : [url];
    return urls.some((url) => {
      const id = categoryOfURL(url) ?? "";
      return optional.includes(id) && idsOf(element).includes(id);
    });
  });

/** Whether a script may fill a frame: in pages that trust no text (Trusted Types) only the server may. */
const mayFill = () => {
  try {
    document.createElement("iframe").srcdoc = "<p>";
    return true;
  } catch {
    return false;
  }
};

/** @param {any} element */
const nonceOf = (element) => element.nonce;

/**
 * Whether an element is a script that the server or the parser was kept from running.
 *
 * @param {Element} element
 */
const isWithheldScript = (element) => element.localName === "script" && element.getAttribute("type") === "text/plain";

/**
 * Whether that is a script without a URL; the server knows its text.
 *
 * @param {Element} element
 */
const isInline = (element) =>
  isWithheldScript(element) &&
  idsOf(element).some((id) => optional.includes(id)) &&
  !loading.script.some((name) => element.hasAttribute(name) || element.hasAttribute(PREFIX + name));

/**
 * Gives an element what waited.
 *
 * @param {Element} element
 * @returns {boolean} whether anything did
 */
const release = (element) => {
  const names = waitingIn(element);
  if (!names.length) return false;
  const { parentElement } = element;
  if (hasPlaceholder(element)) element.previousElementSibling?.remove();
  const values = names.map((name) => element.getAttribute(waitingName(name)) ?? "");
  for (const name of [MARK, ...names.map(waitingName)]) element.removeAttribute(name);
  names.forEach((name, index) => setAttribute(element, name, values[index]));
  // These look only when they come, or when they are told to.
  if (/^(?:meta|set|animate)$/.test(element.localName)) element.replaceWith(element.cloneNode());
  if (element.localName === "source" && parentElement instanceof HTMLMediaElement) parentElement.load();
  return true;
};

/**
 * Runs a script without a URL where it stands: so it runs only if the browser would have run it.
 *
 * @param {Element} script
 */
const runInline = (script) => {
  const type = script.getAttribute(`${PREFIX}type`);
  for (const name of [MARK, "type", `${PREFIX}type`]) script.removeAttribute(name);
  if (type !== null) setAttribute(script, "type", type);
  // The document is complete by now: what it writes would take the document's place.
  const write = (/** @type {string[]} */ ...text) =>
    script.after(document.createRange().createContextualFragment(text.join("")));
  Object.assign(document, { write, writeln: write });
  try {
    const place = document.createComment("");
    script.replaceWith(place);
    place.replaceWith(script);
  } finally {
    Reflect.deleteProperty(document, "write");
    Reflect.deleteProperty(document, "writeln");
  }
};

/**
 * Runs a script with a URL by putting another in its place: the parser is done with the old one for good.
 *
 * @param {Element} old
 * @returns {Promise<void>} until it has run or failed
 */
const run = (old) => {
  const script = /** @type {HTMLScriptElement} */ (document.createElementNS(old.namespaceURI, "script"));
  const names = waitingIn(old);
  for (const { name, value } of old.attributes) {
    const original = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "";
    if (names.includes(original) || original === "type") setAttribute(script, original, value);
    else if (!original && ![MARK, "type", ...loading.script].includes(name)) setAttribute(script, name, value);
  }
  script.nonce = nonceOf(old);
  script.async = old.hasAttribute("async");
  return new Promise((resolve) => {
    for (const type of ["load", "error"]) script.addEventListener(type, () => resolve());
    old.replaceWith(script);
    if (script.async) resolve();
  });
};

/**
 * Whether the parser would have run a script after all others.
 *
 * @param {Element} script
 */
const isDeferred = (script) =>
  script.getAttribute(`${PREFIX}type`) === "module" || (script.hasAttribute("defer") && !isInline(script));

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
  for (const script of scripts.sort((a, b) => Number(isDeferred(a)) - Number(isDeferred(b)))) {
    if (!script.isConnected) continue;
    if (isInline(script)) {
      await Promise.all(pending);
      pending = [];
      runInline(script);
    } else {
      pending.push(run(script));
    }
  }
  await Promise.all(pending);
};

/**
 * Puts to work what of these elements really waits; all their categories are granted.
 *
 * @param {Element[]} elements
 */
const start = (elements) => {
  const textOf = (/** @type {Element} */ element) => element.getAttribute(waitingName("srcdoc")) ?? "";
  // Before anything has run that would run again.
  if (elements.some(textOf) && !mayFill() && reloadOnce()) return;
  /** @type {Element[]} */
  const scripts = [];
  for (const element of elements) {
    const isTrusted = element.localName !== "script" || !nonce || ownMarks.has(element) || nonceOf(element) === nonce;
    // A mark may say less than the text that waits under it.
    if (started.has(element) || !isTrusted || withheldHTML(textOf(element)).length) continue;
    if (isWithheldScript(element) && (isInline(element) || waitingIn(element).length)) {
      started.add(element);
      scripts.push(element);
    } else {
      release(element);
    }
  }
  if (scripts.length) turn = turn.then(() => runInOrder(scripts)).catch(() => void reloadOnce());
};
