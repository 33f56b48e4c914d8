/** The style of the auditors' page: readable without colour, on paper, in the dark, and on a narrow screen. */
export const reportStyle = `
:root {
  --paper: #fbfaf7; --sheet: #ffffff; --ink: #1c1f24; --soft: #565d68; --line: #dedbd3; --code: #f3f1eb; --link: #1d4f91;
  --pass: #1c6b3c; --pass-bg: #e4f2e8; --warn: #8a5200; --warn-bg: #fcefd6;
  --fail: #a3191e; --fail-bg: #fbe3e1; --unknown: #5b3f96; --unknown-bg: #ece6f8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --sheet: #1b1f25; --ink: #e6e8eb; --soft: #a3abb7; --line: #343a43; --code: #12151a; --link: #8db8f2;
    --pass: #7fd6a0; --pass-bg: #16311f; --warn: #f0c06a; --warn-bg: #362a12;
    --fail: #ff9a94; --fail-bg: #401b1b; --unknown: #c3aef5; --unknown-bg: #2b2343;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1, .lead { font-family: Georgia, "Times New Roman", serif; }
h1 { font-size: 2.4rem; font-weight: 400; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 1rem; padding-bottom: .4rem; border-bottom: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 0; }
h4 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1.1rem 0 .35rem; }
p { margin: .6rem 0 0; max-width: 46rem; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.product { color: var(--soft); margin: 0 0 .3rem; }
.lead { font-size: 1.3rem; margin-top: .6rem; }
dl { margin: 0; }
dd, dt { margin: 0; overflow-wrap: anywhere; }
.subject { margin-top: 2rem; border-top: 1px solid var(--line); }
.subject div, .evidence div { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: 1rem; padding: .35rem 0;
  border-bottom: 1px solid var(--line); }
.subject dt, .evidence dt { color: var(--soft); }
.evidence { font-size: .9rem; }
.subject dd { font-size: .95rem; }
.summary { list-style: none; display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem; padding: 0; margin: 2rem 0 0; }
.summary li { padding: .8rem 1rem; border-radius: .5rem; font-weight: 600; }
.summary .count { display: block; font-size: 2rem; line-height: 1.1; font-variant-numeric: tabular-nums; }
.summary .sign { float: right; }
.pass { --tone: var(--pass); --tint: var(--pass-bg); }
.warn { --tone: var(--warn); --tint: var(--warn-bg); }
.fail { --tone: var(--fail); --tint: var(--fail-bg); }
.unknown { --tone: var(--unknown); --tint: var(--unknown-bg); }
.summary li, .badge { background: var(--tint); color: var(--tone); }
.badge { display: inline-block; border-radius: 1rem; padding: .05rem .7rem; font-size: .85rem; font-weight: 600;
  white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th { text-align: left; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th:first-child, td:first-child, .number { font-variant-numeric: tabular-nums; color: var(--soft); }
th:first-child { width: 2.5rem; }
.number { display: inline-block; min-width: 1.4rem; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; text-align: right; white-space: nowrap; }
article { position: relative; background: var(--sheet); border: 1px solid var(--line); border-left: .35rem solid var(--tone);
  border-radius: .4rem; padding: 1.1rem 1.3rem 1.2rem; margin-bottom: 1rem; scroll-margin-top: 1rem; }
article > h3 { padding-right: 7rem; }
article > .badge { position: absolute; top: 1rem; right: 1.2rem; }
.about { font-weight: 400; color: var(--soft); overflow-wrap: anywhere; }
.about::before { content: "· "; }
.attested { font-style: italic; }
pre, code { font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .3rem; margin: .3rem 0 0; padding: .6rem .8rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.rules { margin: 0; padding-left: 1.1rem; font-size: .9rem; }
footer { color: var(--soft); font-size: .92rem; }
footer h2 { color: var(--ink); }
.meanings div { display: flex; gap: 1rem; padding: .25rem 0; align-items: baseline; }
.meanings dt { min-width: 7rem; }
@media (max-width: 40rem) {
  main { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.9rem; }
  .summary { grid-template-columns: repeat(2, 1fr); }
  .subject div, .evidence div { grid-template-columns: 1fr; gap: 0; }
  .overview thead, .overview .none { display: none; }
  .overview tr { display: grid; grid-template-columns: 1.8rem 1fr auto; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  .overview td { border: 0; padding: 0 .4rem 0 0; }
  .overview td:nth-child(3) { grid-row: 2; grid-column: 2; font-size: .85rem; color: var(--soft); }
  article { padding: 1rem; }
  article > h3 { padding-right: 0; }
  article > .badge { position: static; margin-top: .5rem; }
}
@media print {
  :root { --paper: #fff; --sheet: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #fff; --link: #000;
    --pass: #14532d; --pass-bg: #fff; --warn: #6b3f00; --warn-bg: #fff; --fail: #8b0d12; --fail-bg: #fff;
    --unknown: #432a78; --unknown-bg: #fff; }
  @page { margin: 18mm 16mm; }
  html { font-size: 10pt; color-scheme: light; }
  body { font-size: 1rem; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 2.2rem; }
  h2 { break-after: avoid; margin-top: 1.6rem; }
  article, .summary, .subject, tr { break-inside: avoid; }
  .badge, .summary li { border: 1px solid currentColor; }
  .rules a { text-decoration: none; }
  .rules a::after { content: " <" attr(href) ">"; color: var(--soft); font-size: .9em; overflow-wrap: anywhere; }
}
`;
