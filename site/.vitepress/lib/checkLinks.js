import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';

const attributes = (html, pattern) =>
  [...html.matchAll(pattern)].map(([, value]) => value.replaceAll('&amp;', '&'));

/**
 * Links of all pages of a built site to files that are not there and to anchors that no element has.
 * @param folder of the built site; pages below `api/` and `explorer/` are not read, but may be linked to
 */
export function brokenLinks(folder) {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.html') && !/^(api|explorer)\//.test(name) && name !== '404.html',
  );
  const read = (name) => readFileSync(posix.join(folder, name), 'utf8');
  const anchors = new Map(pages.map((name) => [name, new Set(attributes(read(name), /\sid="([^"]+)"/g))]));
  const broken = [];
  for (const name of pages) {
    for (const href of attributes(read(name), /\s(?:href|src)="([^"]*)"/g)) {
      if (/^([a-z]+:|\/\/)/.test(href) || href === '') continue;
      const [path, anchor] = href.split('#').map(decodeURI);
      let target = path === '' ? name : posix.join(posix.dirname(name), path);
      const file = posix.join(folder, target);
      if (existsSync(file) && statSync(file).isDirectory()) target = posix.join(target, 'index.html');
      if (!existsSync(posix.join(folder, target))) broken.push(`${name}: ${href} is not there`);
      else if (anchor && anchors.has(target) && !anchors.get(target).has(anchor))
        broken.push(`${name}: ${href} has no such anchor`);
    }
  }
  return broken;
}
