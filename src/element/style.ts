/**
 * How `<cohort-run>` looks. It takes the color scheme of the page that it stands in, and every color can be set from there by a custom property.
 */
export const style = `
:host { display: block; max-width: 44rem; font: 15px/1.45 var(--cohort-font, system-ui, "Segoe UI", Roboto, sans-serif); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
p { margin: 0; }
.card {
  --good: var(--cohort-good, light-dark(#1f7a4d, #6fd6a0));
  --bad: var(--cohort-bad, light-dark(#b3261e, #ff8a80));
  --accent: var(--cohort-accent, light-dark(#3f63a8, #6aaef2));
  --soft: var(--cohort-soft, light-dark(#556475, #9aa9b9));
  --line: var(--cohort-line, light-dark(#dbe2ea, #2c3743));
  display: grid; gap: 0.75rem; padding: 1rem;
  color: var(--cohort-ink, light-dark(#1c2733, #e6ecf2));
  background: var(--cohort-paper, light-dark(#ffffff, #1a212a));
  border: 1px solid var(--line); border-radius: var(--cohort-radius, 10px);
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.card p:empty:not(.said) { display: none; }
.title { font-size: 1.1em; font-weight: 600; }
.what, .note, .count { color: var(--soft); font-size: 0.93em; }
.views { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.75rem; align-items: end; }
.views[hidden], progress[hidden], .count[hidden], button[hidden] { display: none; }
canvas { display: block; width: 100%; height: auto; border-radius: 6px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--soft); font-size: 13px; }
svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
svg .curve { stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; fill: none; }
progress { width: 100%; height: 6px; accent-color: var(--accent); }
.foot { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
.said { flex: 1 1 14rem; min-height: 1.45em; }
.card[data-state="same"] .said { color: var(--good); font-weight: 600; }
.card[data-state="differs"] .said, .card[data-state="failed"] .said, .card[data-state="refused"] .said { color: var(--bad); }
button {
  font: inherit; padding: 0.4rem 1rem; cursor: pointer; border: 1px solid var(--accent); border-radius: 8px;
  color: var(--cohort-accent-ink, light-dark(#ffffff, #0c1620)); background: var(--accent);
}
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) { .views { grid-template-columns: minmax(0, 1fr); } }
`;
