// The rules of the site: which category a URL or a cookie's name falls under. The same words as in the rules file, and
// the same answers as the server's.

/**
 * @typedef {object} HostRule
 * @property {string} port empty for every port
 * @property {string} path without the `*` at its end
 * @property {boolean} isPrefix
 * @property {string} category
 */

/** @type {Record<string, string>} */
const defaultPorts = { "http:": "80", "ws:": "80", "https:": "443", "wss:": "443" };

/**
 * Rules that are asked together.
 *
 * @param {"cookies" | "knownCookies"} cookiesOf where a category has them
 * @param {"hosts" | "knownHosts"} hostsOf
 */
const makeRules = (cookiesOf, hostsOf) => {
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

  for (const { id, [hostsOf]: hosts = [], [cookiesOf]: cookies = [] } of policy.categories) {
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
    ofURL: ({ hostname, pathname }, port) => {
      const host = hostname.replace(/\.$/, "");
      for (let dot = 0; dot >= 0; dot = host.indexOf(".", dot + 1)) {
        const rule = hostRules
          .get(host.slice(dot))
          ?.find(
            (rule) =>
              (!rule.port || rule.port === port) &&
              (rule.isPrefix ? pathname.startsWith(rule.path) : pathname === rule.path),
          );
        if (rule) return rule.category;
      }
      return undefined;
    },
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

const ownRules = makeRules("cookies", "hosts");
/** What is shipped, asked where the operator's own rules say nothing. */
const knownRules = makeRules("knownCookies", "knownHosts");

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
  const port = url.port || defaultPorts[url.protocol];
  return port ? ownRules.ofURL(url, port) ?? knownRules.ofURL(url, port) : undefined;
};

/**
 * The category of a cookie's name.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
const categoryOfCookie = (name) => ownRules.ofCookie(name) ?? knownRules.ofCookie(name);
