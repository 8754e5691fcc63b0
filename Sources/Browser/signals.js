// What the shop's own code and Google's tags are told. `__tcfapi` is not defined: only a registered platform may make
// its strings.

/** @param {...unknown} _ */
function tag(..._) {
  // Google's tags take an `arguments` object only.
  (window.dataLayer ??= []).push(arguments);
}

/** @param {boolean} isDefault */
const consentSignals = (isDefault) =>
  Object.fromEntries(
    Object.entries(policy.consentMode?.signals ?? {}).map(([signal, ids]) => [
      signal,
      ids.length && ids.every((id) => (isDefault ? required.includes(id) : granted.has(id))) ? "granted" : "denied",
    ]),
  );

/** Google Consent Mode v2: the state before any decision, then the stored one. Runs before every tag of the page. */
const announceDefaults = () => {
  const mode = policy.consentMode;
  if (!mode) return;
  window.gtag ??= tag;
  const { wait, region, redaction, passthrough } = mode;
  tag("consent", "default", { ...consentSignals(true), wait_for_update: wait, ...(region && { region }) });
  if (redaction) tag("set", "ads_data_redaction", true);
  if (passthrough) tag("set", "url_passthrough", true);
  if (decision) tag("consent", "update", consentSignals(false));
};

/** Once per decision. */
const announceDecision = () => {
  if (policy.consentMode) tag("consent", "update", consentSignals(false));
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
