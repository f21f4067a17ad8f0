import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { settingsOf, TEXTS } from './documented.ts';
import { PENDING, vigilCall } from './program.ts';
import { type How, insideOf, RULES } from './rules.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

// issue 7: every command of README, the help and deploy is executed, or held to a rule that says why it cannot be

let sandbox: Sandbox;
let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;
beforeAll(async () => {
  database = mongoUrl() ? await freshDatabase() : undefined;
  sandbox = await openSandbox(database?.url);
}, 180_000);
afterAll(async () => {
  await sandbox?.close();
  await database?.drop();
});

const ruleOf = (command: string): How | undefined => {
  const { rest } = settingsOf(command);
  return RULES.find(([pattern]) => pattern.test(rest) || pattern.test(command))?.[1];
};

const isPending = (command: string): boolean => PENDING.has(vigilCall(settingsOf(command).rest)?.name ?? '');
/** There are texts about MongoDB, and runs without one. */
const isAway = (command: string): boolean => command.includes('mongodb://') && database === undefined;

/** Typed before, and well: several texts tell the same. */
const done = new Set<string>();

/** Commands of one block see what the ones before them left behind; one that needs a stopped server stops it for all. */
async function follow(block: readonly string[]): Promise<void> {
  if (block.every((command) => done.has(command))) return;
  const hows = block.map((command) => ruleOf(command)!);
  const at = hows.some((how) => how.do === 'run' && how.at === 'stopped') ? 'stopped' : 'running';
  const cwd = at === 'stopped' ? sandbox.stoppedSite() : undefined;
  for (const [index, command] of block.entries()) {
    const how = hows[index]!;
    if (isPending(command) || isAway(command)) continue;
    if (how.do === 'check') {
      how.check(settingsOf(command).rest);
      const inner = insideOf(command);
      if (inner !== undefined) await follow([inner]);
    } else if (how.do === 'serve') {
      const { code, out } = await sandbox.serve(command);
      expect([command, code, out]).toEqual([command, 0, out]);
      // a setting that is not understood is warned of
      expect(out).not.toContain('"level":"warn"');
    } else {
      if (database) await prepare(command, database.client);
      // the folder of an export is new, also where another text's command filled one of that name
      const target = /^vigil export (\S+)/.exec(settingsOf(command).rest)?.[1];
      if (target) rmSync(join(cwd ?? join(sandbox.folder, 'home'), target), { recursive: true, force: true });
      const { code, out } = await sandbox.run(command, at, cwd);
      expect([command, out, (how.codes ?? [0]).includes(code ?? -1)]).toEqual([command, out, true]);
    }
    done.add(command);
  }
}

/** A database to restore into is empty, one to import from is not. */
async function prepare(command: string, client: MongoClient): Promise<void> {
  if (!command.includes('mongodb://')) return;
  await client.db().dropDatabase();
  if (!command.includes('vigil import')) return;
  const date = Date.parse('2026-01-15T12:00:00Z');
  await client.db().collection('entries').insertOne({ type: 'sgv', sgv: 120, date, dateString: '2026-01-15T12:00:00.000Z' });
}

describe.each(TEXTS.filter(({ blocks }) => blocks.length > 0))('$file', ({ blocks }) => {
  it.each(blocks.map((block) => [block[0]!.split('\n')[0]!, block] as const))(
    '%s',
    async (_first, block) => {
      for (const command of block)
        expect([command, 'has a rule', ruleOf(command) !== undefined]).toEqual([command, 'has a rule', true]);
      await follow(block);
    },
    120_000
  );
});

it('the role for uploaders is enough for what uploaders ask', async () => {
  const [block] = TEXTS.find(({ file }) => file === 'src/help/connect.md')!.blocks;
  const permissions = /"permissions":(\[[^\]]+\])/.exec(block![0]!)![1]!;
  const ask = async (command: string): Promise<string> => (await sandbox.run(command, 'running')).out;
  const post = (path: string, body: string) =>
    ask(`curl -sS -X POST -H 'content-type: application/json' -d '${body}' 'https://your-site${path}?token=ADMIN-TOKEN'`);
  await post('/api/v2/authorization/roles', `{"name":"tried","permissions":${permissions}}`);
  await post('/api/v2/authorization/subjects', '{"name":"tried","roles":["tried"]}');
  const listed = JSON.parse(await ask("curl -sS 'https://your-site/api/v2/authorization/subjects?token=ADMIN-TOKEN'")) as {
    name: string;
    accessToken: string;
  }[];
  const token = listed.find(({ name }) => name === 'tried')!.accessToken;
  // Loop and xDrip4iOS
  expect(await ask(`curl -sS 'https://your-site/api/v1/experiments/test?token=${token}'`)).toContain('"ok"');
  // Trio
  const note = `curl -sS -X POST -H 'content-type: application/json' -d '{"eventType":"Note","notes":"Trio connected","enteredBy":"Trio"}'`;
  expect(await ask(`${note} 'https://your-site/api/v1/treatments.json?token=${token}'`)).toContain('_id');
  // AAPS
  const { token: jwt } = JSON.parse(await ask(`curl -sS https://your-site/api/v2/authorization/request/${token}`)) as {
    token: string;
  };
  const status = await ask(`curl -sS -H 'Authorization: Bearer ${jwt}' https://your-site/api/v3/status`);
  expect(status.match(/"crud"/g)).toHaveLength(6);
  // and no more than that
  expect(await ask(`curl -sS 'https://your-site/api/v2/authorization/subjects?token=${token}'`)).toContain('401');
});

it('the build takes the texts along, also what an image keeps of it', () => {
  const slimmed = join(sandbox.folder, 'image/dist');
  cpSync(join(sandbox.folder, 'dist'), slimmed, { recursive: true });
  const slim = join(sandbox.folder, 'deploy/slim.mjs');
  if (existsSync(slim)) execFileSync(process.execPath, [slim, slimmed], { cwd: sandbox.folder });
  for (const { file } of TEXTS.filter((text) => text.file.startsWith('src/help/')))
    expect([file, existsSync(join(slimmed, file.replace(/^src\//, '')))]).toEqual([file, true]);
});
