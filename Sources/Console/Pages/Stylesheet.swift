import Reports

/// The console's stylesheet: that of reports, and what is around them.
enum Stylesheet {
    static let text = ReportStyle.css + "\n" + frame

    /// Colours are those of reports.
    private static let frame = """
        :root { --wash: #eaf1f3; --on-series: #fff; --bad: #9c2f22; --bad-wash: #fbeeeb; }
        @media screen and (prefers-color-scheme: dark) { :root { --wash: #20282c; --on-series: #0e1a1f; --bad: #f0988a;
          --bad-wash: #33211f; } }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
          font-variant-numeric: tabular-nums; }
        a { color: var(--series); text-underline-offset: .15em; }
        :focus-visible { outline: 2px solid var(--series); outline-offset: 2px; border-radius: 3px; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; z-index: 1; }
        .top { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.75rem; background: var(--sheet);
          padding: .5rem clamp(1rem, 4vw, 2.5rem); border-bottom: 1px solid var(--edge); }
        .brand { display: inline-flex; align-items: center; gap: .5rem; font-weight: 650; color: var(--ink);
          text-decoration: none; margin: 0; }
        .top nav { display: flex; gap: 1.25rem; flex: 1; white-space: nowrap; }
        .top nav a { color: var(--quiet); text-decoration: none; padding: .35rem 0; }
        .top nav a[aria-current] { color: var(--ink); box-shadow: 0 2px var(--series); }
        .top form { display: flex; align-items: center; gap: .75rem; margin: 0; }
        .who, .lead, .hint { color: var(--quiet); }
        .lead { margin: 0; }
        button { font: inherit; font-weight: 600; color: var(--on-series); background: var(--series); cursor: pointer;
          border: 1px solid var(--series); border-radius: .4rem; padding: .3rem .9rem; min-height: 2.25rem; }
        button.quiet { background: none; color: var(--series); border-color: var(--edge); font-weight: 500; }
        input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--before);
          border-radius: .4rem; padding: .25rem .5rem; min-height: 2.25rem; max-width: 100%; }
        main { max-width: 76rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.5rem) 4rem; }
        main .report { padding: 0; max-width: none; }
        .bar-of-days { display: flex; flex-wrap: wrap; align-items: end; gap: .75rem 1.75rem; margin-bottom: 1rem; }
        .bar-of-days > div { flex: 1 1 17rem; }
        .lengths { display: flex; flex-wrap: wrap; gap: .25rem; }
        .lengths a { padding: .35rem .7rem; border-radius: .4rem; text-decoration: none; color: var(--quiet); }
        .lengths a:hover { background: var(--sheet); }
        .lengths a[aria-current] { background: var(--wash); color: var(--ink); font-weight: 600; }
        .days { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem; margin: 0; }
        .days label { font-size: .8rem; color: var(--quiet); display: grid; gap: .1rem; }
        .days input, .days select { font-size: .95rem; color: var(--ink); }
        .error { background: var(--bad-wash); color: var(--bad); border-radius: .4rem; padding: .5rem .75rem; }
        pre, code { font: .87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        pre { background: var(--sheet); border-radius: .4rem; padding: .6rem .75rem; overflow-x: auto; }
        .report .bad th, .report .bad td { color: var(--bad); }
        .lines { list-style: none; padding: 0; margin: .75rem 0; columns: 2 22rem; column-gap: 2.5rem; }
        .lines li { display: flex; justify-content: space-between; gap: 1rem; padding: .2rem 0; break-inside: avoid;
          border-bottom: 1px solid var(--edge); }
        .copy { user-select: all; -webkit-user-select: all; overflow-wrap: anywhere; }
        .exports { margin-top: 2.5rem; display: flex; gap: 1rem; }
        .door { max-width: 24rem; margin: 8vh auto 0; background: var(--sheet); border-radius: .75rem; padding: 1.75rem; }
        .door h1 { margin: 1.1rem 0 .5rem; }
        .door form { display: grid; gap: .35rem; }
        .door label { font-weight: 550; margin-top: .5rem; }
        .door button { margin-top: 1.1rem; }
        .door pre { background: var(--paper); }
        .scroll { overflow-x: auto; margin-top: 1.25rem; }
        .log { border-collapse: collapse; width: 100%; font-size: .9rem; }
        .log th { text-align: start; font-weight: 550; color: var(--quiet); }
        .log th, .log td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
        .log td:first-child { white-space: nowrap; }
        .log .warning td { color: var(--bad); }
        @media (max-width: 36rem) { .top { gap: .4rem 1rem; } .top nav { gap: 1rem; } .top form .who { display: none; } .days label { flex: 1 1 8rem; }
          .days button { flex: 1; } main { padding-top: 1rem; } }
        @media print { .top, .lengths, .days, .exports, .skip { display: none; } main { padding: 0; max-width: none; }
          body { background: #fff; } }

        """
}
