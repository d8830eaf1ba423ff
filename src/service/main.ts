import { version } from '../version.js';
import { FrameReader, frameOf, type Outgoing } from './frames.js';
import { Service } from './service.js';

// A core for other programs, which talk to it over its standard input and output. It ends when they do: their
// end of the pipe closes.

function send(message: Outgoing): void {
  for (const piece of frameOf(message)) process.stdout.write(piece);
}

const service = new Service(send);
const reader = new FrameReader((message) => service.receive(message));
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));
process.stdin.on('end', () => process.exit(0));
// Nobody listens any more.
process.stdout.on('error', () => process.exit(0));
send({ content: { ready: version, pid: process.pid, node: process.versions.node } });
