extension OwnAsset {
    /// The look of the banner, the settings link and the settings page.
    ///
    /// Every rule is scoped to the root's id, and everything inside is first taken back to the browser's own style, so
    /// that neither page changes the other. Only rules for `html` reach out: they let the page scroll so far that
    /// neither banner nor link lies over what has the focus (WCAG 2.2, 2.4.11). Nothing moves, so
    /// `prefers-reduced-motion` has nothing to take away; in `forced-colors` borders and outlines carry what backgrounds did.
    package static let stylesheet = OwnAsset(
        name: "banner.css", mediaType: "text/css; charset=utf-8",
        text: """
            #crumbgate {
              all: initial;
              --ground: #fff;
              --text: #1b1d22;
              --line: #767b85;
              --button: #24344d;
              --on-button: #fff;
              --focus: #1553c7;
              display: block;
              color-scheme: light dark;
              font: medium/1.5 system-ui, sans-serif;
              color: var(--text);
              overflow-wrap: anywhere;
            }
            @media (prefers-color-scheme: dark) {
              #crumbgate {
                --ground: #1b1d22;
                --text: #f1f2f4;
                --line: #8d929c;
                --button: #dbe3f0;
                --on-button: #14181f;
                --focus: #9cc2ff;
              }
            }
            #crumbgate * { all: revert; }
            #crumbgate ::before, #crumbgate ::after { content: none; }
            #crumbgate [hidden] { display: none; }
            #crumbgate :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
            #crumbgate h1, #crumbgate h2, #crumbgate h3 { font-size: 1.125em; line-height: 1.3; margin: 0 0 .375em; }
            #crumbgate p { max-inline-size: 75ch; margin: 0 0 .75em; }
            #crumbgate a { color: inherit; }

            #crumbgate .crumbgate-choices { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .625em; }
            #crumbgate .crumbgate-choices button {
              box-sizing: border-box;
              min-block-size: 2.75em;
              margin: 0;
              padding: .5em .75em;
              font: inherit;
              font-weight: 600;
              color: var(--on-button);
              background: var(--button);
              border: 1px solid var(--button);
              border-radius: .375em;
              cursor: pointer;
            }
            #crumbgate .crumbgate-choices button:hover { text-decoration: underline; }

            #crumbgate #crumbgate-banner {
              position: fixed;
              inset-inline: 0;
              z-index: 2147483647;
              box-sizing: border-box;
              max-block-size: 60vh;
              overflow: auto;
              padding: 1em max(1em, (100% - 60em) / 2) max(1em, env(safe-area-inset-bottom));
              background: var(--ground);
              border: 0 solid var(--line);
              box-shadow: 0 0 1.5em #0004;
            }
            #crumbgate #crumbgate-banner.bottom { inset-block-end: 0; border-block-start-width: 1px; }
            #crumbgate #crumbgate-banner.top { inset-block-start: 0; border-block-end-width: 1px; }
            #crumbgate #crumbgate-link {
              position: fixed;
              inset-block-end: 0;
              z-index: 2147483646;
              box-sizing: border-box;
              min-block-size: 24px;
              padding: .25em .75em max(.25em, env(safe-area-inset-bottom));
              font-size: .875em;
              color: var(--text);
              background: var(--ground);
              border: 1px solid var(--line);
              border-block-end-width: 0;
              border-radius: .375em .375em 0 0;
            }
            #crumbgate #crumbgate-link.bottom-left { left: 1em; }
            #crumbgate #crumbgate-link.bottom-right { right: 1em; }

            html:has(#crumbgate-link:not([hidden])) { scroll-padding-bottom: 2.5em; }
            html:has(#crumbgate-banner.bottom:not([hidden])) { scroll-padding-bottom: min(60vh, 200px); }
            html:has(#crumbgate-banner.top:not([hidden])) { scroll-padding-top: min(60vh, 200px); }
            html:has(#crumbgate-banner.bottom:not([hidden]))::after {
              content: "";
              display: block;
              height: min(60vh, 200px);
            }
            @media (max-width: 40em) {
              #crumbgate .crumbgate-choices { grid-template-columns: minmax(0, 1fr); }
              html:has(#crumbgate-banner.bottom:not([hidden])) { scroll-padding-bottom: min(60vh, 390px); }
              html:has(#crumbgate-banner.top:not([hidden])) { scroll-padding-top: min(60vh, 390px); }
              html:has(#crumbgate-banner.bottom:not([hidden]))::after { height: min(60vh, 390px); }
            }
            /* A low window, or a magnified page: the banner stands in the page's flow and covers nothing. */
            @media (max-height: 30em) {
              #crumbgate #crumbgate-banner { position: static; max-block-size: none; }
              html:has(#crumbgate-banner:not([hidden])) { scroll-padding-block: 0 !important; }
              html:has(#crumbgate-banner:not([hidden]))::after { height: 0 !important; }
            }
            @media print {
              #crumbgate #crumbgate-banner, #crumbgate #crumbgate-link { display: none; }
            }

            body.crumbgate-page { margin: 0; color-scheme: light dark; background: Canvas; }
            .crumbgate-page #crumbgate { box-sizing: border-box; max-inline-size: 52em; margin: 0 auto; padding: 1.5em 1em 2em; }
            .crumbgate-page #crumbgate a { display: inline-block; padding-block: .25em; }
            .crumbgate-page #crumbgate h1 { font-size: 1.625em; }
            .crumbgate-page #crumbgate h2 { font-size: 1.25em; }
            .crumbgate-page #crumbgate .crumbgate-note {
              padding: .625em .875em;
              border: 1px solid var(--line);
              border-inline-start-width: .375em;
            }
            .crumbgate-page #crumbgate .crumbgate-category {
              padding: .875em 0;
              border: 0 solid var(--line);
              border-block-start-width: 1px;
            }
            .crumbgate-page #crumbgate .crumbgate-category p { margin-block-end: .5em; }
            .crumbgate-page #crumbgate label { display: flex; align-items: baseline; gap: .5em; min-block-size: 1.75em; cursor: pointer; }
            .crumbgate-page #crumbgate .crumbgate-locked label { cursor: default; }
            .crumbgate-page #crumbgate input[type="checkbox"] {
              flex: none;
              inline-size: 1.5rem;
              block-size: 1.5rem;
              margin: 0;
              transform: translateY(.25em);
              accent-color: var(--button);
            }
            .crumbgate-page #crumbgate table { border-collapse: collapse; font-size: .9375em; margin: 0 0 .5em; }
            .crumbgate-page #crumbgate caption { text-align: start; font-weight: 600; }
            .crumbgate-page #crumbgate th, .crumbgate-page #crumbgate td {
              padding: .125em 1.25em .125em 0;
              text-align: start;
              vertical-align: top;
            }
            .crumbgate-page #crumbgate th { font-weight: 400; }
            .crumbgate-page #crumbgate thead th { border-block-end: 1px solid var(--line); }
            .crumbgate-page #crumbgate code { font-family: ui-monospace, monospace; }
            .crumbgate-page #crumbgate .crumbgate-choices { padding-block: 1em; }

            """)
}
