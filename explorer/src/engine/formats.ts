// File formats, which come when they are asked for: a page seldom does.
export { readCsv, writeNpz } from 'finite-width/browser';
