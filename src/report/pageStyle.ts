/** The style of a report page: text as in a paper, light and dark, on paper and on a phone. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1c1e21; --quiet: #5c6168; --rule: #d9dbde; --strong-rule: #35383d; --link: #1f5c99; --raised: #fff; --hover: #f1f2f3;
  --serif: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --text: #dfe1e4; --quiet: #9aa0a8; --rule: #33373d; --strong-rule: #a5abb3; --link: #85b8ec; --raised: #22252a; --hover: #202327; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1.0625rem/1.55 var(--serif); overflow-wrap: anywhere; }
main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-top: 3rem; }
h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 600; margin: 0 0 .6rem; max-width: 44rem; }
h2 { font-size: 1.25rem; line-height: 1.3; font-weight: 600; margin: 2.75rem 0 .7rem; }
p { margin: 0 0 .9rem; max-width: 44rem; }
.lead { color: var(--quiet); font-size: 1.1rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
summary { cursor: pointer; margin: 2.75rem 0 .7rem; }
summary h2 { display: inline; margin: 0; }
.scroll { overflow-x: auto; max-width: 100%; width: fit-content; border-block: 1.5px solid var(--strong-rule); }
table { border-collapse: collapse; font: .875rem/1.4 var(--sans); font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: .36rem .6rem; text-align: left; vertical-align: top; white-space: nowrap; overflow-wrap: normal; unicode-bidi: isolate; }
th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--strong-rule); }
th.wide { white-space: normal; min-width: 9rem; max-width: 14rem; overflow-wrap: break-word; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--ground); }
td.wide { white-space: normal; min-width: 14rem; max-width: 30rem; overflow-wrap: break-word; }
tbody tr + tr td { border-top: 1px solid var(--rule); }
tbody tr:hover td { background: var(--hover); }
.right { text-align: right; }
th:first-child, td:first-child { padding-left: .2rem; }
th button { all: unset; cursor: pointer; display: inline; }
th button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th button:hover { color: var(--link); }
th[aria-sort] button::after { content: '\\a0\\2195'; color: var(--quiet); font-weight: 400; opacity: .4; }
th[aria-sort=ascending] button::after { content: '\\a0\\2191'; opacity: 1; }
th[aria-sort=descending] button::after { content: '\\a0\\2193'; opacity: 1; }
.note, figcaption { color: var(--quiet); font-size: .9rem; line-height: 1.45; max-width: 44rem; margin: .6rem 0 0; }
figure { margin: 1.2rem 0 2rem; }
.plot { position: relative; width: fit-content; max-width: 100%; touch-action: pan-y pinch-zoom; }
.plot svg { display: block; max-width: 100%; height: auto; }
.plain { background: #fff; padding: .5rem; }
.dark { display: none; }
@media (prefers-color-scheme: dark) { .light { display: none; } .dark { display: block; } }
.downloads { white-space: nowrap; }
.mark { position: absolute; width: 11px; height: 11px; margin: -5.5px 0 0 -5.5px; border-radius: 50%; border: 2px solid var(--ground); box-shadow: 0 0 0 1px var(--text); pointer-events: none; }
.tip { position: absolute; z-index: 1; max-width: min(18rem, 100%); padding: .35rem .6rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 3px; box-shadow: 0 1px 6px #0002; font: .8125rem/1.4 var(--sans); font-variant-numeric: tabular-nums; pointer-events: none; }
.tip b { display: block; font-weight: 600; }
.tip span { display: block; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none; }
footer { margin-top: 3.5rem; padding-top: 1rem; padding-bottom: 3rem; }
footer code { overflow-wrap: anywhere; }
footer p { color: var(--quiet); font-size: .875rem; border-top: 1px solid var(--rule); padding-top: .9rem; max-width: none; }
@media (max-width: 40rem) {
  body { font-size: 1rem; }
  main, footer { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.75rem; }
  h1 { font-size: 1.5rem; }
  th, td { padding: .32rem .5rem; }
  table { font-size: .8125rem; }
  th:first-child, td:first-child { padding-left: 0; }
  td.wide { min-width: 9.5rem; max-width: 9.5rem; }
  th.wide { min-width: 8rem; }
}
@media print { .scroll { overflow: visible; } figure, tr { break-inside: avoid; } .downloads { display: none; } th[aria-sort=none] button::after { content: ''; } }
`;
