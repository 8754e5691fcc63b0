// In the order in which a page comes to be.

announceDefaults();
if (!isAllGranted()) startGuarding();

/** Whether the parser is still at work: then scripts would start before those that stand in front of them. */
const isParsing = () => document.readyState === "loading";

new MutationObserver((records) => {
  for (const { addedNodes } of records) {
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
