// Writes the list of theories for the page, which imports none of them: what they declare of themselves, but
// for networks, which have a view of their own.
import { writeFileSync } from 'node:fs';
import { theories } from '../dist/theories/registry.js';

const list = theories
  .filter(({ exact }) => exact !== 'networks')
  .map(({ name, summary }) => ({ name, summary }));
writeFileSync(
  new URL('../explorer/src/theories.json', import.meta.url),
  `${JSON.stringify(list, null, 2)}\n`,
);
