// In the place of consent-mode.js for sites without it.

const announceDefaults = () => {};
const announceUpdate = () => {};
