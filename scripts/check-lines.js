// Holds lines of code and prose to 110 characters. What cannot be broken (texts in quotes, tables, addresses)
// may be longer; views of the explorer to 79 lines.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MOST = 110;
const LISTING = ['ls-files', '--cached', '--others', '--exclude-standard'];
const files = execFileSync('git', LISTING, { encoding: 'utf8' });
const isCode = (file) => /\.(ts|tsx|js)$/.test(file);

/** A text in quotes, which is one however long. */
const TEXT = /(['"`])(?:(?!\1).){30,}|\/(?:[^/\\]|\\.){30,}\//;
/** Tables, commands and equations, links and markup of prose. */
const UNBROKEN = /^\s*\||^ {4}|\]\(|\$.{40,}\$|<[a-z]/;

function* tooLong(file) {
  let within = false;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const ends = isCode(file) ? (line.match(/`/g) ?? []).length % 2 === 1 : /^\s*(```|\$\$)/.test(line);
    const free = within || /https?:/.test(line) || (isCode(file) ? TEXT : UNBROKEN).test(line);
    if (ends) within = !within;
    if (!free && [...line].length > MOST)
      yield `${file}:${index + 1}: ${[...line].length} characters; at most ${MOST}`;
  }
}

const found = files
  .split('\n')
  .filter((file) => isCode(file) || /\.md$/.test(file))
  .flatMap((file) => [...tooLong(file)]);
// Views of the explorer fit on a screen.
const LONGEST_VIEW = 79;
for (const file of files.split('\n').filter((name) => /^explorer\/src\/views\/.*\.tsx$/.test(name))) {
  const { length } = readFileSync(file, 'utf8').trimEnd().split('\n');
  if (length > LONGEST_VIEW) found.push(`${file}: ${length} lines; at most ${LONGEST_VIEW}`);
}
if (found.length > 0) {
  console.error(found.join('\n'));
  process.exit(1);
}
console.log('lines: none too long');
