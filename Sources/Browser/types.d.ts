// What the checker cannot see: the data that the server puts before these files, and what pages and old browsers have.

interface CategoryRules {
  id: string;
  required?: boolean;
  /** `name`, `prefix*` or `/regex/`, as the rules file has them. */
  cookies?: string[];
  /** `host[:port][/path]`, as the rules file has them. */
  hosts?: string[];
  /** What is shipped of both. */
  knownCookies?: string[];
  knownHosts?: string[];
}

interface ConsentMode {
  /** The signals and the categories that all have to be granted for each. */
  signals: Record<string, string[]>;
  wait: number;
  region?: string[];
  redaction?: boolean;
  passthrough?: boolean;
}

interface Policy {
  /** Those whose decisions still count: eight hexadecimal digits that stand in the consent cookie. */
  revisions: string[];
  /** Whether cookies without a rule may be set. */
  unknown: boolean;
  categories: CategoryRules[];
  /** The categories that each signal of the browser refuses. */
  gpc: string[];
  dnt: string[];
  consentMode?: ConsentMode;
  /** What the interface says, by language; the site's default first. */
  texts: Record<string, Record<string, string>>;
}

declare const policy: Policy;

interface Navigator {
  globalPrivacyControl?: boolean;
}

interface Window {
  dataLayer?: unknown[];
  gtag?: (...entries: unknown[]) => void;
  crumbgate?: unknown;
  trustedTypes?: { createPolicy(name: string, rules: object): Record<string, (text: string) => string> };
}
