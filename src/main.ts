#!/usr/bin/env node
import { runCli } from './cli/cli.ts';
import { writersTo } from './cli/terminal.ts';

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  ...writersTo(process.stdout, process.stderr),
  now: Date.now
});
if (code !== 0) process.exit(code);
