/** Alphabets that no formula of the page uses. */
const UNUSED = /@font-face\{[^}]*KaTeX_(?:Fraktur-|SansSerif-|Script-|Typewriter-|[A-Za-z]+-Bold)[^}]*\}/g;
const LEGACY = /,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g;

/**
 * Leaves of the fonts of formulas those that the page uses, in the one form that every browser with SIMD
 * reads.
 */
export function fontsInUse() {
  return {
    name: 'fonts-in-use',
    enforce: 'pre',
    transform(code, id) {
      if (!/katex[^/]*\.css/.test(id)) return undefined;
      return { code: code.replace(UNUSED, '').replace(LEGACY, ''), map: null };
    },
  };
}
