import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { BASE } from './base.js';

/** Where a page looks from for the root of the site: '', '../', … */
const upFrom = (file) => '../'.repeat(file.split('/').length - 1);

/** Runs before everything else in a page: the address of the root, as of now. */
const rootScript = (up) =>
  `<script>window.__SITE_ROOT__=new URL(${JSON.stringify(up || './')},location.href).pathname</script>`;

/**
 * Runs when a page has been read: its links get whole addresses, since those of the frame around the text
 * stay while texts of other folders take the place of this one.
 */
const LINKS_SCRIPT =
  '<script>for(const a of document.querySelectorAll("a[href]")){const h=a.getAttribute("href");' +
  'if(!/^(#|[a-z]+:|\\/)/.test(h)){const u=new URL(h,location.href);a.setAttribute("href",u.pathname+u.hash)}}</script>';

const page = (text, up) =>
  text
    .replace('<head>', `<head>${rootScript(up)}`)
    .replace('</body>', `${LINKS_SCRIPT}</body>`)
    .replace(
      /__VP_SITE_DATA__=(JSON\.parse\(.*?\));?<\/script>/,
      (_, data) => `__VP_SITE_DATA__=Object.assign(${data},{base:window.__SITE_ROOT__});</script>`,
    )
    .replaceAll(`"${BASE}"`, `"${up || './'}"`)
    .replaceAll(BASE, up || './');

/** Texts of scripts that begin with the base begin with the root of the page instead. */
const script = (text) =>
  text.replace(
    new RegExp(`(["'\`])${BASE}([^"'\`\\\\\\n]*)\\1`, 'g'),
    (_, quote, rest) => `(globalThis.__SITE_ROOT__+${quote}${rest}${quote})`,
  );

/**
 * Makes a site that was built for BASE one for any folder of any host: addresses in pages and styles become
 * relative, those in scripts are put together in the page.
 * @param folder of the built site
 * @throws Error where an address of the base is left
 */
export function relocate(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(html|js|css)$/.test(name),
  );
  for (const file of files) {
    const path = posix.join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(BASE) && !file.endsWith('.html')) continue;
    const moved = file.endsWith('.html')
      ? page(text, upFrom(file))
      : file.endsWith('.css')
        ? text.replaceAll(BASE, upFrom(file))
        : script(text);
    if (moved.includes(BASE)) {
      const at = moved.indexOf(BASE);
      throw new Error(`site: ${file} still has the base: …${moved.slice(Math.max(0, at - 60), at + 60)}…`);
    }
    writeFileSync(path, moved);
  }
}
