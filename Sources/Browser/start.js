// In the order in which a page comes to be.

announceDefaults();
if (!isAllGranted()) startGuarding();

/** Whether the parser is still at work: then scripts would start before those that stand in front of them. */
const isParsing = () => document.readyState === "loading";

/**
 * What waits below a node, in open shadow trees too.
 *
 * @param {Document | Element | ShadowRoot} root
 * @param {Element[]} [found]
 */
const markedIn = (root, found = []) => {
  for (const element of root.querySelectorAll("*")) {
    if (isMarked(element)) found.push(element);
    if (element.shadowRoot) markedIn(element.shadowRoot, found);
  }
  return found;
};

/**
 * Puts to work what is granted, in an element and below.
 *
 * @param {Document | Element} root
 */
const activate = (root) => {
  const elements = markedIn(root);
  if (root instanceof Element && isMarked(root)) elements.unshift(root);
  for (const node of root === document ? elsewhere : [])
    if (node.isConnected && node.getRootNode() !== document)
      elements.push(.../** @type {any} */ (node.parentNode ?? node).querySelectorAll(`[${MARK}]`));
  const waiting = elements.filter((element) => idsOf(element).every((id) => granted.has(id)));
  if (waiting.length) more().then(({ start }) => start(waiting)).catch(reloadOnce);
};

/** @param {any} node */
const isMarked = (node) => node?.hasAttribute?.(MARK);

new MutationObserver((records) => {
  for (const { addedNodes, removedNodes, previousSibling } of records) {
    // A frame that goes takes along what stands in front of it.
    const before = /** @type {any} */ (previousSibling);
    if (isMarked(removedNodes[0]) && isPlaceholder(before) && !isMarked(before.nextElementSibling)) before.remove();
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.id === "crumbgate") showState();
      if (isGuarding) {
        withholdTree(node);
        for (const frame of node.matches(`[${MARK}]`) ? [node] : node.querySelectorAll(`[${MARK}]`)) addPlaceholder(frame);
      }
      if (!isParsing()) activate(node);
    }
  }
}).observe(document, { childList: true, subtree: true });

addEventListener("DOMContentLoaded", () => {
  showState();
  activate(document);
  if (document.querySelector(`[${MARK}="declaration"]`)) more().then(({ declare }) => declare(), () => {});
});

/** A page that was left, and other windows, may have decided since. */
const reconsider = () => {
  const next = readDecision();
  if (String(next) === String(decision)) return;
  if (next) take(next, "");
  else if (decision?.length) location.reload();
};
addEventListener("pageshow", (event) => event.persisted && reconsider());
addEventListener("visibilitychange", () => document.visibilityState === "visible" && reconsider());
