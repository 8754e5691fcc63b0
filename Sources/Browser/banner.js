// @ts-check
(() => {
  "use strict";

  /**
   * Whether a decision under one of these policy revisions is in the browser. Only its form is looked at: the server
   * judges the signature, and this decides on no more than what is shown.
   *
   * @param {string[]} revisions eight hexadecimal digits each
   * @returns {boolean}
   */
  const isDecided = (revisions) =>
    document.cookie.split(/; */).some((pair) => {
      const parts = /^(?:__Host-)?crumbgate=1\.([0-9a-f]{8})\.\d+\.[a-z][a-z0-9_~-]*\.[\w-]{22}\.[\w-]{22}$/.exec(pair)
        ?? /^(?:__Host-)?crumbgate=1\.([0-9a-f]{8})\.\d+\.-\.-\.[\w-]{22}$/.exec(pair);
      return parts !== null && revisions.includes(parts[1]);
    });

  /** Takes the banner away where the visitor has decided, and shows the way back to the settings. */
  const update = () => {
    const root = document.getElementById("crumbgate");
    const banner = document.getElementById("crumbgate-banner");
    if (!root || !banner || !isDecided((root.dataset.revision ?? "").split(" "))) return;
    banner.hidden = true;
    const link = document.getElementById("crumbgate-link");
    if (link) link.hidden = false;
  };

  update();
  // A page that comes back from the browser's memory is as it was before the decision.
  addEventListener("pageshow", update);
})();
