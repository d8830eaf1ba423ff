// A process that runs the command line again and again, as its parent asks: `{ cwd, args }` in, how it ended
// out. It is killed with whatever it hangs in.
import { main } from '#src/cli/main.js';

process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);

async function run({ cwd, args }) {
  process.chdir(cwd);
  const printed = { stdout: '', stderr: '' };
  const start = performance.now();
  let status;
  let thrown;
  const writers = ['stdout', 'stderr'].map((name) => {
    const write = process[name].write;
    process[name].write = (chunk, encoding, done) => {
      printed[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      (typeof encoding === 'function' ? encoding : done)?.();
      return true;
    };
    return () => {
      process[name].write = write;
    };
  });
  try {
    status = await main(args);
  } catch (error) {
    thrown = String(error?.stack ?? error);
  }
  for (const restore of writers) restore();
  return {
    ...printed,
    status,
    thrown,
    seconds: (performance.now() - start) / 1000,
    memory: process.memoryUsage().rss,
  };
}

process.on('message', async (request) => process.send(await run(request)));
process.send('ready');
