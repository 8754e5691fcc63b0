// What the visitor has granted. Only the cookie's form is looked at: the server alone judges the signature, and a
// forged cookie opens nothing there.

const optional = policy.categories.filter((category) => !category.required).map((category) => category.id);
const required = policy.categories.filter((category) => category.required).map((category) => category.id);

/**
 * The categories that the decision in the cookie grants; null without one under this policy.
 *
 * @returns {string[] | null}
 */
const readDecision = () => {
  const pairs = document.cookie.split(/; */).sort();
  for (const pair of pairs) {
    // `__Host-` sorts first, and wins.
    const parts =
      /^(?:__Host-)?crumbgate=1\.([0-9a-f]{8})\.\d+\.(?:-\.-|([a-z][a-z0-9_~-]*)\.[\w-]{22})\.[\w-]{22}$/.exec(pair);
    if (parts && policy.revisions.includes(parts[1])) return parts[2] ? parts[2].split("~") : [];
  }
  return null;
};

/** Whether a signal of the browser leaves nothing to ask. */
const isRefusedBySignal = () => {
  const refused = [
    ...(navigator.globalPrivacyControl === true ? policy.gpc : []),
    ...(navigator.doNotTrack === "1" ? policy.dnt : []),
  ];
  return optional.every((id) => refused.includes(id));
};

let decision = readDecision();
let granted = new Set([...required, ...(decision ?? [])]);

/** Whether nothing is left to refuse. */
const isAllGranted = () => optional.every((id) => granted.has(id));

/**
 * Takes over a decision, and tells whether it withdraws anything.
 *
 * @param {string[] | null} next the granted categories
 */
const adoptDecision = (next) => {
  const before = [...granted];
  decision = next;
  granted = new Set([...required, ...(next ?? [])]);
  return before.some((id) => !granted.has(id));
};
