import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../../CITATION.cff', import.meta.url));

/** The citation file itself, and its preferred citation as BibTeX. */
function citation() {
  const text = readFileSync(file, 'utf8');
  const [software, paper] = text.split('preferred-citation:');
  const value = (part, key) => new RegExp(`^ *${key}: (.*)$`, 'm').exec(part)[1];
  const authors = [...paper.matchAll(/family-names: (.*)\n +given-names: (.*)/g)].map(
    ([, family, given]) => `${family}, ${given}`,
  );
  const bibtex = `@inproceedings{${authors[0].split(',')[0].toLowerCase()}${value(paper, 'year')}critical,
  title     = {${value(paper, 'title')}},
  author    = {${authors.join(' and ')}},
  booktitle = {${value(paper, 'collection-title')}},
  year      = {${value(paper, 'year')}},
  url       = {${value(paper, 'url')}}
}

@software{finitewidth,
  title   = {${value(software, 'title')}: ${value(software, 'abstract').replace(/\.$/, '')}},
  author  = {{${value(software, '- name')}}},
  version = {${value(software, 'version')}},
  license = {${value(software, 'license')}}
}`;
  return { text: text.trim(), bibtex };
}

export default { watch: [file], load: citation };
