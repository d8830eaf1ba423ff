// Builds the site into site/dist: pages by VitePress, the explorer and the reference beside them, addresses
// relative, links checked. `node site/build.js --no-api` leaves the reference of JavaScript out.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { brokenLinks } from './.vitepress/lib/checkLinks.js';
import { generatePages } from './.vitepress/lib/generated.js';
import { relocate } from './.vitepress/lib/relocate.js';

const site = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${site}dist`;
const withApi = !process.argv.includes('--no-api');

/** A page with a link to every file of a folder. */
const listing = (title, folder) => {
  const links = readdirSync(folder).map((name) => `<li><a href="${name}">${name}</a></li>`);
  return `<!doctype html><html lang="en-GB"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>${title}</title><body style="font:16px system-ui;max-width:40em;margin:3em auto"><h1>${title}</h1><ul>${links.join('')}</ul></body></html>`;
};

const started = Date.now();
const say = (text) => console.log(`site: ${text} (${((Date.now() - started) / 1000).toFixed(0)} s)`);

for (const made of ['dist/browser.js', 'explorer/dist/index.html'])
  if (!existsSync(root + made)) throw new Error(`site: ${made} is not there; run npm run build first`);

if (withApi) {
  execFileSync('npm', ['run', '--silent', 'api'], { cwd: root, stdio: 'inherit' });
  say('reference read');
} else process.env.VITE_API = 'none';

await generatePages();
say('pages of commands and of Python written');
rmSync(dist, { recursive: true, force: true });
await build(site);
relocate(dist);
cpSync(`${root}explorer/dist`, `${dist}/explorer`, { recursive: true });
if (withApi) cpSync(`${root}api`, `${dist}/api`, { recursive: true });
for (const file of ['CITATION.cff', 'LICENSE', 'python/notebooks', 'docs/problems'])
  cpSync(root + file, `${dist}/${file}`, { recursive: true });
writeFileSync(`${dist}/python/notebooks/index.html`, listing('Notebooks', `${dist}/python/notebooks`));

const broken = brokenLinks(dist);
if (broken.length > 0) {
  console.error(broken.join('\n'));
  process.exit(1);
}
say('done: site/dist, links checked; python3 -m http.server -d site/dist shows it');
