import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a command ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** undefined if it threw, hung or ended the process */
  readonly status?: number;
  readonly thrown?: string;
  readonly seconds: number;
  /** bytes that the process holds afterwards */
  readonly memory: number;
}

const MEGABYTES_OF_HEAP = 1024;

/** A process that runs commands without starting anew each time; replaced when one hangs or ends it. */
export class CommandWorker {
  private child: ChildProcess | undefined;

  constructor(private readonly patience: number) {}

  private async started(): Promise<ChildProcess> {
    if (this.child) return this.child;
    const child = fork(fileURLToPath(new URL('child.js', import.meta.url)), {
      execArgv: [`--max-old-space-size=${MEGABYTES_OF_HEAP}`],
      env: { ...process.env, FINITE_WIDTH_THREADS: '1', FINITE_WIDTH_BLAS: 'none' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
    this.child = child;
    return child;
  }

  async run(cwd: string, args: readonly string[]): Promise<Ended> {
    const child = await this.started();
    return new Promise((resolve) => {
      const lost = (thrown: string) => {
        this.stop();
        settle({ stdout: '', stderr: '', thrown, seconds: this.patience, memory: 0 });
      };
      const ended = (code: number | null, signal: string | null) =>
        lost(`the process ended (${code ?? signal})`);
      const timer = setTimeout(() => lost(`no end after ${this.patience} s`), 1000 * this.patience);
      const settle = (result: Ended) => {
        clearTimeout(timer);
        child.off('message', settle).off('exit', ended);
        resolve(result);
      };
      child.once('message', settle).once('exit', ended);
      child.send({ cwd, args });
    });
  }

  stop(): void {
    this.child?.removeAllListeners().kill('SIGKILL');
    this.child = undefined;
  }
}
