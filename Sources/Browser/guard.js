// What other scripts may not do while a category is not granted. Each function stands in for one of the browser's: it
// lets everything else through to that, and whatever fails in ours is as if ours were not there.
//
// Out of reach: what a worker or a frame with a URL of its own does, `import()`, URLs in styles, forms and new windows.

const { apply, construct } = Reflect;
const { defineProperty, getOwnPropertyDescriptor } = Object;
/** The browser's own, for our own use. */
const browser = {
  setAttribute: Element.prototype.setAttribute,
  setAttributeNS: Element.prototype.setAttributeNS,
  write: Document.prototype.write,
};

/** Once nothing is left to withhold, all of it lets everything through; the next page has none of it. */
let isGuarding = false;

/**
 * @typedef {{ result: unknown } | { error: unknown } | { arguments: unknown[] } | undefined | void} Verdict
 *   what the caller gets instead or what is thrown at it, what the browser's own gets instead, or nothing to change
 */

/**
 * @param {Function} native
 * @param {(self: any, args: any[]) => Verdict} judge
 * @returns {(self: unknown, args: unknown[]) => unknown}
 */
const guarded = (native, judge) => (self, args) => {
  /** @type {Verdict} */
  let verdict;
  if (isGuarding) {
    try {
      verdict = judge(self, args);
    } catch {
      // The browser's own will say what is wrong with these arguments.
    }
  }
  if (verdict && "error" in verdict) throw verdict.error;
  if (verdict && "result" in verdict) return verdict.result;
  return apply(native, self, verdict ? verdict.arguments : args);
};

/**
 * @param {any} owner
 * @param {string} name
 * @param {(self: any, args: any[]) => Verdict} judge
 */
const guardMethod = (owner, name, judge) => {
  const native = owner?.[name];
  if (typeof native !== "function") return;
  const call = guarded(native, judge);
  // A method: it cannot be constructed, as the browser's cannot.
  owner[name] = {
    /** @param {unknown[]} args */
    [name](...args) {
      return call(this, args);
    },
  }[name];
};

/**
 * @param {any} owner
 * @param {string} name
 * @param {(self: any, args: any[]) => Verdict} judge
 * @param {(self: any, value: unknown) => unknown} [read] what reading gives, of what the browser's own gave
 */
const guardProperty = (owner, name, judge, read) => {
  const native = owner && getOwnPropertyDescriptor(owner, name);
  if (!native?.set || !native.get || !native.configurable) return;
  const { get, set } = native;
  const write = guarded(set, judge);
  defineProperty(owner, name, {
    ...native,
    get() {
      const value = apply(get, this, []);
      return read ? read(this, value) : value;
    },
    set(value) {
      write(this, [value]);
    },
  });
};

/**
 * @param {any} global
 * @param {string} name
 * @param {(url: string, native: any, args: any[]) => object} refuse what is made instead
 */
const guardConstructor = (global, name, refuse) => {
  const native = global[name];
  if (typeof native !== "function") return;
  global[name] = new Proxy(native, {
    construct(target, args, newTarget) {
      try {
        if (isGuarding && args.length && withheldURL(String(args[0])).length)
          return refuse(new URL(String(args[0]), document.baseURI).href, target, args);
      } catch {
        // As above.
      }
      return construct(target, args, newTarget);
    },
  });
};

/**
 * A connection that could not be made.
 *
 * @param {string} url
 * @param {any} native
 */
const deadConnection = (url, native) => {
  const dead = Object.setPrototypeOf(new EventTarget(), native.prototype);
  const handlers = { onopen: null, onmessage: null, onerror: null, onclose: null, send() {}, close() {} };
  for (const [key, value] of Object.entries({ url, readyState: 0, ...handlers }))
    defineProperty(dead, key, { value, writable: true });
  setTimeout(() => {
    dead.readyState = native.CLOSED;
    for (const event of [new Event("error"), new CloseEvent("close", { code: 1006 })]) {
      dead.dispatchEvent(event);
      dead[`on${event.type}`]?.(event);
    }
  });
  return dead;
};

/**
 * Requests that were opened to a URL that has to wait.
 *
 * @type {WeakMap<XMLHttpRequest, boolean>}
 */
const deadRequests = new WeakMap();

/**
 * @param {XMLHttpRequest} request
 * @param {boolean} isAsync
 * @returns {Verdict}
 */
const failRequest = (request, isAsync) => {
  if (!isAsync) return { error: new DOMException("A network error occurred.", "NetworkError") };
  setTimeout(() => {
    defineProperty(request, "readyState", { value: 4, configurable: true });
    for (const type of ["readystatechange", "error", "loadend"]) request.dispatchEvent(new ProgressEvent(type));
  });
  return { result: undefined };
};

/**
 * Whether a cookie may be set; undefined while that is not known.
 *
 * @param {string} name
 * @returns {boolean | undefined}
 */
const mayKeep = (name) => {
  const own = ownRules.ofCookie(name);
  if (own === undefined && !later.ofCookie) return undefined;
  const category = own ?? later.ofCookie(name);
  return category === undefined ? policy.unknown : granted.has(category);
};

/**
 * Cookies whose categories are being asked for, by name: scripts can read them, and nobody else has them yet.
 *
 * @type {Map<string, { line: string, set: (line: string) => void }>}
 */
const undecidedCookies = new Map();

const judgeUndecided = () => {
  const lines = [...undecidedCookies];
  undecidedCookies.clear();
  for (const [name, { line, set }] of lines) if (mayKeep(name) ?? policy.unknown) set(line);
};

/**
 * The name of a set-cookie-string's cookie, and whether the line removes it: a script may always do that.
 *
 * @param {string} line
 */
const readLine = (line) => {
  const [pair, ...attributes] = line.split(";");
  const equals = pair.indexOf("=");
  let expiry = Infinity;
  for (const attribute of attributes) {
    const [key, value = ""] = attribute.split("=").map((part) => part.trim());
    if (/^max-age$/i.test(key)) {
      // Max-Age wins over Expires (RFC 6265bis §5.5).
      expiry = Date.now() + Number(value) * 1000;
      break;
    }
    if (/^expires$/i.test(key)) expiry = Date.parse(value);
  }
  return { pair: pair.trim(), name: equals < 0 ? "" : pair.slice(0, equals).trim(), isRemoval: expiry <= Date.now() };
};

/** @param {number} index of the argument that is HTML */
const judgeHTML =
  (index) =>
  /**
   * @param {unknown} self
   * @param {any[]} args
   */
  (self, args) => {
    // Text of a Trusted Type is the page's own responsibility, and would not be trusted once changed.
    if (typeof args[index] !== "string") return undefined;
    const html = withholdInHTML(args[index], self);
    return html === args[index] ? undefined : { arguments: args.map((value, at) => (at === index ? html : value)) };
  };

/**
 * @param {any} self
 * @param {any} html
 */
const readHTML = (self, html) => (isRaw.test(self.localName) ? html : withoutMarks(html));

/** What was written of a tag that is not complete yet. */
let begun = "";

/**
 * What is written in parts is judged when it is a whole tag.
 *
 * @param {Document} self
 * @param {unknown[]} args
 * @returns {Verdict}
 */
const judgeWriting = (self, args) => {
  // As above.
  if (!begun && args.some((text) => window.trustedTypes?.isHTML?.(text))) return;
  let html = begun + args.map(String).join("");
  begun = "";
  if (self.readyState === "loading")
    changeTags(html, (tag, _name, _attributes, isWhole) => {
      if (!isWhole) begun = tag;
      return tag;
    });
  if (begun) {
    html = html.slice(0, -begun.length);
    // Whatever the script leaves unfinished is the parser's.
    queueMicrotask(() => {
      const rest = begun;
      begun = "";
      if (rest) browser.write.call(self, rest);
    });
  }
  return { arguments: [withholdInHTML(html, self)] };
};

/**
 * Guards a window: the page's, and those of frames that scripts made to write into.
 *
 * @param {any} global
 */
const guardWindow = (global) => {
  const { document, Element, Node, Range, ShadowRoot, DocumentFragment, HTMLIFrameElement, Document } = global;
  // Elements, by property and by attribute.
  for (const kind in loading)
    for (const attribute of loading[kind]) {
      const name = attribute.replace("imagesrc", "imageSrc");
      let owner = document.createElement(kind);
      while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
      // Video and audio have this of one owner.
      if (kind === "audio") continue;
      guardProperty(
        owner,
        name,
        (self, [value]) => {
          if (!isLive(self) || !withhold(self, attribute, String(value), true)) return;
          // A picture outside the document would have been fetched now; one inside waits for its category.
          if (kind === "img") setTimeout(() => self.isConnected || self.dispatchEvent(new Event("error")));
          return { result: undefined };
        },
        (self, value) => {
          const waiting = value === "" && self.getAttribute(waitingName(attribute));
          return waiting ? (/srcset|srcdoc/.test(attribute) ? waiting : new URL(waiting, document.baseURI).href) : value;
        },
      );
    }
  guardMethod(Element.prototype, "setAttribute", (self, [name, value]) =>
    isLive(self) && withhold(self, String(name).toLowerCase(), String(value), true) ? { result: undefined } : undefined);
  guardMethod(Element.prototype, "setAttributeNS", (self, [, name, value]) =>
    isLive(self) && withhold(self, String(name), String(value), true) ? { result: undefined } : undefined);

  for (const name of ["setAttributeNode", "setAttributeNodeNS"])
    guardMethod(Element.prototype, name, (self, [{ name, value }]) =>
      isLive(self) && withhold(self, name, value, true) ? { result: null } : undefined);

  // Elements that come another way, as from another document.
  for (const [owner, ...names] of [
    [Node, "appendChild", "insertBefore", "replaceChild"],
    [Element, "append", "prepend", "before", "after", "replaceWith", "replaceChildren", "insertAdjacentElement"],
    [DocumentFragment, "append", "prepend", "replaceChildren"],
    [Range, "insertNode", "surroundContents"],
    [Document, "adoptNode", "importNode"],
  ])
    for (const name of names)
      guardMethod(owner.prototype, name, (self, args) => (isLive(self) ? args.forEach(withholdTree) : undefined));

  // Text that becomes elements.
  for (const owner of [Element, ShadowRoot]) {
    guardProperty(owner.prototype, "innerHTML", judgeHTML(0), readHTML);
    guardMethod(owner.prototype, "setHTMLUnsafe", judgeHTML(0));
  }
  guardProperty(Element.prototype, "outerHTML", judgeHTML(0), readHTML);
  guardMethod(Element.prototype, "insertAdjacentHTML", judgeHTML(1));
  guardMethod(Range.prototype, "createContextualFragment", judgeHTML(0));
  for (const name of ["write", "writeln"]) guardMethod(Document.prototype, name, judgeWriting);

  // Windows of frames that have no URL of their own begin as this one did.
  for (const name of ["contentWindow", "contentDocument"]) {
    const native = getOwnPropertyDescriptor(HTMLIFrameElement.prototype, name);
    const get = native?.get;
    if (get)
      defineProperty(HTMLIFrameElement.prototype, name, {
        ...native,
        get() {
          const found = apply(get, this, []);
          try {
            const inner = found?.defaultView ?? found;
            // One with a URL of the shop's has our script by itself.
            if (isGuarding && /^about:/.test(inner.location.href) && !guardedDocuments.has(inner.document)) guardWindow(inner);
          } catch {
            // Of another origin.
          }
          return found;
        },
      });
  }
  guardedDocuments.add(document);

  // Requests.
  guardMethod(global, "fetch", (_, [input]) =>
    withheldURL(String(input?.url ?? input)).length
      ? { result: Promise.reject(new TypeError("Failed to fetch")) }
      : undefined);
  guardMethod(global.Navigator.prototype, "sendBeacon", (_, [url]) =>
    withheldURL(String(url)).length ? { result: true } : undefined);
  guardMethod(global.XMLHttpRequest.prototype, "open", (self, [, url, isAsync = true]) => {
    if (deadRequests.delete(self)) delete self.readyState;
    // Opening requests nothing yet.
    if (withheldURL(String(url)).length) deadRequests.set(self, Boolean(isAsync));
  });
  guardMethod(global.XMLHttpRequest.prototype, "send", (self) => {
    const isAsync = deadRequests.get(self);
    return isAsync === undefined ? undefined : failRequest(self, isAsync);
  });
  guardConstructor(global, "WebSocket", deadConnection);
  guardConstructor(global, "EventSource", deadConnection);
  guardConstructor(global, "Audio", (url, native) => {
    const audio = new native();
    audio.src = url;
    return audio;
  });

  // Cookies.
  const { set } = getOwnPropertyDescriptor(Document.prototype, "cookie") ?? {};
  guardProperty(
    Document.prototype,
    "cookie",
    (self, [value]) => {
      const line = String(value);
      const { name, isRemoval } = readLine(line);
      undecidedCookies.delete(name);
      if (isRemoval) return;
      const verdict = mayKeep(name);
      if (verdict) return;
      if (verdict === undefined) {
        undecidedCookies.set(name, { line, set: (line) => apply(/** @type {any} */ (set), self, [line]) });
        more().then(judgeUndecided, judgeUndecided);
      }
      return { result: undefined };
    },
    (_, value) => [value, ...[...undecidedCookies.values()].map(({ line }) => readLine(line).pair)].filter(Boolean).join("; "),
  );
  const store = global.CookieStore?.prototype;
  const native = store?.set;
  guardMethod(store, "set", (self, args) => {
    const [first] = args;
    if (first?.expires && Number(first.expires) <= Date.now()) return;
    const name = String(first?.name ?? first);
    const verdict = mayKeep(name);
    if (verdict) return;
    const judge = () => (mayKeep(name) ?? policy.unknown ? apply(native, self, args) : undefined);
    return { result: verdict === undefined ? more().then(judge, judge) : Promise.resolve() };
  });
};

/** @type {WeakSet<Document>} */
const guardedDocuments = new WeakSet();

const startGuarding = () => {
  isGuarding = true;
  guardWindow(window);
};

const loadingElements = Object.keys(loading).join();

/**
 * Lets everything wait that has to, in a node and below.
 *
 * @param {any} node of any window, or whatever scripts take for one
 */
const withholdTree = (node) => {
  if (node?.nodeType === Node.ELEMENT_NODE) withholdElement(node);
  for (const element of node?.querySelectorAll?.(loadingElements) ?? []) withholdElement(element);
};
