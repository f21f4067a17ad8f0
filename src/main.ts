#!/usr/bin/env node
import { runCli } from './cli/cli.ts';

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  now: Date.now
});
if (code !== 0) process.exit(code);
