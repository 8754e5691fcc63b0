// What Google's tags are told, where the rules ask for it.

/** @param {...unknown} _ */
function tag(..._) {
  // Google's tags take an `arguments` object only.
  (window.dataLayer ??= []).push(arguments);
}

/** @param {boolean} isDefault */
const consentSignals = (isDefault) =>
  Object.fromEntries(
    Object.entries(policy.consentMode.signals).map(([signal, ids]) => [
      signal,
      ids.length && ids.every((id) => (isDefault ? required.includes(id) : granted.has(id))) ? "granted" : "denied",
    ]),
  );

const announceUpdate = () => tag("consent", "update", consentSignals(false));

/** Google Consent Mode v2: the state before any decision, then the stored one. Runs before every tag of the page. */
const announceDefaults = () => {
  const mode = policy.consentMode;
  window.gtag ??= tag;
  const { wait, region, redaction, passthrough } = mode;
  tag("consent", "default", { ...consentSignals(true), wait_for_update: wait, ...(region && { region }) });
  if (redaction) tag("set", "ads_data_redaction", true);
  if (passthrough) tag("set", "url_passthrough", true);
  if (decision) announceUpdate();
};
