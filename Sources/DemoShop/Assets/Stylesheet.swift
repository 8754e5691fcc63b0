extension Asset {
    static let stylesheet = """
        :root { --ink: #26302c; --paper: #fbf8f3; --line: #e2dacd; --leaf: #2f5d50; --clay: #b45f3c; --soft: #f2ebe0;
          color-scheme: light; }
        [data-theme=dark] { --ink: #ece6da; --paper: #1d2321; --line: #3a423e; --leaf: #8fc2ae; --clay: #e29a72;
          --soft: #262e2b; color-scheme: dark; }
        * { box-sizing: border-box; }
        body { margin: 0; font: 1.05rem/1.6 Georgia, "Times New Roman", serif; color: var(--ink);
          background: var(--paper); }
        h1, h2, .brand, nav, button, .button, .price, label, th, .steps { font-family: "Avenir Next", "Segoe UI",
          system-ui, sans-serif; }
        h1 { font-size: clamp(1.8rem, 4vw, 2.8rem); line-height: 1.15; letter-spacing: -.02em; margin: .6em 0 .4em; }
        h2 { font-size: 1.35rem; margin: 1.6em 0 .3em; }
        a { color: var(--leaf); text-underline-offset: .18em; }
        :focus-visible { outline: 3px solid var(--clay); outline-offset: 2px; border-radius: 4px; }
        .skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); }
        .top { display: flex; flex-wrap: wrap; gap: .6rem 1.4rem; align-items: center; padding: .9rem clamp(1rem, 4vw, 3rem);
          border-bottom: 1px solid var(--line); background: var(--paper); }
        .brand { display: flex; gap: .5rem; align-items: center; font-weight: 700; font-size: 1.2rem;
          text-decoration: none; color: var(--leaf); }
        .brand svg { width: 2rem; }
        nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; flex: 1; font-size: .95rem; }
        nav a { color: var(--ink); text-decoration: none; padding: .2rem 0; border-bottom: 2px solid transparent; }
        nav a:hover, nav a[aria-current] { border-color: var(--clay); }
        .search { display: flex; } .links { margin: 0; font-size: .95rem; } .links a { margin-left: .6rem; }
        #cart-count { display: inline-block; min-width: 1.5em; padding: 0 .4em; border-radius: 1em; text-align: center;
          background: var(--clay); color: #fff; font-size: .85em; }
        main { max-width: 74rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem) 4rem; }
        .hero { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 2rem; align-items: center;
          padding: 2rem 0; }
        .hero img { width: 100%; height: auto; border-radius: 18px; } .lead { font-size: 1.2rem; }
        .grid { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: 1.2rem;
          grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
        .card a { display: grid; gap: .1rem; color: inherit; text-decoration: none; padding: .6rem; border-radius: 16px;
          border: 1px solid transparent; transition: border-color .15s, transform .15s; }
        .card a:hover { border-color: var(--line); transform: translateY(-2px); background: var(--soft); }
        .picture { width: 100%; height: auto; display: block; } .card .name { font-weight: 700; margin-top: .5rem; }
        .card .blurb { font-size: .92rem; opacity: .75; } .price { font-weight: 700; color: var(--clay); }
        .product { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 2.5rem; }
        .crumbs { font-size: .9rem; margin-top: 1.5rem; } .stock { font-size: .92rem; opacity: .75; }
        button, .button { font-size: 1rem; padding: .55rem 1.1rem; border-radius: 999px; border: 1px solid var(--leaf);
          background: transparent; color: var(--leaf); cursor: pointer; text-decoration: none; display: inline-block; }
        .button { background: var(--leaf); color: var(--paper); font-weight: 600; }
        input, select { font: inherit; padding: .5rem .7rem; border-radius: 10px; border: 1px solid var(--line);
          background: var(--paper); color: inherit; max-width: 100%; }
        .search input { border-radius: 999px 0 0 999px; width: 9rem; } .search button { border-radius: 0 999px 999px 0; }
        .panel { background: var(--soft); padding: 1.4rem; border-radius: 18px; max-width: 34rem; display: grid;
          gap: .9rem; margin: 1rem 0; } .panel label { display: grid; gap: .2rem; } .panel .choice { display: block; }
        .panel button { justify-self: start; } .hint { font-size: .92rem; opacity: .8; margin: 0; }
        .error { background: #f8d9d0; color: #6d1f0c; padding: .7rem 1rem; border-radius: 10px; }
        .line { display: grid; grid-template-columns: 6rem 1fr auto; gap: 1rem; align-items: center; padding: 1rem 0;
          border-bottom: 1px solid var(--line); } .line form { display: flex; flex-wrap: wrap; gap: .5rem; }
        .total { font-size: 1.2rem; } .steps { display: flex; gap: 2rem; padding: 0 1.2rem; margin-top: 2rem; }
        .steps [aria-current] { font-weight: 700; color: var(--clay); }
        iframe { border: 0; border-radius: 16px; width: 100%; background: var(--soft); }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .45rem .6rem .45rem 0;
          border-bottom: 1px solid var(--line); vertical-align: top; }
        .social { display: flex; gap: .5rem; margin-top: 1.4rem; } .pixel { position: absolute; }
        footer { border-top: 1px solid var(--line); padding: 1.5rem clamp(1rem, 4vw, 3rem) 6rem; font-size: .95rem;
          background: url(/assets/pattern.svg) center bottom / 1200px repeat-x; }
        footer p { background: var(--paper); width: fit-content; padding: .2rem .6rem; border-radius: 8px; }
        footer a { margin-right: 1rem; }
        @media (max-width: 40rem) { .line { grid-template-columns: 4rem 1fr; } nav { order: 1; flex-basis: 100%; } }
        @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }

        """
}
