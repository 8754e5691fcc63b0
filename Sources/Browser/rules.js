// The rules of the site: which category a URL or a cookie's name falls under. The same words as in the rules file, and
// the same answers as the server's.

/**
 * @typedef {object} HostRule
 * @property {string} port empty for every port
 * @property {string} path without the `*` at its end
 * @property {boolean} isPrefix
 * @property {string} category
 */

/**
 * A host, and from each of its dots on what a pattern with a wildcard may end in: the most specific first.
 *
 * @param {URL} url
 */
const keysOf = ({ hostname }) => {
  const host = hostname.replace(/\.$/, "");
  const keys = [];
  for (let dot = 0; dot >= 0; dot = host.indexOf(".", dot + 1)) keys.push(host.slice(dot));
  return keys;
};

/**
 * Rules that are asked together.
 *
 * @param {CategoryRules[]} categories
 */
const makeRules = (categories) => {
  /**
   * By host, or by a dot and a suffix for `*.suffix`.
   *
   * @type {Map<string, HostRule[]>}
   */
  const hostRules = new Map();
  /** @type {Map<string, string>} */
  const names = new Map();
  /** @type {[prefix: string, category: string][]} */
  const prefixes = [];
  /** @type {[expression: RegExp, category: string][]} */
  const expressions = [];

  for (const { id, hosts = [], cookies = [] } of categories) {
    for (const pattern of hosts) {
      const parts = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?(\/.*)?$/.exec(pattern);
      if (!parts) continue;
      const [, host, port = "", path = "*"] = parts;
      const key = host.toLowerCase().replace(/^\*/, "");
      const rule = { port, path: path.replace(/\*$/, ""), isPrefix: path.endsWith("*"), category: id };
      hostRules.set(key, [...(hostRules.get(key) ?? []), rule]);
    }
    for (const pattern of cookies) {
      if (/^\/.+\/$/.test(pattern)) {
        try {
          expressions.push([new RegExp(`^(?:${pattern.slice(1, -1)})$`), id]);
        } catch {
          // The server knows an expression that this browser does not.
        }
      } else if (pattern.endsWith("*")) {
        prefixes.push([pattern.slice(0, -1), id]);
      } else if (!names.has(pattern)) {
        names.set(pattern, id);
      }
    }
  }
  for (const rules of hostRules.values()) {
    // The most specific first; what is equal stays in the file's order.
    rules.sort(
      (a, b) =>
        Number(!a.port) - Number(!b.port) || Number(a.isPrefix) - Number(b.isPrefix) || b.path.length - a.path.length,
    );
  }
  prefixes.sort(([a], [b]) => b.length - a.length);

  return {
    /**
     * The category of the most specific rule.
     *
     * @param {URL} url
     * @param {string} port
     */
    ofURL: (url, port) =>
      keysOf(url)
        .flatMap((key) => hostRules.get(key) ?? [])
        .find(
          (rule) =>
            (!rule.port || rule.port === port) &&
            (rule.isPrefix ? url.pathname.startsWith(rule.path) : url.pathname === rule.path),
        )?.category,
    /**
     * The category of an exact rule, of the longest prefix, of the first expression.
     *
     * @param {string} name
     */
    ofCookie: (name) =>
      names.get(name) ??
      prefixes.find(([prefix]) => name.startsWith(prefix))?.[1] ??
      expressions.find(([expression]) => expression.test(name))?.[1],
  };
};

const ownRules = makeRules(policy.categories);

// What is shipped is asked where the operator's own rules say nothing: hosts here, cookies in settings.js. Of the hosts
// only hashes are here, as there are hundreds; one foreign host in some thousands is taken for another.

const HASHES = 2 ** 22;
/** The digits of a hash's distance from the one before it, three of them: they need no escape in a string. */
const BASE = 57;
const FIRST_DIGIT = 35;

/** @type {Map<number, string>} */
const knownHosts = new Map();
for (const { id, known = "" } of policy.categories) {
  let hash = 0;
  for (let at = 0; at < known.length; at += 3) {
    const digit = (/** @type {number} */ index) => known.charCodeAt(at + index) - FIRST_DIGIT;
    hash += (digit(0) * BASE + digit(1)) * BASE + digit(2);
    knownHosts.set(hash, id);
  }
}

/**
 * FNV-1a (RFC 9923), folded.
 *
 * @param {string} text
 */
const knownCategory = (text) => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return knownHosts.get(((hash >>> 10) ^ hash) & (HASHES - 1));
};

/**
 * The category of a host that is shipped: of the most specific pattern, as in `ofURL` above.
 *
 * @param {URL} url
 */
const knownCategoryOfURL = (url) => {
  const paths = [url.pathname];
  for (let path = url.pathname; (path = path.replace(/\/[^/]*$/, "")); ) paths.push(`${path}/*`);
  for (const key of keysOf(url)) {
    // Few hosts have rules for paths, and say so.
    for (const path of knownCategory(`${key}?`) ? [...paths, ""] : [""]) {
      const category = knownCategory(key + path);
      if (category) return category;
    }
  }
  return undefined;
};

/**
 * The category of a URL; none for what goes over no network.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
const categoryOfURL = (text) => {
  /** @type {URL} */
  let url;
  try {
    url = new URL(text, document.baseURI);
  } catch {
    return undefined;
  }
  const scheme = /^(?:http|ws)(s?):$/.exec(url.protocol);
  return scheme ? ownRules.ofURL(url, url.port || (scheme[1] ? "443" : "80")) ?? knownCategoryOfURL(url) : undefined;
};
