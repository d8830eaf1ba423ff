import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { join } from 'node:path';

const TOOLS = ['/usr/bin/sbatch', '/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/sbin/munged'];

/** Whether this machine can be made a cluster: Slurm and munge are installed, and we may start them. */
export const possible = process.getuid?.() === 0 && TOOLS.every((path) => existsSync(path));
/** Where a missing Slurm is a failure. */
export const required = process.env.FINITE_WIDTH_NEEDS_SLURM === '1';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** This machine as a Slurm cluster of one node, without systemd and accounting; everything in one folder. */
export class Cluster {
  readonly environment: Record<string, string>;

  constructor(private readonly folder: string) {
    this.environment = { SLURM_CONF: join(folder, 'slurm.conf') };
  }

  private run(program: string, args: readonly string[] = []): string {
    return execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, ...this.environment } });
  }

  async start(): Promise<void> {
    for (const name of ['state', 'spool']) mkdirSync(join(this.folder, name), { recursive: true });
    const host = hostname().split('.')[0];
    writeFileSync(
      this.environment.SLURM_CONF,
      `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
AuthType=auth/munge
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmUser=root
SlurmdUser=root
ReturnToService=2
StateSaveLocation=${join(this.folder, 'state')}
SlurmdSpoolDir=${join(this.folder, 'spool')}
SlurmctldPidFile=${join(this.folder, 'slurmctld.pid')}
SlurmdPidFile=${join(this.folder, 'slurmd.pid')}
SlurmctldLogFile=${join(this.folder, 'slurmctld.log')}
SlurmdLogFile=${join(this.folder, 'slurmd.log')}
SlurmctldPort=26817
SlurmdPort=26818
SchedulerParameters=bf_interval=2,sched_interval=2,batch_sched_delay=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=${Math.floor((0.9 * totalmem()) / 2 ** 20)} State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
    );
    if (spawnSync('munge', ['-n']).status !== 0) {
      execFileSync('install', ['-d', '-o', 'munge', '-g', 'munge', '/run/munge']);
      execFileSync('su', ['-s', '/bin/sh', 'munge', '-c', '/usr/sbin/munged']);
    }
    this.run('slurmctld');
    this.startNode();
    for (let k = 0; k < 60; k++) {
      const { stdout } = spawnSync('sinfo', ['-h', '-o', '%t'], {
        encoding: 'utf8',
        env: { ...process.env, ...this.environment },
      });
      if (stdout.trim() === 'idle') return;
      await pause(500);
    }
    throw new Error(`the node did not come up: ${readFileSync(join(this.folder, 'slurmctld.log'), 'utf8')}`);
  }

  startNode(): void {
    this.run('slurmd');
  }

  /** As when a node is lost: the daemon and the jobs on it are gone at once. */
  killNode(): void {
    for (const pattern of ['slurmd', 'slurmstepd']) spawnSync('pkill', ['-9', '-x', pattern]);
    spawnSync('pkill', ['-9', '-f', 'sweep-run']);
  }

  cancel(job: string): void {
    this.run('scancel', [job]);
  }

  stop(): void {
    spawnSync('scancel', ['--user=root'], { env: { ...process.env, ...this.environment } });
    this.killNode();
    for (const pattern of ['slurmctld', 'slurmscriptd']) spawnSync('pkill', ['-9', '-x', pattern]);
  }
}
