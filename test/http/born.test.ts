import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { bornFor } from '../../src/http/born.ts';

// issue 6: objects that change their prototype at every request cost more than all else a small answer needs
it('Express leaves requests and answers the prototypes they were born with', async () => {
  const app = express();
  app.get('/x', (req, res) => res.json({ query: req.query, ip: req.ip, app: req.app === app && res.app === app }));
  const prototypes: unknown[] = [];
  const server = createServer(bornFor(app), (req, res) => {
    prototypes.push(Object.getPrototypeOf(req), Object.getPrototypeOf(res));
    app(req, res);
    prototypes.push(Object.getPrototypeOf(req), Object.getPrototypeOf(res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x?a=1`);
  expect(await answer.json()).toEqual({ query: { a: '1' }, ip: '127.0.0.1', app: true });
  expect(prototypes[2]).toBe(prototypes[0]);
  expect(prototypes[3]).toBe(prototypes[1]);
  await new Promise((resolve) => server.close(resolve));
});
