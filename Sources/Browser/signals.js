// What the shop's own code is told. `__tcfapi` is not defined: only a registered platform may make its strings.

/** Once per decision. */
const announceDecision = () => {
  announceUpdate();
  document.dispatchEvent(new CustomEvent("crumbgate:consent", { detail: { granted: [...granted] } }));
};

Object.defineProperty(window, "crumbgate", {
  value: Object.freeze({
    /**
     * Whether a category is granted at present.
     *
     * @param {string} category
     */
    granted: (category) => granted.has(category),
  }),
  configurable: true,
});
