import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { readNpy, writeNpy } from '#src/formats/npy.js';
import { createProblem, solve } from '#src/index.js';
import { FrameReader, frameOf, type Message, type Outgoing } from '#src/service/frames.js';
import { Service } from '#src/service/service.js';

const compute = await nodeCompute();
const x = [
  [1, 0.5],
  [-0.5, 1],
  [0.3, -1],
];
const y = [1, -1, 1];
const arrays = [
  Buffer.from(writeNpy(Float64Array.from(x.flat()), [3, 2])),
  Buffer.from(writeNpy(Float64Array.from(y), [3])),
];
const network = { hiddenLayers: 1, width: 20 };
const problem = { data: { x: { array: 0 }, y: { array: 1 } }, network };

/** A service, and how to ask it something. */
function served() {
  const waiting = new Map<number, (answer: Outgoing) => void>();
  const progress: number[] = [];
  const service = new Service((message) => {
    const { id } = message.content as { id: number };
    if ('progress' in message.content) progress.push(id);
    else waiting.get(id)?.(message);
  });
  let last = 0;
  const ask = (method: string, parameters: object, given: readonly Buffer[] = []) => {
    const id = ++last;
    const answer = new Promise<Outgoing>((resolve) => waiting.set(id, resolve));
    service.receive({ content: { id, method, parameters }, arrays: given });
    return { id, answer };
  };
  const value = async (...asked: Parameters<typeof ask>) =>
    (await ask(...asked).answer).content.value as Record<string, number>;
  return { service, ask, value, progress };
}

const failure = async (answer: Promise<Outgoing>) =>
  (await answer).content.failure as { readonly kind: string; readonly message: string };

describe('frames', () => {
  const message = fc.record({
    content: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
    arrays: fc.array(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 3 }), { maxLength: 3 }),
  });

  it('are put together from any pieces', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (messages, cuts) => {
          const bytes = Buffer.concat(messages.flatMap((each) => frameOf(each as Outgoing)));
          const read: Message[] = [];
          const reader = new FrameReader((each) => read.push(each));
          let from = 0;
          for (const cut of [...cuts, bytes.length])
            reader.push(bytes.subarray(from, (from = Math.min(bytes.length, from + cut))));
          expect(read.map(({ content }) => content)).toEqual(messages.map(({ content }) => ({ ...content })));
          expect(read.map(({ arrays: each }) => each.map((array) => [...array]))).toEqual(
            messages.map(({ arrays: each }) => each.map((pieces) => pieces.flatMap((piece) => [...piece]))),
          );
        },
      ),
    );
  });

  it('say what JSON cannot', () => {
    const [line] = frameOf({ content: { a: Number.NaN, b: [Number.NEGATIVE_INFINITY] } });
    expect(JSON.parse(Buffer.from(line).toString())).toEqual({
      a: { number: 'NaN' },
      b: [{ number: '-Infinity' }],
    });
  });
});

describe('the service', () => {
  it('says what the library says', async () => {
    const { ask, value } = served();
    const { handle } = await value('problem', problem, arrays);
    const solved = await value('solve', { problem: handle, theory: 'linearResponse' });
    const expected = await solve(createProblem({ data: { x, y }, network }), 'linearResponse', { compute });
    expect(solved.logEvidence).toBe(expected.logEvidence);
    const { arrays: bytes = [] } = await ask('arrays', { posterior: solved.handle, names: ['kernel_1'] })
      .answer;
    expect([...readNpy(Buffer.concat(bytes[0]), 'kernel').values]).toEqual([...expected.kernels[1].data]);
    const { arrays: outputs = [] } = await ask(
      'predict',
      { posterior: solved.handle, x: { array: 0 } },
      arrays,
    ).answer;
    const { mean, variance } = expected.predict(x);
    const read = outputs.map((pieces) => [...readNpy(Buffer.concat(pieces), 'output').values]);
    expect(read).toEqual([[...mean.data], [...variance]]);
  });

  it('knows what theories understand', async () => {
    const { value } = served();
    expect(await value('options', { theory: 'nngp' })).toEqual({});
    const options = await value('options', { theory: 'sampled' });
    expect(Object.keys(options)).toEqual(
      expect.arrayContaining(['draws', 'chains', 'sampler', 'warmUp', 'seed']),
    );
    expect(options.chains).toBe('chains of sampled: a whole number from 1 to 64; 4 by default');
  });

  it('tells faults by their kind, and goes on', async () => {
    const { ask, value } = served();
    expect(await failure(ask('problem', { ...problem, network: { width: 0 } }, arrays).answer)).toEqual({
      kind: 'InputError',
      message: 'problem: network.width: 0; must be at least 1',
    });
    expect(await failure(ask('problem', problem, [arrays[0], arrays[0].subarray(0, 90)]).answer)).toEqual({
      kind: 'InputError',
      message: expect.stringMatching(/^Y: truncated/),
    });
    const { handle: asked } = await value('problem', problem, arrays);
    const solving = async (theory: string, options: object) =>
      (await failure(ask('solve', { problem: asked, theory, options }).answer)).message;
    expect(await solving('sampled', { draws: 64, thin: 0 })).toBe(
      'thin: 0; must be a whole number from 1 to 1000000',
    );
    expect(await solving('nngp', { thin: 2 })).toMatch(/^sampling: is not used by nngp/);
    expect(await solving('map', { start: [] })).toBe(
      'start: is an option of programs in JavaScript alone; leave it out',
    );
    expect((await failure(ask('alignment', { posterior: 7 }).answer)).kind).toBe('Lost');
    expect((await failure(ask('nothing', {}).answer)).kind).toBe('Internal');
    const { handle } = await value('problem', problem, arrays);
    expect((await value('solve', { problem: handle, theory: 'nngp' })).converged).toBe(true);
    await value('release', { handles: [handle] });
    expect((await failure(ask('solve', { problem: handle, theory: 'nngp' }).answer)).kind).toBe('Lost');
  });

  it('leaves what it is asked to leave, and reports how far it is until then', async () => {
    const { service, ask, value, progress } = served();
    const { handle } = await value('problem', problem, arrays);
    const { id, answer } = ask('solve', { problem: handle, theory: 'sampled', options: { draws: 1e7 } });
    while (progress.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    service.receive({ content: { cancel: id }, arrays: [] });
    expect((await failure(answer)).kind).toBe('Cancelled');
    expect(progress).toContain(id);
    expect((await value('solve', { problem: handle, theory: 'nngp' })).converged).toBe(true);
  });
});
