/** Style of the report; follows the reader's light or dark setting. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5b6475; --line: #dfe3ea; --page: #ffffff; --panel: #f6f7f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #a2abbc; --line: #343b49; --page: #14171d; --panel: #1d222b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 2.5rem 1.5rem 3rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 0.75rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.6rem 2rem; margin: 0; padding: 1rem 1.25rem; background: var(--panel); border-radius: 8px; }
.facts div:first-child { flex-basis: 100%; }
dt { color: var(--soft); font-size: 0.8rem; }
dd { margin: 0; font-weight: 550; }
sub, sup { line-height: 0; font-size: 0.72em; }
.warning { margin: 0.75rem 0 0; padding: 0.6rem 1.25rem; border-left: 4px solid #d9822b; background: var(--panel); border-radius: 4px; }
.lead { font-size: 1.05rem; max-width: 46rem; }
.note, figcaption, footer { color: var(--soft); font-size: 0.85rem; }
figure { margin: 0; max-width: 100%; overflow-x: auto; }
figure figure { overflow: visible; }
figure h2 { margin: 0 0 0.25rem; font-size: 1rem; font-weight: 600; }
.row { display: flex; flex-wrap: wrap; gap: 1.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; white-space: nowrap; text-align: left; vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; font-size: 0.85rem; border-bottom: 1px solid var(--line); }
tr.first > * { border-top: 1px solid var(--line); padding-top: 0.5rem; }
tbody tr:first-child > * { border-top: 0; }
th i, .key i { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 50%; margin-right: 0.5em; }
.key span { margin-right: 1.25rem; }
.maps th[scope="row"] { white-space: normal; vertical-align: middle; max-width: 9rem; font-weight: 550; }
.maps td { width: 250px; padding-bottom: 0.8rem; }
.maps img { display: block; width: 100%; min-width: 150px; max-width: 250px; aspect-ratio: 1; image-rendering: pixelated; border-radius: 3px; }
.maps.many td { width: 170px; }
.maps.many img, .maps.many .scale { min-width: 120px; max-width: 160px; }
.maps .empty { white-space: normal; color: var(--soft); font-size: 0.85rem; vertical-align: middle; }
.scale { display: flex; align-items: center; gap: 0.5rem; max-width: 250px; margin-top: 0.3rem; color: var(--soft); font-size: 0.75rem; }
.scale i { flex: 1; height: 6px; border-radius: 3px; background: linear-gradient(90deg, #053061, #4393c3, #f7f7f7, #d6604d, #67001f); }
section .wide + .wide { margin-top: 1.5rem; }
.scale i.sequential { background: linear-gradient(90deg, #ffffd9, #7fcdbb, #1d91c0, #081d58); }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
@media print { main { padding: 0; max-width: none; } }
`;
