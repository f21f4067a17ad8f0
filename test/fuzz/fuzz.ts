import type { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Committed } from '../../src/bus/events.ts';
import { documentOf, operationsOf } from '../openapi/kit.ts';
import { type Control, createControl } from './control.ts';
import { REGRESSIONS } from './corpus.ts';
import { difference } from './differential.ts';
import { documents } from './documents.ts';
import { frames, packets } from './frames.ts';
import { type Answer, type Input, mayWrite, shown } from './input.ts';
import { createOracle, SLOW_MS, SLOW_TOGETHER_MS } from './oracle.ts';
import { readRecorded, START } from './recorded.ts';
import { rawRequests, recordedRequests, requestsOf, wildRequests } from './requests.ts';
import { type Clients, createClients } from './send-frame.ts';
import { createAgent, sendHttp, sendPackets, sendRaw } from './send-http.ts';
import { openSite, type Site } from './site.ts';

/** Inputs that are made, and then sent, together. */
const CHUNK = 64;
/** Every so many chunks everything is sent at once. */
const STORM = 8;
/** Findings beyond these are only counted. */
const SHOWN = 40;
const SHRUNK = 10;
/** All documents go from time to time, so the heap may not grow by more than this per 10,000 inputs, MB. */
const GROWTH_MB = 4;
/** The clock moves so far with each input, ms. */
const STEP_MS = 50;

export interface FuzzOptions {
  readonly seed: number;
  readonly inputs: number;
  /** A database of MongoDB: then every input goes to a server on each store, and their answers are compared. */
  readonly mongoUri?: string;
  /** After so many inputs it is looked whether everything still works. */
  readonly lookEvery?: number;
  /** Only the input of this number, e.g. to see it again. */
  readonly only?: number;
  /** Told how far it is. */
  readonly onProgress?: (line: string) => void;
}

export interface Report {
  readonly seed: number;
  readonly inputs: number;
  readonly minutes: number;
  readonly recorded: number;
  readonly doors: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly slowest: readonly string[];
  /** MB after garbage collection, each 10,000 inputs. */
  readonly memory: readonly { readonly heap: number; readonly rss: number }[];
  readonly findings: readonly string[];
  readonly furtherFindings: number;
}

/** One site with everything that speaks to it. */
interface Target {
  readonly site: Site;
  readonly agent: Agent;
  readonly clients: Clients;
  readonly control: Control;
}

async function openTarget(mongoUri?: string): Promise<Target> {
  const site = await openSite(START, mongoUri);
  const agent = createAgent();
  return { site, agent, clients: createClients(site), control: await createControl(site, agent) };
}

function send({ site, agent, clients }: Target, input: Input): Promise<Answer> {
  if (input.door === 'http') return sendHttp(site, agent, input);
  if (input.door === 'raw') return sendRaw(site, input);
  if (input.door === 'frame') return clients.send(input);
  return sendPackets(site, agent, input);
}

/** Every input there is, by door. */
function inputs(slowMs: number): { arbitrary: fc.Arbitrary<Input>; recorded: number; oracle: ReturnType<typeof createOracle> } {
  const operations = operationsOf(documentOf({ ENABLE: 'careportal alexa googlehome', SECURE_CSP: 'true' }));
  const recorded = readRecorded();
  const docs = documents(recorded.documents);
  // reads of one list answer alike; writes are where harm can be done
  const described = operations.map((operation) => ({
    weight: operation.method === 'get' ? 2 : 3,
    arbitrary: requestsOf(operation, docs) as fc.Arbitrary<Input>
  }));
  return {
    arbitrary: fc.oneof(
      { weight: 60, arbitrary: fc.oneof(...described) },
      { weight: 20, arbitrary: recordedRequests(recorded.requests) as fc.Arbitrary<Input> },
      { weight: 14, arbitrary: frames(docs) as fc.Arbitrary<Input> },
      { weight: 3, arbitrary: wildRequests as fc.Arbitrary<Input> },
      { weight: 2, arbitrary: packets as fc.Arbitrary<Input> },
      { weight: 1, arbitrary: rawRequests as fc.Arbitrary<Input> }
    ),
    recorded: recorded.requests.length,
    oracle: createOracle(operations, slowMs)
  };
}

/** Sends hostile inputs to one server, or to one on each store, and looks what becomes of it. */
export async function fuzz({ seed, inputs: total, mongoUri, lookEvery = 1000, only, onProgress }: FuzzOptions): Promise<Report> {
  const began = performance.now();
  const { arbitrary, recorded, oracle } = inputs(mongoUri ? SLOW_TOGETHER_MS : SLOW_MS);
  const targets = [await openTarget(), ...(mongoUri ? [await openTarget(mongoUri)] : [])];
  const doors: Record<string, number> = {};
  const statuses: Record<string, number> = {};
  const slowest: { ms: number; line: string }[] = [];
  const memory: { heap: number; rss: number }[] = [];
  const findings = new Map<string, string>();
  let further = 0;
  let accepted = 0;
  /** Slow while much else was going on; looked at again alone. */
  const slow: [Input, number][] = [];
  const thrown: string[] = [];
  const onThrown = (error: unknown): void =>
    void thrown.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.on('unhandledRejection', onThrown).on('uncaughtException', onThrown);

  const seedOf = (index: number): number => (Math.imul(seed, 1_000_003) + index) | 0;
  const make = (index: number): Input => fc.sample(arbitrary, { seed: seedOf(index), numRuns: 1 })[0]!;

  function find(reason: string, where: string, line: string): void {
    const key = `${reason.slice(0, 40)} ${where}`;
    if (findings.has(key) || findings.size >= SHOWN) further += 1;
    else {
      findings.set(key, `${reason}\n    ${line}`);
      onProgress?.(`FOUND ${findings.get(key)}`);
    }
  }

  /** Sends to all targets; `alone`: nothing else is going on that stores something. */
  async function run(input: Input, alone: boolean): Promise<{ answers: Answer[]; reason: string | undefined }> {
    for (const { site } of targets) site.clock.now += STEP_MS;
    const answers = await Promise.all(targets.map((target) => send(target, input)));
    let reason: string | undefined;
    const stored: (readonly Committed[] | undefined)[] = [];
    for (const [at, { site, control }] of targets.entries()) {
      // nobody waited for what is not acknowledged
      if (alone && input.door !== 'http') await site.settle();
      const committed = alone ? site.committed() : undefined;
      stored.push(committed);
      if (committed) {
        control.note(committed);
        accepted += committed.length;
      }
      reason ??= oracle(input, answers[at]!, committed);
      if (site.errors.length > 0) reason = `logged: ${site.errors.splice(0).join(' ').slice(0, 1500)}`;
      if (thrown.length > 0) reason = `thrown: ${thrown.splice(0).join(' ').slice(0, 1500)}`;
    }
    if (alone && targets.length > 1) {
      const [one, other] = answers.map((answer, at) => ({ ...answer, committed: stored[at] }));
      reason ??= difference(input, one!, other!);
    }
    return { answers, reason };
  }

  async function take(input: Input, index: number, alone: boolean): Promise<void> {
    let { answers, reason } = await run(input, alone);
    doors[input.door] = (doors[input.door] ?? 0) + 1;
    const { status, ms } = answers[0]!;
    statuses[status] = (statuses[status] ?? 0) + 1;
    // a busy machine is slow now and then; an input that is slow is slow again, also when it is alone
    if (reason?.startsWith('slow')) {
      if (!alone) return void slow.push([input, index]);
      ({ reason } = await run(input, false));
    }
    if (ms > 200 && ms < SLOW_MS * 20) {
      slowest.push({ ms, line: `${Math.round(ms)} ms ${alone ? '' : '(storm) '}${shown(input).slice(0, 300)}` });
      slowest.sort((a, b) => b.ms - a.ms).splice(10);
    }
    if (!reason) return;
    const where =
      input.door === 'http' ? `${input.method} ${input.path.split(/[?{]/)[0]!.split('/').slice(0, 4).join('/')}` : input.door;
    find(reason, where, `#${index} ${shown(await shrunk(input, index, alone)).slice(0, 3000)}`);
    if (alone && targets.length > 1) await startOver();
  }

  /** The smallest input that still fails, found while the server goes on. */
  async function shrunk(input: Input, index: number, alone: boolean): Promise<Input> {
    if (!alone || findings.size >= SHRUNK || index < 0) return input;
    const property = fc.asyncProperty(arbitrary, async (smaller) => (await run(smaller, true)).reason === undefined);
    const result = await fc.check(property, { seed: seedOf(index), numRuns: 1, interruptAfterTimeLimit: 4000 });
    return result.counterexample?.[0] ?? input;
  }

  /** One difference would be followed by many that mean nothing. */
  async function startOver(): Promise<void> {
    for (const { site, control } of targets) {
      await site.purge();
      control.forget();
    }
  }

  async function chunk(list: readonly (readonly [Input, number])[], storm: boolean): Promise<void> {
    if (storm) {
      await Promise.all(list.map(([input, index]) => take(input, index, false)));
      for (const { site, control } of targets) {
        await site.settle();
        control.note(site.committed());
      }
      for (const [input, index] of slow.splice(0)) await take(input, index, true);
      // the stores may have taken them in another order
      if (targets.length > 1) await startOver();
      return;
    }
    for (let at = 0; at < list.length; ) {
      const next = list.findIndex(([input], place) => place >= at && mayWrite(input));
      const reads = list.slice(at, next < 0 ? undefined : next);
      // reads together: whatever is stored meanwhile was stored by one of them
      await Promise.all(reads.map(([input, index]) => take(input, index, true)));
      if (next >= 0) await take(list[next]![0], list[next]![1], true);
      at += reads.length + 1;
    }
  }

  async function look(): Promise<void> {
    for (const { site, control } of targets) {
      control.note(site.committed());
      for (const fault of await control.look())
        find(`${site.server.services.storage.kind}: ${fault}`, 'control', 'after the inputs before');
      await site.purge();
    }
  }

  try {
    const indexes = only === undefined ? Array.from({ length: total }, (_, index) => index) : [only];
    await chunk(
      REGRESSIONS.map((input) => [input, -1] as const),
      false
    );
    for (let at = 0; at < indexes.length; at += CHUNK) {
      const list = indexes.slice(at, at + CHUNK).map((index) => [make(index), index] as const);
      await chunk(list, (at / CHUNK) % STORM === STORM - 1 && only === undefined);
      const done = at + list.length;
      const passed = (every: number): boolean => Math.floor(done / every) > Math.floor(at / every);
      if (passed(lookEvery) || done === indexes.length) await look();
      if (passed(10_000) || done === indexes.length) {
        memory.push(measure());
        const { heap, rss } = memory.at(-1)!;
        const minutes = ((performance.now() - began) / 60_000).toFixed(1);
        onProgress?.(`${done} inputs, ${minutes} min, heap ${heap} MB, rss ${rss} MB, ${findings.size} findings`);
      }
    }
    const growth = (memory.at(-1)!.heap - memory[0]!.heap) / Math.max(1, memory.length - 1);
    if (growth > GROWTH_MB) find(`the heap grows by ${growth.toFixed(1)} MB per 10,000 inputs`, 'memory', 'over the whole run');
    for (const { control } of targets) for (const fault of await control.alarm()) find(fault, 'alarm', 'at the end');
  } finally {
    for (const { clients, control, site, agent } of targets) {
      clients.close();
      control.close();
      agent.destroy();
      await site.close();
    }
    process.off('unhandledRejection', onThrown).off('uncaughtException', onThrown);
  }
  return {
    seed,
    inputs: total,
    minutes: (performance.now() - began) / 60_000,
    recorded,
    doors,
    statuses,
    accepted,
    slowest: slowest.map(({ line }) => line),
    memory,
    findings: [...findings.values()],
    furtherFindings: further
  };
}

/** What is in use once the garbage is gone, MB. */
function measure(): { heap: number; rss: number } {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: Math.round(heapUsed / 1_048_576), rss: Math.round(rss / 1_048_576) };
}
