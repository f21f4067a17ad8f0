import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pack } from '../../src/build/pack.ts';
import { copySentFiles } from '../../src/build/sent-files.ts';
import { type Running, startProcess } from '../support/process.ts';

// what users run is packed; code that looks for files beside itself must find them all the same

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'vigil-pack-'));
const dist = join(project, 'dist');
let server: Running;

beforeAll(async () => {
  cpSync(join(root, 'src'), join(project, 'src'), { recursive: true });
  cpSync(join(root, 'package.json'), join(project, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  await copySentFiles(project, dist);
  await pack(project, dist);
  server = await startProcess([join(dist, 'packed/main.js')], join(project, 'data'));
}, 180_000);

afterAll(async () => {
  await server?.stop();
  rmSync(project, { recursive: true, force: true });
});

it.each([
  ['the page of the site', '/', 'text/html'],
  ['the browser client of Socket.IO', '/socket.io/socket.io.js', 'application/javascript'],
  ['the description of the API', '/api/openapi.json', 'application/json'],
  ['what a CommonJS package made that is loaded late', '/swagger.yaml', 'text/vnd.yaml'],
  ['the help', '/help/', 'text/html'],
  ['the form of the API description', '/api-docs/swagger-ui-bundle.js', 'text/javascript'],
  ['a list from the embedded database', '/api/v1/entries.json', 'application/json']
])('sends %s', async (_, path, type) => {
  const answer = await fetch(server.url + path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain(type);
  expect((await answer.text()).length).toBeGreaterThan(1);
});

it('knows its version, and serves sockets', async () => {
  const { server: own } = (await (await fetch(`${server.url}/api/v1/status.json`)).json()) as { server: { version: string } };
  expect(own.version).toMatch(/^\d+\.\d+\.\d+/);
  const socket = io(server.url, { transports: ['websocket'] });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.close();
});
