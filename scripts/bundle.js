import { rolldown } from 'rolldown';

/**
 * Bundles entries, by name, into `folder` with chunks that they share, and returns the files that went in.
 * Code that asks for what lies beside itself must be found at the same depth of folders as before.
 * @param external which imports stay imports
 */
export async function bundle(input, folder, external) {
  const made = await rolldown({ input, platform: 'node', external, logLevel: 'silent' });
  const { output } = await made.write({
    dir: folder,
    format: 'esm',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  return output.flatMap((chunk) => chunk.moduleIds ?? []);
}
