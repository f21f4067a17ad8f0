import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGate } from '../../src/storage/mongo/gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives up an operation the driver never ends once the database is lost, and no other (uploads behind it hung for ever)', async () => {
  const gate = createGate(5);
  const settled: string[] = [];
  const follow = (name: string, work: Promise<unknown>) =>
    gate
      .guard('brief', () => work)
      .then(
        () => settled.push(`${name} done`),
        (error: Error) => settled.push(`${name}: ${error.message}`)
      );
  let finish = (): void => {};
  void follow('hangs', new Promise(() => {}));
  void follow('is slow', new Promise<void>((resolve) => (finish = resolve)));
  await vi.advanceTimersByTimeAsync(60_000);
  gate.lost();
  void follow('asked later', new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(4000);
  finish();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(settled).toEqual(['is slow done', 'hangs: The database does not answer']);
});

it('listings that take long keep nobody out who uploads or asks whether the database is there', async () => {
  const gate = createGate(5);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (name: string, kind: Parameters<typeof gate.guard>[0]) =>
    void gate.guard(kind, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  for (let n = 1; n <= 8; n++) begin(`listing ${n}`, 'listing');
  await vi.advanceTimersByTimeAsync(0);
  begin('upload 1', 'brief');
  begin('upload 2', 'brief');
  begin('ping', 'free');
  await vi.advanceTimersByTimeAsync(0);
  expect(begun.toSorted()).toEqual(['listing 1', 'listing 2', 'listing 3', 'listing 4', 'ping', 'upload 1']);
  ends.get('upload 1')!();
  await vi.advanceTimersByTimeAsync(0);
  expect(begun.at(-1)).toBe('upload 2');
  ends.get('listing 2')!();
  await vi.advanceTimersByTimeAsync(0);
  expect(begun.at(-1)).toBe('listing 5');
});

it('what is given up makes room, also when it never had its turn', async () => {
  const gate = createGate(1);
  const refused: string[] = [];
  for (const name of ['hangs', 'waits'])
    gate.guard('brief', () => new Promise(() => {})).catch((error: Error) => refused.push(`${name}: ${error.message}`));
  await vi.advanceTimersByTimeAsync(0);
  gate.lost();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refused).toEqual(['hangs: The database does not answer', 'waits: The database does not answer']);
  expect(await gate.guard('brief', async () => 'there again')).toBe('there again');
});
