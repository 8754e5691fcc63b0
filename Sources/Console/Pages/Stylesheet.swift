/// The console's stylesheet.
enum Stylesheet {
    static let text = base

    private static let base = """
        :root { color-scheme: light dark; --paper: #fbfaf7; --card: #fff; --ink: #20241f; --soft: #5b635c;
          --line: #dcd9d0; --accent: #1f5c4d; --on-accent: #fff; --wash: #eef3ef; --good: #1f6b3a; --bad: #9c2f22;
          --bad-wash: #fbeeeb; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1b1f23; --ink: #e7e6e1; --soft: #a3aaa5;
          --line: #33393d; --accent: #7cc7ae; --on-accent: #10201b; --wash: #20282a; --good: #7fcf98; --bad: #f0988a;
          --bad-wash: #33211f; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums lining-nums; }
        a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
        h1 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; margin: 0 0 .25rem; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .3rem .6rem; z-index: 1; }
        .top { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.5rem; padding: .6rem 1.25rem;
          border-bottom: 1px solid var(--line); background: var(--card); }
        .brand { display: inline-flex; align-items: center; gap: .5rem; font-weight: 650; color: var(--ink);
          text-decoration: none; margin: 0; }
        .top nav { display: flex; gap: 1rem; flex: 1; }
        .top nav a { color: var(--soft); text-decoration: none; padding: .2rem 0; }
        .top nav a[aria-current] { color: var(--ink); box-shadow: 0 2px var(--accent); }
        .top form { display: flex; align-items: center; gap: .75rem; }
        .who { color: var(--soft); }
        button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 1px solid
          var(--accent); border-radius: 6px; padding: .4rem .9rem; min-height: 2.25rem; cursor: pointer; }
        button.quiet { background: none; color: var(--accent); border-color: var(--line); font-weight: 500; }
        input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft);
          border-radius: 6px; padding: .35rem .6rem; min-height: 2.25rem; max-width: 100%; }
        main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
        .lead, .hint { color: var(--soft); }
        .lead { margin: 0 0 1.25rem; }
        .error { background: var(--bad-wash); color: var(--bad); border-radius: 6px; padding: .5rem .75rem; }
        pre, code { font: .87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        pre { background: var(--wash); border-radius: 6px; padding: .6rem .75rem; overflow-x: auto; }
        .door { max-width: 22rem; margin: 8vh auto 0; background: var(--card); border: 1px solid var(--line);
          border-radius: 12px; padding: 1.75rem 1.75rem 2rem; }
        .door h1 { margin: 1.1rem 0 .5rem; }
        .door form { display: grid; gap: .35rem; }
        .door label { font-weight: 550; margin-top: .5rem; }
        .door button { margin-top: 1.1rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th { text-align: left; font-weight: 550; color: var(--soft); font-size: .87em; }
        th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        .log td:first-child { white-space: nowrap; }
        .log .warning td { color: var(--bad); }

        """
}
