import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const bin = join(root, 'bin/finite-width.js');
let child: ReturnType<typeof spawn>;
let address = '';

/** Status and body of a request whose path is sent as it is, without the cleaning of `fetch`. */
const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(address);
    const sent = request({ hostname, port, path, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });

describe('explore', () => {
  beforeAll(async () => {
    child = spawn(process.execPath, [bin, 'explore', '--no-open', '--port', '0'], { cwd: folder });
    address = await new Promise((resolve) => {
      child.stdout?.on('data', (text) => {
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(String(text));
        if (found) resolve(found[0]);
      });
    });
  });
  afterAll(() => child.kill('SIGKILL'));

  it('serves the page and what belongs to it', async () => {
    const page = await fetch(address);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const loaded = await fetch(new URL(script, address));
    expect(loaded.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(loaded.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(new URL('docs/theory.html', address))).status).toBe(200);
  });

  it('forbids everything that the page does not need', async () => {
    for (const path of ['', 'docs/theory.html', 'nothing.js']) {
      const { headers } = await fetch(new URL(path, address));
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'",
      );
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy.match(/script-src[^;]*/)?.[0]).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|http/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
  });

  it.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/%00',
    '/%ff',
    '/nothing.js',
    '/assets/',
  ])('keeps to its folder: %s', async (path) => {
    const { status, body } = await raw(path);
    expect(status).toBe(404);
    expect(body).not.toContain('finite-width');
  });

  it('listens to this machine alone, and only to be read', async () => {
    expect((await raw('/', { Host: 'evil.example' })).status).toBe(403);
    expect((await raw('/', {}, 'POST')).status).toBe(405);
  });

  it('says when its port is taken, and ends at Ctrl-C', async () => {
    const port = new URL(address).port;
    const { status, stderr } = run(folder, ['explore', '--no-open', '--port', port]);
    expect([status, stderr]).toEqual([
      2,
      `finite-width: --port ${port}: is taken; give another, or 0 for any\n`,
    ]);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});
