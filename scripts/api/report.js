// npm run api: compares the public interface that npm run build made, a report an entry, with what stands in
// scripts/api/reports, and fails if it changed. --accept (npm run api:accept) writes it down anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const accept = process.argv.includes('--accept');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Declarations of every entry of the package, by the name of their report. */
const entries = Object.entries(exports).map(([path, to]) => [
  path === '.' ? 'index' : path.slice(2),
  join(root, (to.default ?? to).replace(/\.js$/, '.d.ts')),
]);

function configOf(name, declarations) {
  const compilerOptions = {
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const silent = { default: { logLevel: 'none' } };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: declarations,
      compiler: { overrideTsconfig: { compilerOptions, files: [declarations] } },
      apiReport: {
        enabled: true,
        reportFolder: join(here, 'reports'),
        reportTempFolder: join(here, 'temp'),
        reportFileName: `${name}.api.md`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
}

/** @returns whether the report is as it is written down */
function isUnchanged([name, declarations]) {
  const { succeeded, apiReportChanged } = Extractor.invoke(configOf(name, declarations), {
    localBuild: accept,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === 'error') console.error(`${name}: ${message.text}`);
    },
  });
  return succeeded && (accept || !apiReportChanged);
}

const changed = entries.filter((entry) => !isUnchanged(entry)).map(([name]) => name);
if (changed.length > 0) {
  console.error(
    `api: ${changed.join(', ')}: the public interface is not that of scripts/api/reports; compare with ` +
      'scripts/api/temp, and run npm run api:accept if it is meant',
  );
  process.exitCode = 1;
}
