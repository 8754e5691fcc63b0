// The form in which what may not load waits in a document, as the server writes it too: `data-crumbgate` with the ids of
// the categories, and each attribute that would load something under a name that begins with `data-crumbgate-`.

const MARK = "data-crumbgate";
const PREFIX = "data-crumbgate-";

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
  loading[element.localName]?.includes(name) === true &&
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

/** @param {Element} element */
const hasPlaceholder = (element) => element.previousElementSibling?.classList.contains("crumbgate-placeholder") === true;

/**
 * Lets an attribute of an element wait; false when it need not.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
const withhold = (element, name, value) => {
  if (!isLoading(element, name)) return false;
  const ids = withheldBy(name, value);
  const others = (element.getAttribute(MARK) ?? "").split(" ").filter(Boolean);
  if (!ids.length) {
    if (element.hasAttribute(PREFIX + name)) {
      // Another URL takes the place of the one that waits.
      element.removeAttribute(PREFIX + name);
      if (![...element.attributes].some((attribute) => attribute.name.startsWith(PREFIX))) element.removeAttribute(MARK);
    }
    return false;
  }
  element.removeAttribute(name);
  browser.setAttribute.call(element, PREFIX + name, value);
  browser.setAttribute.call(element, MARK, [...new Set([...others, ...ids])].join(" "));
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
  for (const name of loading[element.localName] ?? []) {
    const value = element.getAttribute(name);
    if (value !== null) withhold(element, name, value);
  }
};

const tags = new RegExp(
  `<(${Object.keys(loading).join("|")})((?:[\\s/](?:[^>"']|"[^"]*"|'[^']*')*)?)>`,
  "gi",
);

/**
 * The same for text that is going to be parsed. It is changed only within tags that load what has to wait.
 *
 * @param {string} html
 * @param {unknown} place where it is going to be, if that is known
 */
const withholdInHTML = (html, place) => {
  if (!withheldHTML(html).length) return html;
  noteIfElsewhere(place);
  return html.replace(tags, (/** @type {string} */ tag, /** @type {string} */ name, /** @type {string} */ attributes) => {
    const kind = name.toLowerCase();
    const ids = new Set();
    if (kind === "link" && saying.test(/\srel\s*=\s*["']?([\w-]+)["'\s/]/i.exec(attributes)?.[1] ?? "")) return tag;
    let changed = attributes.replace(/([^\s"'<>/=]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/g, (whole, key, quoted) => {
      if (!loading[kind].includes(key.toLowerCase())) return whole;
      const found = withheldBy(key.toLowerCase(), quoted.replace(/^["']|["']$/g, "").replace(/&amp;/g, "&"));
      for (const id of found) ids.add(id);
      return found.length ? PREFIX + whole : whole;
    });
    if (!ids.size) return tag;
    if (kind === "script") changed = ` type="text/plain"${changed.replace(/(\s)(type\s*=)/i, `$1${PREFIX}$2`)}`;
    return `<${name} ${MARK}="${[...ids].join(" ")}"${changed}>`;
  });
};
