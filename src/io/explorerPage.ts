import { fileURLToPath } from 'node:url';

/** Where the built page lies, seen from a folder of `dist`. */
export const explorerPage = fileURLToPath(new URL('../../explorer/dist', import.meta.url));
