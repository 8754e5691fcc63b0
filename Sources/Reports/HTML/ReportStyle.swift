/// The style sheet of reports as HTML: light and dark by the reader's choice, wide, on a phone and on paper.
public enum ReportStyle {
    /// The rules, those of charts included; all but the custom properties are for elements within `.report`.
    public static let css =
        """
        :root{color-scheme:light dark;--paper:#fff;--sheet:#f6f7f8;--ink:#1b1f24;--quiet:#56606b;--edge:#d9dde1;\
        --series:#1c6f8c;--before:#7c8791;--chart-series:var(--series);--chart-before:var(--before);\
        --chart-text:var(--ink);--chart-quiet:var(--quiet);--chart-grid:var(--edge);--chart-paper:var(--paper)}
        @media screen and (prefers-color-scheme:dark){:root{--paper:#15181b;--sheet:#1d2125;--ink:#e7e9eb;\
        --quiet:#a4adb6;--edge:#353b41;--series:#62b6d2;--before:#8d98a3}}
        .report{font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:76rem;\
        margin:0 auto;padding:1.5rem clamp(1rem,4vw,2.5rem) 3rem}
        .report h1{font-size:1.6rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
        .report h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--edge)}
        .report h3{font-size:1rem;margin:0 0 .5rem}
        .report .quiet{color:var(--quiet)}.report p{margin:.4rem 0}.report a{color:var(--series)}
        .report .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.75rem;margin:1.25rem 0}
        .report .figures>div{background:var(--sheet);border-radius:.5rem;padding:.75rem 1rem}
        .report .figures dt{color:var(--quiet);font-size:.9rem}
        .report .figures dd{margin:0;font-variant-numeric:tabular-nums}
        .report .figures .change{font-size:.85rem;color:var(--quiet)}.report .figures .change span{white-space:nowrap}
        .report .figures .value{font-size:1.6rem;font-weight:650;line-height:1.3}
        .report .parts{columns:2 24rem;column-gap:2.5rem}
        .report .part{break-inside:avoid;padding-bottom:1.75rem}.report .whole{column-span:all}
        .report .part h2{border:0;margin-top:0;padding:0}
        .report table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
        .report th,.report td{padding:.3rem 0 .3rem .9rem;text-align:end;vertical-align:top;font-weight:400;\
        border-bottom:1px solid var(--edge);white-space:nowrap}
        .report thead th{color:var(--quiet);font-size:.8rem;vertical-align:bottom;white-space:normal}
        .report th:first-child{text-align:start;padding-inline-start:0;width:55%;white-space:normal;overflow-wrap:anywhere}
        .report .other{color:var(--quiet)}.report .bar{margin-top:.15rem}
        .report details{margin:.6rem 0}.report summary{cursor:pointer;color:var(--quiet);font-size:.9rem}
        .report summary:focus-visible,.report a:focus-visible{outline:2px solid var(--series);outline-offset:2px}
        .report details dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.35rem 1.25rem;font-size:.9rem}
        .report details dt{font-weight:600}.report details dd{margin:0}
        .report .legend{font-size:.8rem;color:var(--quiet)}
        .report .notes{font-size:.9rem;color:var(--quiet);padding-inline-start:1.1rem;margin:.5rem 0}
        .report .notes li{margin:.3rem 0}
        @media (max-width:36rem){.report .more{display:none}.report .figures{grid-template-columns:1fr 1fr}\
        .report .figures .value{font-size:1.3rem}.report details dl{display:block}.report details dd{margin:0 0 .5rem}}
        @media print{.report{max-width:none;padding:0;font-size:10pt}.report details:not([open]){display:none}\
        .report .figures>div{border:1px solid var(--edge)}.report .figures>div,.report tr{break-inside:avoid}\
        .report h2,.report h3{break-after:avoid}.report article+article{break-before:page}\
        .report .figures{grid-template-columns:repeat(4,1fr)}.report .parts{columns:2 15rem}}

        """ + ChartStyle.css
}
