/// How a plan's page looks: on a screen light or dark as the reader's system has it, on paper always dark on white.
enum PlanPageStyle {
    /// The style sheet. Priorities have a word and stars beside their colour, so that a black and white print says the same.
    static let sheet = """
        :root {
          color-scheme: light dark;
          --ink: #1b1b1b; --soft: #555; --paper: #fff; --line: #bbb;
          --high: #b00020; --medium: #8a5a00; --low: #00616e;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e8e8e8; --soft: #adadad; --paper: #16181a; --line: #4a4e52;
            --high: #ff8a8f; --medium: #f2c14e; --low: #6fd3e0;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
        main { max-width: 46rem; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .6rem; }
        h2 { font-size: 1.15rem; margin: 1.6rem 0 .5rem; border-bottom: 2px solid var(--ink); }
        h3 { font-size: 1rem; margin: 1.3rem 0 .5rem; }
        h4 { font-size: .95rem; margin: 0 0 .3rem; }
        p, ul { margin: .4rem 0; }
        ul { padding-left: 1.2rem; }
        code { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; color: var(--soft); overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: 5.5rem 1fr; gap: .1rem .8rem; margin: 0; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        .position { border: 2px solid var(--ink); padding: .5rem .7rem; margin-top: .9rem; font-weight: 600; }
        .phases { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem; margin: 0; padding: 0; }
        .phases li:not(:last-child)::after { content: " \\2192"; }
        table { border-collapse: collapse; width: 100%; }
        thead { display: table-header-group; }
        th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); }
        th { color: var(--soft); font-weight: 600; }
        article { border: 1px solid var(--line); border-left: .35rem solid var(--line); padding: .5rem .7rem; margin: 0 0 .6rem; }
        article.high { border-left-color: var(--high); }
        article.medium { border-left-color: var(--medium); }
        article.low { border-left-color: var(--low); }
        .priority { white-space: pre; font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
        .high .priority { color: var(--high); }
        .medium .priority { color: var(--medium); }
        .low .priority { color: var(--low); }
        .signature div { display: flex; gap: .8rem; margin-top: 1.6rem; }
        .signature div span:first-child { width: 5.5rem; }
        .signature .line { flex: 1; border-bottom: 1px solid var(--ink); }
        .small { font-size: .8rem; color: var(--soft); margin-top: 1.6rem; }
        @page { size: A4; margin: 16mm 15mm; }
        @media print {
          :root {
            color-scheme: light;
            --ink: #000; --soft: #444; --paper: #fff; --line: #999;
            --high: #b00020; --medium: #8a5a00; --low: #00616e;
          }
          body { font-size: 9.5pt; }
          main { max-width: none; padding: 0; }
          h2, h3, h4 { break-after: avoid; }
          article, .together, .signature, tr { break-inside: avoid; }
          article { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }
        """
}
