// What the checker cannot see: the data that the server puts before these files, and what pages and old browsers have.

interface CategoryRules {
  id: string;
  required?: boolean;
  /** `name`, `prefix*` or `/regex/`, as the rules file has them. */
  cookies?: string[];
  /** `host[:port][/path]`, as the rules file has them. */
  hosts?: string[];
  /** The hashes of the hosts that are shipped. */
  known?: string;
}

/** What settings.js adds. */
interface Later {
  announce(key: string, place: Element): void;
  decide(form: HTMLFormElement, button: HTMLButtonElement): Promise<void>;
  declare(): void;
  openDialog(opener: Element | null): Promise<void>;
  release(element: Element): boolean;
  replace(frame: Element): void;
  start(elements: Element[]): void;
  ofCookie(name: string): string | undefined;
}

/** What only settings.js needs. */
interface Details {
  /** The URL of the dialog's stylesheet. */
  style: string;
  /** The cookies that are shipped. */
  categories: CategoryRules[];
  /** What the interface says, by language; the site's default first. */
  texts: Record<string, Record<string, string>>;
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
  /** Only in sites that have consent-mode.js. */
  consentMode: ConsentMode;
  /** The URL of settings.js. */
  more: string;
}

declare const policy: Policy;
declare const details: Details;
/** What settings.js uses of the other files, in the order of its parameters. */
declare const shared: () => unknown[];

interface Navigator {
  globalPrivacyControl?: boolean;
}

interface Window {
  dataLayer?: unknown[];
  gtag?: (...entries: unknown[]) => void;
  crumbgate?: unknown;
  trustedTypes?: {
    createPolicy(name: string, rules: object): Record<string, (text: string) => string>;
    isHTML(value: unknown): boolean;
  };
}
