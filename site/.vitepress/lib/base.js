/**
 * Where the site will be served from is not known when it is built. VitePress writes this in its place, and
 * `relocate.js` turns it into addresses relative to each page.
 */
export const BASE = '/finite-width-base/';
