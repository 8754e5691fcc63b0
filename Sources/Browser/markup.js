// The form in which what may not load waits in a document, as the server writes it too: `data-crumbgate` with the ids of
// the categories, and each attribute that would load something under a name of its own.

/** What the page's policy trusts, where it trusts what trusted scripts add as well (`'strict-dynamic'`). */
const nonce = document.currentScript?.nonce;

const MARK = "data-crumbgate";
const PREFIX = "data-crumbgate-";

/**
 * The name under which an attribute waits. A frame's document may do whatever a page may, so its name begins like that of
 * an event handler: whoever can write such an attribute here needs no mark of ours.
 *
 * @param {string} name
 */
const waitingName = (name) => (name === "srcdoc" ? "oncrumbgatesrcdoc" : PREFIX + name);

/**
 * The attributes that load something, by element.
 *
 * @type {Record<string, string[]>}
 */
const loading = {
  script: ["src", "href", "xlink:href"],
  iframe: ["src", "srcdoc"],
  img: ["src", "srcset"],
  source: ["src", "srcset"],
  video: ["src", "poster"],
  audio: ["src"],
  track: ["src"],
  embed: ["src"],
  object: ["data"],
  input: ["src"],
  link: ["href", "imagesrcset"],
  image: ["href", "xlink:href"],
  use: ["href", "xlink:href"],
};
/** Elements whose text is no markup. */
const isRaw = /^(?:script|style|textarea|title|iframe|noscript)$/i;

/** @param {string} name */
const loadingIn = (name) => (Object.hasOwn(loading, name) ? loading[name] : []);

/** The relations that only say something. */
const saying = /^(?:canonical|alternate|author|license|next|prev|shortlink)$/i;

/**
 * @param {string} text
 * @returns {string[]} the categories of a URL that are not granted
 */
const withheldURL = (text) => {
  const category = categoryOfURL(text);
  return category === undefined || granted.has(category) ? [] : [category];
};

/** @param {string} html */
const withheldHTML = (html) => (html.match(/(?:https?:|wss?:)?\/\/[^\s"'<>\\)]+/gi) ?? []).flatMap(withheldURL);

/**
 * The categories that an attribute's value waits for.
 *
 * @param {string} name
 * @param {string} value
 */
const withheldBy = (name, value) => {
  if (name === "srcdoc") return withheldHTML(value);
  return name.endsWith("srcset") ? value.split(/[\s,]+/).flatMap(withheldURL) : withheldURL(value);
};

/**
 * @param {Element} element
 * @param {string} name
 */
const isLoading = (element, name) =>
  loadingIn(element.localName).includes(name) &&
  !(element.localName === "link" && saying.test(element.getAttribute("rel") ?? ""));

/**
 * Where something may wait that the document's own selectors do not reach: shadow trees, and frames that scripts write.
 *
 * @type {Set<Node>}
 */
const elsewhere = new Set();

/** @param {unknown} node */
const noteIfElsewhere = (node) => {
  if (node instanceof Node ? node.getRootNode() !== document : /** @type {any} */ (node)?.nodeType)
    elsewhere.add(/** @type {Node} */ (node));
};

/**
 * Whether what is put there may load: nothing does in documents that are not shown, as those of a DOMParser.
 *
 * @param {any} place
 */
const isLive = (place) => {
  const node = place.startContainer ?? place;
  return (node.ownerDocument ?? node).defaultView !== null;
};

/**
 * The elements that wait because of us: what the page itself says that waits may be anything.
 *
 * @type {WeakSet<Element>}
 */
const ownMarks = new WeakSet();

/** @param {Element} element */
const idsOf = (element) => (element.getAttribute(MARK) ?? "").split(" ");

/** @param {any} node */
const isPlaceholder = (node) => node?.classList?.contains("crumbgate-placeholder");

/** @param {Element} element */
const hasPlaceholder = (element) => isPlaceholder(element.previousElementSibling);

/**
 * Lets an attribute of an element wait; false when it need not.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 * @param {boolean} [isSet] whether a script sets it, which a script of the page's can only do with leave to run others
 */
const withhold = (element, name, value, isSet) => {
  if (!isLoading(element, name)) return false;
  const ids = withheldBy(name, value);
  const others = idsOf(element).filter(Boolean);
  if (!ids.length) {
    if (element.hasAttribute(waitingName(name))) {
      // Another URL takes the place of the one that waits.
      element.removeAttribute(waitingName(name));
      if (![...element.attributes].some(({ name }) => /crumbgate[-s]/.test(name))) element.removeAttribute(MARK);
    }
    return false;
  }
  element.removeAttribute(name);
  browser.setAttribute.call(element, waitingName(name), value);
  browser.setAttribute.call(element, MARK, [...new Set([...others, ...ids])].join(" "));
  if (isSet || element.localName !== "script") ownMarks.add(element);
  noteIfElsewhere(element);
  if (element.isConnected) addPlaceholder(element);
  return true;
};

/**
 * Lets all of an element wait that has to.
 *
 * @param {Element} element
 */
const withholdElement = (element) => {
  for (const name of loadingIn(element.localName)) {
    const value = element.getAttribute(name);
    if (value !== null) withhold(element, name, value);
  }
};

/** An attribute in a start tag (WHATWG HTML §13.2.5.32 to 39). It takes in whatever there is: so that is linear. */
const ATTRIBUTE = `([^\\s/>][^\\s/>=]*)(\\s*=\\s*("[^"]*"?|'[^']*'?|[^\\s"'>][^\\s>]*)?)?`;
const anyAttribute = new RegExp(ATTRIBUTE, "g");
const tags = new RegExp(`<!--(?:-?>|[^]*?(?:--!?>|$))|<([a-z][^\\s/>]*)((?:[\\s/]|${ATTRIBUTE})*)(>|$)`, "gi");

/**
 * Changes start tags: none in comments, in other tags and in text that is no markup.
 *
 * @param {string} html
 * @param {(tag: string, name: string, attributes: string, isWhole: boolean) => string} change
 */
const changeTags = (html, change) => {
  let changed = "";
  let at = 0;
  tags.lastIndex = 0;
  for (let found; (found = tags.exec(html)); ) {
    const [tag, name, attributes] = found;
    changed += html.slice(at, found.index);
    changed += name ? change(tag, name.toLowerCase(), attributes, found[6] !== "") : tag;
    at = tags.lastIndex;
    if (isRaw.test(name)) {
      const end = new RegExp(`</${name}`, "gi");
      end.lastIndex = at;
      tags.lastIndex = end.test(html) ? end.lastIndex : html.length;
    }
  }
  return changed + html.slice(at);
};

/** @param {string} quoted */
const valueOf = (quoted) => quoted.replace(/^["']|["']$/g, "").replace(/&amp;/g, "&");

/**
 * The same for text that is going to be parsed. It is changed only within tags that load what has to wait.
 *
 * @param {string} html
 * @param {any} place where it is going to be
 */
const withholdInHTML = (html, place) => {
  if (isRaw.test(place.localName) || place.localName === "template" || !isLive(place)) return html;
  if (!withheldHTML(html).length) return html;
  noteIfElsewhere(place);
  return changeTags(html, (tag, name, attributes, isWhole) => {
    const names = isWhole ? loadingIn(name) : [];
    const ids = new Set();
    const relation = /\srel\s*=\s*["']?([\w-]+)["'\s/]/i.exec(`${attributes} `)?.[1] ?? "";
    if (name === "link" && saying.test(relation)) return tag;
    const changed = attributes.replace(anyAttribute, (whole, word, _, quoted = "") => {
      const key = word.toLowerCase();
      if (name === "script" && key === "type") return PREFIX + whole;
      const found = names.includes(key) ? withheldBy(key, valueOf(quoted)) : [];
      for (const id of found) ids.add(id);
      return found.length ? waitingName(key) + whole.slice(key.length) : whole;
    });
    if (!ids.size) return tag;
    return `<${name} ${MARK}="${[...ids].join(" ")}"${name === "script" ? ' type="text/plain"' : ""}${changed}>`;
  });
};

const placeholders = /<span class="crumbgate-placeholder[^]*?<\/button><\/span><\/span>/g;

/**
 * Markup that the browser wrote, as it was before something had to wait: editors keep what they read. Of marks that
 * others wrote nothing is made that may do more than wait again.
 *
 * @param {string} html
 */
const withoutMarks = (html) => {
  if (!html.includes(MARK)) return html;
  return changeTags(html.replace(placeholders, ""), (tag, name, attributes) => {
    let isOurs = false;
    const original = attributes.replace(new RegExp(` ${ATTRIBUTE}`, "g"), (whole, key, _, quoted = "") => {
      if (key === MARK || (name === "script" && whole === ' type="text/plain"')) return "";
      if (name === "script" && key === `${PREFIX}type`) return whole.replace(PREFIX, "");
      const attribute = loadingIn(name).find((attribute) => key === waitingName(attribute));
      if (!attribute || !withheldBy(attribute, valueOf(quoted)).length) return whole;
      isOurs = true;
      return whole.replace(key, attribute);
    });
    return isOurs ? `${tag.slice(0, name.length + 1)}${original}>` : tag;
  });
};
