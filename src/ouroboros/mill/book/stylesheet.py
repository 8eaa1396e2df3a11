"""How a chapter looks on a screen and on paper: one style sheet, nothing from the network."""

STYLESHEET = """
:root { color-scheme: light dark; --page: #fefefe; --ink: #1f2933; --soft: #66707a;
  --rule: #c9ced3; --tint: #f4f5f6; --accent: #0b5a8a; --blue: #0072b2; --red: #c25400;
  --green: #007d5b; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16191c; --ink: #e3e6e8; --soft: #9aa3ab; --rule: #3c434a; --tint: #1e2327;
    --accent: #7cc0ea; --blue: #56b4e9; --red: #ff8f4a; --green: #2bc197; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 1.06rem/1.5 "STIX Two Text", Cambria, Georgia, "Times New Roman", "DejaVu Serif", serif;
  font-size-adjust: .46; }
main { max-width: 41rem; margin: 0 auto; padding: 3rem 1.4rem 5rem; }
h1 { font-size: 2.5rem; font-weight: 500; margin: 0; }
h2 { font-size: 1.6rem; font-weight: 500; margin: 0 0 1rem; padding-top: .4rem; }
h3 { font-size: 1.06rem; font-weight: 700; margin: 2rem 0 .5rem; }
p { margin: 0 0 .8rem; hyphens: auto; text-wrap: pretty; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
.subtitle { color: var(--soft); font-style: italic; font-size: 1.15rem; margin: .3rem 0 2rem; }
nav ol { list-style: none; margin: 0; padding: 0; columns: 2 15rem; column-gap: 2.5rem; }
nav li { break-inside: avoid; margin: 0 0 .25rem; padding-left: 2rem; text-indent: -2rem; }
nav .number { display: inline-block; min-width: 2rem; text-indent: 0; color: var(--soft); }
nav + section, section + section { margin-top: 4rem; border-top: 1px solid var(--rule);
  padding-top: 2rem; }
.formula { margin: 1.2rem 0; font-size: 1.12rem; overflow: auto hidden; display: flex;
  flex-wrap: wrap; justify-content: center; align-items: baseline; gap: .6rem 1.6em; }
.formula math { flex: none; max-width: 100%; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem;
  margin: 0 0 1rem 1.2rem; }
dt { text-align: right; }
dd { margin: 0; }
.mistake, .check { padding-left: .9rem; border-left: 3px solid var(--rule); }
.mistake { border-color: #d55e00; }
.check { border-color: #009e73; }
.example { margin: 1.6rem 0; padding: .9rem 1.1rem .4rem; background: var(--tint);
  border-radius: 3px; }
.example h3 { margin: 0 0 .4rem; }
figure { margin: 1rem 0; padding: .8rem; background: var(--page); text-align: center;
  border: 1px solid var(--rule); border-radius: 3px; }
figure svg { max-width: 100%; height: auto; }
figcaption { margin-top: .4rem; font-size: .92rem; color: var(--soft); text-align: left;
  text-wrap: pretty; }
.steps { margin: 0 0 .6rem; padding-left: 1.6rem; }
.answer { font-weight: 700; }
.answer .given { font-weight: 400; }
.exercises, .key { list-style: none; margin: 0; padding: 0; }
.exercises > li { display: grid; grid-template-columns: 3.2rem 3.2rem 1fr;
  align-items: baseline; margin: 0 0 .8rem; break-inside: avoid; }
.exercises p { margin: 0 0 .3rem; }
.number { font-weight: 700; }
nav .number { font-weight: 400; }
.grade { color: var(--soft); letter-spacing: .05em; font-size: .8rem; }
.key { columns: 3 11rem; column-gap: 2rem; margin-bottom: 1.4rem; break-inside: avoid; }
.key.wide { columns: 2 16rem; }
.key.long { columns: 1; }
.key li { break-inside: avoid; line-height: 1.75; padding-left: 3rem; text-indent: -3rem; }
.key .number { display: inline-block; min-width: 3rem; text-indent: 0; }
pre { margin: .2rem 0 .6rem; font: 1rem/1.25 "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size-adjust: none; overflow: auto hidden; }
pre.grid { letter-spacing: .25em; }
math { font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "DejaVu Math TeX Gyre",
    math; }
math.fraction { font-size: 1.08em; margin: .2em .06em; }
math.matrix { margin: .25em 0; }
.kept { white-space: nowrap; }
@media (max-width: 34rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .formula { font-size: 1rem; }
  .example { padding: .7rem .7rem .3rem; }
  figure { padding: .5rem .3rem; }
  figcaption { padding: 0 .4rem; }
  .exercises > li { grid-template-columns: 3rem 1fr; }
  .exercises > li > div { grid-column: 1 / -1; }
}
@page { size: A4; margin: 22mm 20mm 24mm; @bottom-center { content: counter(page);
  font: 10pt Georgia, "DejaVu Serif", serif; } }
@media print {
  :root { --page: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb; --tint: #ffffff;
    --accent: #000000; --blue: #0072b2; --red: #c25400; --green: #007d5b; }
  html { font-size: 9.4pt; }
  body { line-height: 1.36; }
  main { max-width: none; padding: 0; }
  nav + section, #answers { break-before: page; }
  section + section { margin-top: 2.6rem; padding-top: 0; border: 0; }
  nav + section, section + #answers { margin: 0; padding: 0; border: 0; }
  .formula, pre { overflow: visible; }
  .formula { margin: .8rem 0; }
  .example { padding: 0; margin: 1rem 0; }
  .example > p, .example > pre, .steps > li { break-inside: avoid; }
  .example > p, .example > pre, .steps > li:nth-child(-n+2), .steps > li:nth-last-child(-n+2),
    .steps { break-after: avoid; }
  .example > .answer { break-after: auto; }
  .exercises > li { margin-bottom: .45rem; }
  h2, h3 { break-after: avoid; }
  figure, pre, .formula, .mistake, .check, dl { break-inside: avoid; }
  figure { border: 0; padding: 0; }
  p { orphans: 3; widows: 3; }
}
"""
